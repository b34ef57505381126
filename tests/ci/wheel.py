"""The wheel: it is built, installed into a fresh environment, and builds a spec there.

    python tests/ci/wheel.py

Needs maturin beside the Python that runs it. What `cargo build --release` made is used.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import venv

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(*command: object, **more: object) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **more)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def main() -> None:
    maturin = pathlib.Path(sys.executable).parent / "maturin"
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        run(maturin, "build", "--release", "--quiet", "--out", folder, cwd=ROOT)
        (wheel,) = folder.glob("*.whl")
        assert "-py3-none-" in wheel.name, wheel.name
        venv.create(folder / "venv", with_pip=True)
        binaries = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
        run(binaries / "python", "-m", "pip", "install", "--quiet", "--no-index", wheel)
        spec = ROOT / "specs/wonderland.yaml"
        run(binaries / "mtp", "build", spec, "-o", folder / "out")
        built = sorted(path.name for path in (folder / "out").iterdir())
        assert len(built) == 2, built
        told = run(binaries / "mtp", "--version")
        assert told.startswith("mtp ") and "formats: " in told, told
        shown = run(binaries / "python", "-m", "pip", "show", "mtp")
        assert f"Version: {told.split()[1]}" in shown, shown
        print(f"{wheel.name} installs and builds: {', '.join(built)}.")


if __name__ == "__main__":
    main()
