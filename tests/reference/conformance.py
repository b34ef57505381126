"""Compares `mtp build` with the reference implementation, byte for byte.

    python conformance.py --mtp PATH [--random N] [--seed S]

Runs both over `specs/`, `tests/compile/` and N random specs. For what both
accept, the model file and the template (after the documented deviations) are
equal; what the reference refuses, `mtp` refuses with exactly one error, of the
expected rule. The committed expectations are what the reference gives today.
"""

from __future__ import annotations

import argparse
import difflib
import json
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bless import ROOT, cases, stale
from generate import Made, generate
from reference import Outcome, build

SHOWN = 12
PROCESSES = 2


@dataclass
class Built:
    """What `mtp` made of a spec."""

    code: int
    files: dict[str, bytes]
    errors: list[dict]
    trouble: str = ""


def run_mtp(mtp: Path, spec: Path, out: Path) -> Built:
    """Runs `mtp build` on one spec, its files into a folder of their own."""
    out.mkdir(parents=True)
    command = [mtp, "build", spec, "-o", out, "--output-format", "json"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        return Built(-1, {}, [], "ran for more than a minute")
    files = {path.name: path.read_bytes() for path in out.iterdir()}
    log = done.stderr.decode(errors="replace")
    try:
        start = log.index("{")
        findings, _ = json.JSONDecoder().raw_decode(log[start:])
    except ValueError:
        trouble = "" if done.returncode == 0 else f"no JSON on standard error: {log[:400]!r}"
        return Built(done.returncode, files, [], trouble)
    errors = [finding for finding in findings["diagnostics"] if finding["severity"] == "error"]
    return Built(done.returncode, files, errors)


def difference(name: str, ours: str, theirs: str) -> str:
    """The first lines of a diff, from the reference to `mtp`."""
    lines = list(
        difflib.unified_diff(
            theirs.splitlines(), ours.splitlines(), f"{name} (reference)", f"{name} (mtp)", lineterm="", n=1
        )
    )
    if not lines:
        return f"{name}: differs in line ends or in its last line break"
    shown = [line if len(line) < 200 else f"{line[:200]} …" for line in lines[:SHOWN]]
    return "\n".join(shown + ([f"… {len(lines) - SHOWN} more lines"] if len(lines) > SHOWN else []))


def summary(errors: list[dict]) -> str:
    """The errors of `mtp` on one line each."""
    return "\n".join(f"    {e['rule']}: {e['message']} ({e['file']}:{e['span']['line']})" for e in errors[:5])


def accepted(outcome: Outcome, built: Built) -> str | None:
    """What is wrong with the build of a spec that the reference accepts."""
    if built.trouble or built.code != 0:
        return built.trouble or f"mtp refuses it, exit code {built.code}\n{summary(built.errors)}"
    name = json.loads(outcome.model)["name"]
    expected = {f"{name}_model.json": outcome.model, f"{name}_template.json": outcome.template}
    if set(built.files) != set(expected):
        return f"mtp wrote {sorted(built.files)}"
    wrong = [
        difference(file, built.files[file].decode(errors="replace"), text)
        for file, text in expected.items()
        if built.files[file] != text.encode()
    ]
    return "\n".join(wrong) or None


def refused(made: Made, built: Built) -> str | None:
    """What is wrong with the refusal of a faulty spec."""
    if built.trouble:
        return built.trouble
    if built.code != 1:
        return f"mtp gives exit code {built.code} instead of 1"
    if [error["rule"] for error in built.errors] != [made.rule]:
        return f"expected one {made.rule}, mtp reports\n{summary(built.errors)}"
    return f"mtp wrote {sorted(built.files)} all the same" if built.files else None


class Table:
    """Counts by kind of check, and the disagreements as they come."""

    def __init__(self) -> None:
        self.passed: Counter = Counter()
        self.failed: Counter = Counter()

    def note(self, kind: str, shown: str, problem: str | None) -> None:
        """Counts one check; prints its problem."""
        if problem is None:
            self.passed[kind] += 1
            return
        self.failed[kind] += 1
        print(f"--- {kind}: {shown}\n{problem}\n")

    def close(self) -> int:
        """Prints the table and the last line; gives the exit code."""
        width = max(map(len, [*self.passed, *self.failed, "check"]))
        print(f"{'check':{width}}  passed  failed")
        for kind in sorted({*self.passed, *self.failed}):
            print(f"{kind:{width}}  {self.passed[kind]:6}  {self.failed[kind]:6}")
        print(f"{self.passed.total()} passed, {self.failed.total()} failed")
        return 1 if self.failed else 0


def check_committed(mtp: Path, scratch: Path, table: Table) -> None:
    """Specs and cases of the project, and their committed expectations."""
    pairs = cases()
    with ThreadPoolExecutor(PROCESSES) as pool:
        runs = [pool.submit(run_mtp, mtp, path, scratch / f"case-{i}") for i, (path, _) in enumerate(pairs)]
        for (path, folder), run in zip(pairs, runs):
            kind = "specs" if path.is_relative_to(ROOT / "specs") else "compile"
            shown = str(path.relative_to(ROOT))
            outcome = build(path)
            if not outcome.accepted:
                table.note("expectations", shown, f"the {outcome.by} refuses it: {outcome.refusal}")
                continue
            old = stale(folder, outcome)
            table.note("expectations", shown, f"stale: {', '.join(file.name for file in old)}" if old else None)
            table.note(kind, shown, accepted(outcome, run.result()))


def check_random(mtp: Path, scratch: Path, table: Table, count: int, seed: int) -> None:
    """Random specs, valid ones and ones with a fault."""
    specs = generate(scratch / "random", count, seed)
    with ThreadPoolExecutor(PROCESSES) as pool:
        runs = [pool.submit(run_mtp, mtp, made.path, scratch / f"random-{i}") for i, made in enumerate(specs)]
        for made, run in zip(specs, runs):
            shown = f"seed {seed}, {made.path.parent.name}/{made.path.name}" + (f", {made.fault}" if made.fault else "")
            outcome = build(made.path)
            if made.valid:
                problem = None if outcome.accepted else f"the {outcome.by} refuses it: {outcome.refusal}"
                table.note("random, generator", shown, problem)
                if outcome.accepted:
                    table.note("random, valid", shown, accepted(outcome, run.result()))
                continue
            if not made.deviation:
                table.note("random, generator", shown, "the reference accepts it" if outcome.accepted else None)
            kind = "random, own rules" if made.deviation else "random, faulty"
            table.note(kind, shown, refused(made, run.result()))


def main() -> int:
    """Runs all checks; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mtp", type=Path, required=True, help="the binary to test")
    parser.add_argument("--random", type=int, default=200, metavar="N", help="number of random specs (200)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the random specs (1)")
    parser.add_argument("--keep", type=Path, help="keep specs and outputs in this new folder")
    options = parser.parse_args()
    mtp = options.mtp.resolve()
    if not mtp.is_file():
        parser.error(f"no such file: {options.mtp}")
    table = Table()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = options.keep or Path(temporary)
        check_committed(mtp, scratch, table)
        check_random(mtp, scratch, table, options.random, options.seed)
    return table.close()


if __name__ == "__main__":
    sys.exit(main())
