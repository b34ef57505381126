#!/usr/bin/env python3
"""Builds the program twice, in two folders with other names, and compares the bytes:

    python3 tests/ci/reproducible.py [--full]

`--locked` fixes what is linked; `--remap-path-prefix` takes out of the program where its sources and
those of its dependencies lay. Without `--full`, what takes long and does not matter here is left out."""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
QUICK = {
    "CARGO_PROFILE_RELEASE_LTO": "off",
    "CARGO_PROFILE_RELEASE_OPT_LEVEL": "0",
    "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16",
}


def flags(folder):
    """What makes the bytes those of any folder."""
    cargo = os.environ.get("CARGO_HOME", str(Path.home() / ".cargo"))
    return f"--remap-path-prefix={folder}=mtp --remap-path-prefix={cargo}=cargo"


def built(folder, full):
    """The program, built from a clone in a folder."""
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    environment = {**os.environ, **({} if full else QUICK), "RUSTFLAGS": flags(folder), "CARGO_INCREMENTAL": "0"}
    environment["CARGO_TARGET_DIR"] = str(folder / "target")
    subprocess.run(["cargo", "build", "--release", "--locked", "--quiet", "--bin", "mtp"], cwd=folder, env=environment, check=True)
    program = folder / "target/release/mtp"
    text = program.read_bytes()
    shutil.rmtree(folder / "target")
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="with all optimizations, as it is installed")
    full = parser.parse_args().full
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary).resolve()
        programs = [built(folder / name, full) for name in ("one", "another/with/a/longer/name")]
        leaked = [path for path in (str(folder), str(Path.home() / ".cargo")) for text in programs if path.encode() in text]
        if leaked:
            sys.exit(f"the program holds paths of this machine: {', '.join(sorted(set(leaked)))}")
        if programs[0] != programs[1]:
            at = next(at for at, (a, b) in enumerate(zip(*programs)) if a != b)
            sys.exit(f"two builds differ from byte {at} on: {programs[0][at - 40 : at + 40]!r} and {programs[1][at - 40 : at + 40]!r}")
    print(f"Two builds in two folders are the same {len(programs[0])} bytes: {hashlib.sha256(programs[0]).hexdigest()}")


if __name__ == "__main__":
    main()
