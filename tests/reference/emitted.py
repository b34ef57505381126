"""Validates the reference's own example files, and ours, with `mtp validate`.

    python emitted.py --mtp PATH

Every example of a model file (`bloom_*.json`) and template file that the package
`model-train-protocol-schemas` brings, and every output that is committed below
`tests/compile/`, is free of errors. Warnings are allowed for ours: some cases
hold texts that a rule warns of.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def examples() -> list[Path]:
    """The reference's example files; its manifest of a trained model is another thing."""
    folder = Path(str(files("model_train_protocol_schemas"))) / "examples"
    return sorted([*folder.glob("bloom_*.json"), *folder.glob("template_*.json")])


def outputs() -> list[Path]:
    """The committed outputs."""
    folder = ROOT / "tests" / "compile"
    return sorted([*folder.rglob("model.json"), *folder.rglob("template.json")])


def problem(mtp: Path, path: Path, strict: bool) -> str | None:
    """What `mtp validate` says against a file."""
    command = [mtp, "validate", "--output-format", "json", path]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    try:
        found = json.loads(done.stdout)
    except ValueError:
        return f"exit code {done.returncode}, no JSON: {done.stderr.decode(errors='replace')[:400]}"
    told = [f"{d['rule']}: {d['message']} (line {d['span']['line']})" for d in found["diagnostics"]]
    if done.returncode != 0 or found["files"] != 1 or (strict and told):
        return f"exit code {done.returncode}, {found['files']} files\n" + "\n".join(told[:5])
    return None


def main() -> int:
    """Runs all checks; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mtp", type=Path, required=True, help="the binary to test")
    mtp = parser.parse_args().mtp.resolve()
    theirs, ours = examples(), outputs()
    if len(theirs) < 7 or len(ours) < 200:
        parser.error(f"only {len(theirs)} examples and {len(ours)} outputs were found")
    failed = 0
    for path in theirs + ours:
        found = problem(mtp, path, strict=path in theirs)
        if found is not None:
            failed += 1
            print(f"--- {path}\n{found}\n")
    print(f"{len(theirs) + len(ours) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
