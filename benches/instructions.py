#!/usr/bin/env python3
"""Counts the instructions of three fixed runs with valgrind and compares them with `benches/instructions.json`.

    benches/instructions.py --mtp target/release/mtp             exits with 1 if one has grown by more than 5 %
    benches/instructions.py --mtp target/release/mtp --bless     writes the record

Instructions, unlike seconds, are the same on a busy machine. They depend on the compiler and, a little, on what
the processor can do; the record names the compiler.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import protocols

ROOT = Path(__file__).resolve().parents[1]
RECORD = ROOT / "benches" / "instructions.json"
GROWTH = 0.05
RUNS = {
    "validate a small spec": ["validate", "small/desk-0.yaml"],
    "build 2,000 samples of YAML": ["build", "yaml/desk.yaml", "-o", "yaml/out"],
    "build 5,000 samples of JSON Lines": ["build", "jsonl/from-jsonl.yaml", "-o", "jsonl/out"],
}


def prepare(folder: Path) -> None:
    """The inputs."""
    # The search for a project ends here, however deep the folder lies.
    (folder / "mtp.toml").touch()
    protocols.write_folder(folder / "small", 1)
    protocols.write_samples(folder / "yaml", 2000, ("yaml",))
    protocols.write_samples(folder / "jsonl", 5000, ("jsonl",))


def count(mtp: Path, arguments: list[str], folder: Path) -> int:
    """The instructions of one run, in a fixed environment."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", mtp, *arguments, "--jobs", "1"]
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    found = re.search(r"Collected : ([0-9]+)", done.stderr)
    if done.returncode != 0 or not found:
        sys.exit(f"mtp {' '.join(arguments)}: exit code {done.returncode}\n{done.stderr}")
    return int(found[1])


def counts(mtp: Path) -> dict[str, int]:
    """The instructions of every run."""
    with tempfile.TemporaryDirectory(prefix="mtp-") as temporary, ThreadPoolExecutor(2) as pool:
        folder = Path(temporary)
        prepare(folder)
        counted = pool.map(lambda arguments: count(mtp, arguments, folder), RUNS.values())
        return dict(zip(RUNS, counted))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mtp", type=Path, required=True, help="the release binary")
    parser.add_argument("--bless", action="store_true", help="write the record")
    options = parser.parse_args()
    if not shutil.which("valgrind"):
        sys.exit("valgrind is missing; on Debian and Ubuntu: apt-get install valgrind")
    compiler = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    recorded = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    known = recorded.get("instructions", {})
    now = counts(options.mtp.resolve())
    failures = []
    for name, instructions in now.items():
        before = known.get(name)
        change = instructions / before - 1 if before else None
        print(f"{name}: {instructions:,}" + (f", {change:+.1%}" if change is not None else ", not recorded"))
        if change is None or change > GROWTH:
            failures.append(name)
        elif change < -GROWTH:
            print("    less than recorded: --bless keeps it so")
    if options.bless:
        record = {"compiler": compiler, "instructions": now}
        RECORD.write_text(json.dumps(record, indent=4) + "\n", encoding="utf-8")
        return 0
    if failures and recorded.get("compiler") != compiler:
        print(f"The record is of {recorded.get('compiler')}, this is {compiler}.")
    if failures:
        print(f"More than {GROWTH:.0%} above the record: {', '.join(failures)}.")
        print(f"If that is meant: benches/instructions.py --mtp {options.mtp} --bless, and say why in the commit.")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
