#!/usr/bin/env python3
"""Measures `mtp` beside the reference implementation and beside the least that such work can take.

    benches/run.py                 up to 100,000 samples and tokens
    benches/run.py --quick         about a minute
    benches/run.py --large         up to a million samples, and 50 MB with 1,000 findings

Prints Markdown. `docs/performance.md` says what the columns mean.
"""

from __future__ import annotations

import argparse
import filecmp
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path

import protocols
from measure import MEGABYTE, Program, Unexpected, run_in_turn

ROOT = Path(__file__).resolve().parents[1]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
WORK = TARGET / "bench"
BEGIN, END = "<!-- benches/run.py -->\n", "<!-- end -->\n"
SHOWN = {"yaml": "YAML", "toml": "TOML", "json": "JSON", "jsonl": "JSON Lines", "csv": "CSV"}


@dataclass
class Row:
    """A command of `mtp` and what it is compared with."""

    shown: str
    command: str
    size: int
    """Bytes that are read."""
    mtp: Program
    copy: Program
    parser: Program
    printer: Program | None = None
    objects: Program | None = None
    loaded: Program | None = None


class Bench:
    """What is measured, with what."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.mtp, self.limits = binaries(options)
        self.reference = options.reference if options.reference and runs_reference(options.reference) else None
        self.rows: list[Row] = []
        self.nothing = self.program("nothing", ["true"])
        # What an older version of the generator wrote is not used.
        version = zlib.crc32((ROOT / "benches" / "protocols.py").read_bytes())
        self.inputs = WORK / f"inputs-{version:08x}"
        self.before: dict[tuple[str, str], Program] = {}

    def input(self, name: str, write) -> Path:
        """The folder of an input, written unless it is there."""
        folder = self.inputs / name
        if not folder.exists():
            print(f"writing {name}", file=sys.stderr)
            partial = self.inputs / f"{name}.partial"
            shutil.rmtree(partial, ignore_errors=True)
            write(partial)
            partial.rename(folder)
        return folder

    def program(self, name: str, command: list, **more) -> Program:
        """A program with a folder of its own, which stands in its command as `OUT`."""
        out = WORK / "out" / name
        return Program(name, [out if part == "OUT" else part for part in command], out, **more)

    def referenced(self, kind: str, family: str, specs: list[Path]) -> Program | None:
        """The reference on specs, unless it cannot end in time."""
        if not self.reference:
            return None
        before = self.before.get((family, kind))
        if before is not None and not self.can_grow(before):
            return None
        command = [self.reference, ROOT / "benches" / "reference.py", *specs, "OUT"]
        program = self.program(f"reference-{kind}", command, tells_seconds=True, timeout=self.options.timeout)
        self.before[family, kind] = program
        return program

    def can_grow(self, before: Program) -> bool:
        """Whether ten times the work, which takes at least ten times as long and as much memory, is worth a try."""
        seconds = before.time(0), before.time(1)
        return None not in seconds and sum(seconds) * 10 < self.options.timeout and before.peak * 10 < free_memory()

    def run(self, shown: str, programs: list[Program | None]) -> None:
        """Runs the programs of a group in turn."""
        present = [program for program in programs if program]
        print(f"{shown}: {len(present)} programs in turn", file=sys.stderr)
        run_in_turn(present, self.options.rounds)

    # What is measured.

    def start(self) -> None:
        """What a process takes that does next to nothing."""
        spec = ROOT / "specs" / "wonderland.yaml"
        mtp = self.program("validate", [self.mtp, "validate", spec])
        copy = self.program("copy", ["cp", spec, "OUT"])
        parser = self.program("parser", [self.limits, "parser", spec], tells_seconds=True)
        self.run("start", [self.nothing, mtp, copy, parser])
        self.rows.append(Row("one small spec", "validate", spec.stat().st_size, mtp, copy, parser))

    def samples(self, count: int) -> None:
        """One protocol in every notation."""
        folder = self.input(f"samples-{count}", lambda path: protocols.write_samples(path, count))
        kept = WORK / "out" / "kept"
        shutil.rmtree(kept, ignore_errors=True)
        model = kept / "desk_model.json"
        objects = self.referenced("objects", "samples", [folder / "desk.json"])
        loaded = self.referenced("loaded", "samples", [folder / "desk.yaml"])
        printer = self.program("print", [self.limits, "print", model, WORK / "out" / "print" / "model"])
        printer.tells_seconds = True
        rows = []
        for notation in protocols.NOTATIONS:
            is_own = (folder / f"desk.{notation}").exists()
            spec = folder / (f"desk.{notation}" if is_own else f"from-{notation}.yaml")
            data = spec if is_own else folder / f"samples.{notation}"
            validate = self.program(f"validate-{notation}", [self.mtp, "validate", spec])
            build = self.program(f"build-{notation}", [self.mtp, "build", spec, "-o", "OUT"])
            build.check = lambda build=build: keep_or_compare(build.out, kept)
            parser = self.program(f"parser-{notation}", [self.limits, "parser", data], tells_seconds=True)
            read = self.program(f"copy-{notation}", ["cp", data, "OUT"])
            both = self.program(f"copy-both-{notation}", ["cp", "-r", data, kept, "OUT"])
            shown = f"{count:,} samples, {SHOWN[notation]}"
            size = data.stat().st_size
            rows.append(Row(shown, "validate", size, validate, read, parser))
            rows.append(Row(shown, "build", size, build, both, parser, printer, objects, loaded))
        if objects:
            objects.check = lambda: compare(objects.out / "desk_model.json", model)
        own = [part for row in rows for part in ([row.mtp, row.copy, row.parser] if row.printer else [row.mtp, row.copy])]
        # What is built comes before what copies and prints it.
        own.sort(key=lambda program: not program.name.startswith("build"))
        self.run(f"{count:,} samples", [*own, printer, objects, loaded])
        self.rows += rows

    def tokens(self, count: int) -> None:
        """Many names that must not hold each other."""
        folder = self.input(f"tokens-{count}", lambda path: protocols.write_tokens(path, count))
        self.spec(f"{count:,} tokens", "tokens", [folder / "tokens.yaml"], [folder / "tokens.yaml"])

    def folder(self, count: int) -> None:
        """Many small specs."""
        folder = self.input(f"specs-{count}", lambda path: protocols.write_folder(path, count))
        self.spec(f"{count:,} specs", "specs", [folder], sorted(folder.iterdir()))

    def spec(self, shown: str, family: str, validated: list[Path], files: list[Path]) -> None:
        """Specs in YAML, with their mistakes."""
        size = sum(file.stat().st_size for file in files)
        kept = WORK / "out" / "kept"
        shutil.rmtree(kept, ignore_errors=True)
        validate = self.program("validate", [self.mtp, "validate", *validated])
        build = self.program("build", [self.mtp, "build", *files, "-o", "OUT"])
        build.check = lambda: keep_or_compare(build.out, kept)
        parser = self.program("parser", [self.limits, "parser", *files], tells_seconds=True)
        read = self.program("copy", ["cp", *files, "OUT"])
        both = self.program("copy-both", ["cp", "-r", *files, kept, "OUT"])
        loaded = self.referenced("loaded", family, files)
        self.run(shown, [build, validate, read, both, parser, loaded])
        self.rows.append(Row(shown, "validate", size, validate, read, parser))
        self.rows.append(Row(shown, "build", size, build, both, parser, None, loaded, loaded))

    def faults(self, size: int, count: int) -> None:
        """A large spec with many mistakes."""
        folder = self.input(f"faults-{size}", lambda path: protocols.write_faults(path, size, count))
        spec = folder / "faults.yaml"
        validate = self.program("validate", [self.mtp, "validate", spec, "--output-format", "short"], code=1)
        parser = self.program("parser", [self.limits, "parser", spec], tells_seconds=True)
        copy = self.program("copy", ["cp", spec, "OUT"])

        def check() -> None:
            found = len(validate.out.with_suffix(".stdout").read_text().splitlines())
            if found != count:
                raise Unexpected(f"{found} findings in {spec}, not {count}")

        validate.check = check
        shown = f"{count:,} findings"
        self.run(shown, [validate, parser, copy])
        self.rows.append(Row(shown, "validate", spec.stat().st_size, validate, copy, parser))

    # What is shown of it.

    def report(self) -> str:
        """The machine, the rows, and what all of it is compared with."""
        return "\n".join([self.machine(), "", *self.table(), "", *self.others(), "", *self.goals()]) + "\n"

    def machine(self) -> str:
        """Where, when with what."""
        cpu = next((line.split(":")[1].strip() for line in lines("/proc/cpuinfo") if line.startswith("model name")), "?")
        memory = int(next(line.split()[1] for line in lines("/proc/meminfo") if line.startswith("MemTotal")))
        # The commit that the program was made of need not be that of this folder.
        version, *more = told([self.mtp, "--version"]).splitlines()
        commit = next((line.split(": ")[1] for line in more if line.startswith("commit: ")), "no commit")
        text = f"{os.cpu_count()} cores of {cpu}, {memory / 1024**2:.0f} GiB, Linux {platform.release()}; "
        text += f"{version} ({commit}), {told(['rustc', '--version']).rsplit(' (')[0]}"
        if self.reference:
            text += f"; reference {told([self.reference, '-c', REFERENCE_VERSION])}"
        text += f"; rounds: {self.options.rounds}, of which the median."
        return f"{text}\nA process that does nothing takes {number(self.nothing.time() * 1000)} ms here."

    def table(self) -> list[str]:
        """A row for each command."""
        head = (
            "input", "command", "MB", "s", "MB/s", "peak MB", "÷ input",
            "objects ×", "PyYAML ×", "÷ cp", "÷ parser", "÷ print", "÷ both",
        )  # fmt: skip
        table = [f"| {' | '.join(head)} |", "| --- | --- |" + " ---: |" * (len(head) - 2)]
        for row in self.rows:
            seconds, size = row.mtp.time(), row.size / MEGABYTE
            printed = row.printer.time() if row.printer else None
            parsed = row.parser.time()
            cells = (
                row.shown, row.command, number(size), number(seconds), number(size / seconds), *self.memory(row),
                number(ratio(building(row.objects), seconds)), number(ratio(whole(row.loaded), seconds)),
                number(ratio(seconds, row.copy.time())), number(ratio(seconds, parsed)),
                number(ratio(seconds, printed)), number(ratio(seconds, printed and printed + parsed)),
            )  # fmt: skip
            table.append(f"| {' | '.join(cells)} |")
        return table

    def memory(self, row: Row) -> tuple[str, str]:
        """The peak, and how many times the input that is. Below its floor nothing can be seen."""
        peak = row.mtp.peak
        floor = self.nothing.peak + MEGABYTE // 2
        if peak <= floor:
            return f"< {number(floor / MEGABYTE)}", "–"
        return number(peak / MEGABYTE), number(peak / row.size)

    def others(self) -> list[str]:
        """The seconds of what `mtp` is compared with."""
        head = ("input", "cp, s", "parser, s", "print, s", "objects, s", "with PyYAML, s", "objects, peak MB")
        table = [f"| {' | '.join(head)} |", "| --- |" + " ---: |" * (len(head) - 1)]
        for row in self.rows:
            if row.command == "build":
                peak = row.objects.peak / MEGABYTE if row.objects and row.objects.seconds else None
                times = (row.copy.time(), row.parser.time(), row.printer.time() if row.printer else None)
                cells = (*times, building(row.objects), whole(row.loaded), peak)
                table.append(f"| {' | '.join([row.shown, *map(number, cells)])} |")
        return table

    def goals(self) -> list[str]:
        """What has to hold, with what was measured."""
        found = {(row.shown, row.command): row for row in self.rows}
        table = ["| to hold | measured |", "| --- | ---: |"]

        def goal(text: str, row: Row | None, measured, least: bool, bound: float) -> None:
            value = measured(row) if row else None
            if value is not None:
                holds = value >= bound if least else value <= bound
                table.append(f"| {text} | {number(value)}{'' if holds else ', **missed**'} |")

        def both(row: Row) -> float:
            return row.mtp.time() / (row.parser.time() + row.printer.time())

        yaml, lines_ = (found.get((f"100,000 samples, {SHOWN[kind]}", "build")) for kind in ("yaml", "jsonl"))
        checked = found.get(("100,000 samples, YAML", "validate"))
        goal("100,000 samples from YAML: at least 12 × the speed of the reference from Python objects", yaml,
             lambda row: ratio(building(row.objects), row.mtp.time()), True, 12)  # fmt: skip
        goal("100,000 samples from YAML: at least 25 × the speed of the reference with PyYAML", yaml,
             lambda row: ratio(whole(row.loaded), row.mtp.time()), True, 25)  # fmt: skip
        goal("100,000 samples from JSON Lines: at least 30 × the speed of the reference from Python objects", lines_,
             lambda row: ratio(building(row.objects), row.mtp.time()), True, 30)  # fmt: skip
        goal("validation of 100,000 samples in YAML: at most 1.5 × the bare parser", checked,
             lambda row: row.mtp.time() / row.parser.time(), False, 1.5)  # fmt: skip
        goal("build of 100,000 samples in JSON Lines: at most 2 × the reading and printing of `serde_json`", lines_,
             both, False, 2)  # fmt: skip
        for less, more in ((10_000, 100_000), (100_000, 1_000_000)):
            for kind in protocols.NOTATIONS:
                before = found.get((f"{less:,} samples, {SHOWN[kind]}", "build"))
                goal(f"from {less:,} to {more:,} samples in {SHOWN[kind]}: at most 11 × the time",
                     before and found.get((f"{more:,} samples, {SHOWN[kind]}", "build")),
                     lambda row, before=before: row.mtp.time() / before.mtp.time(), False, 11)  # fmt: skip
        goal("100,000 tokens validated: under 2 s", found.get(("100,000 tokens", "validate")),
             lambda row: row.mtp.time(), False, 2)  # fmt: skip
        goal("1,000 specs validated: under 0.5 s", found.get(("1,000 specs", "validate")),
             lambda row: row.mtp.time(), False, 0.5)  # fmt: skip
        for kind in protocols.NOTATIONS:
            is_streamed = kind in ("jsonl", "csv")
            for count in (100_000, 1_000_000):
                goal(f"peak memory, build of {count:,} samples in {SHOWN[kind]}: below "
                     f"{0.5 if is_streamed else 3} × the input", found.get((f"{count:,} samples, {SHOWN[kind]}", "build")),
                     lambda row: row.mtp.peak / row.size, False, 0.5 if is_streamed else 3)  # fmt: skip
        goal("a million samples in JSON Lines: within 1,000 MB", found.get(("1,000,000 samples, JSON Lines", "build")),
             lambda row: row.mtp.peak / MEGABYTE, False, 1000)  # fmt: skip
        goal("one small spec, more than a process that does nothing: under 5 ms", found.get(("one small spec", "validate")),
             lambda row: (row.mtp.time() - self.nothing.time()) * 1000, False, 5)  # fmt: skip
        return table


REFERENCE_VERSION = (
    "import importlib.metadata as m, platform as p;"
    "print(m.version('model-train-protocol'), 'on Python', p.python_version())"
)


def building(program: Program | None) -> float | None:
    """The seconds that the reference built and saved."""
    return program.time(1) if program else None


def whole(program: Program | None) -> float | None:
    """The seconds of the reference with its reading."""
    return program.time(0) + program.time(1) if program and program.seconds else None


def ratio(a: float | None, b: float | None) -> float | None:
    return a / b if a is not None and b else None


def number(value: float | None) -> str:
    """Three digits, or a dash for nothing."""
    if value is None:
        return "–"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 1 else 3 if value >= 0.1 else 4
    return f"{value:,.{digits}f}"


def lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()


def free_memory() -> int:
    """Bytes that can be had without swapping."""
    return 1024 * int(next(line.split()[1] for line in lines("/proc/meminfo") if line.startswith("MemAvailable")))


def told(command: list) -> str:
    """What a command prints, or nothing."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def keep_or_compare(out: Path, kept: Path) -> None:
    """Keeps the first output; what is built of the same protocol later has to be the same."""
    if not kept.exists():
        shutil.copytree(out, kept)
    for file in kept.iterdir():
        compare(out / file.name, file)


def compare(file: Path, other: Path) -> None:
    if not filecmp.cmp(file, other, shallow=False):
        raise Unexpected(f"{file} is not what {other} is")


def runs_reference(python: Path) -> bool:
    """Whether this Python has the reference implementation."""
    is_there = bool(told([python, "-c", "import model_train_protocol, yaml; print(yaml.CSafeLoader)"]))
    if not is_there:
        print(f"{python} has no model-train-protocol with PyYAML: no reference is measured", file=sys.stderr)
    return is_there


def binaries(options: argparse.Namespace) -> tuple[Path, Path]:
    """`mtp` and the program of the limits, built where they are not given."""
    cargo = ["cargo", "build", "--release", "--locked", "--manifest-path", ROOT / "Cargo.toml"]
    if not options.mtp:
        subprocess.run([*cargo, "--bin", "mtp"], check=True)
    if not options.limits:
        command = [*cargo, "--bench", "limits", "--message-format", "json"]
        built = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
        messages = [message for message in map(json.loads, built) if message.get("executable")]
        # The program itself is built with it.
        found = [message["executable"] for message in messages if message["target"]["name"] == "limits"]
        options.limits = Path(found[-1])
    return (options.mtp or TARGET / "release" / "mtp").resolve(), options.limits.resolve()


def write_into(page: Path, report: str) -> None:
    """Puts the report between the marks of a page."""
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    page.write_text(f"{before}{BEGIN}{report}{END}{rest.split(END, 1)[1]}", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mtp", type=Path, help="the binary to measure (cargo builds it)")
    parser.add_argument("--limits", type=Path, help="the program of benches/limits.rs (cargo builds it)")
    venv = ROOT / "target" / "reference-venv" / "bin" / "python"
    parser.add_argument("--reference", type=Path, default=venv if venv.exists() else Path(sys.executable),
                        metavar="PYTHON", help="a Python that has the reference (what .ci/run installs)")  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="small inputs only, about a minute")
    parser.add_argument("--large", action="store_true", help="a million samples and 50 MB of findings too")
    parser.add_argument("--only", default="", metavar="WORD", help="only groups with this in their names")
    parser.add_argument("--rounds", type=int, help="how often each program runs (5; 3 if quick)")
    parser.add_argument("--timeout", type=float, help="seconds that the reference gets (600; 20 if quick)")
    parser.add_argument("--into", type=Path, metavar="PAGE", help="put the result into this page too")
    options = parser.parse_args()
    # To be stopped is no reason to leave processes and gigabytes behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options.rounds = options.rounds or (3 if options.quick else 5)
    options.timeout = options.timeout or (20 if options.quick else 600)
    bench = Bench(options)
    largest = 10_000 if options.quick else 1_000_000 if options.large else 100_000
    groups = [("start", bench.start, ())]
    groups += [(f"samples-{n}", bench.samples, (n,)) for n in (1000, 10_000, 100_000, 1_000_000) if n <= largest]
    groups += [(f"tokens-{n}", bench.tokens, (n,)) for n in (100, 1000, 10_000, 100_000) if n <= max(largest, 10_000)]
    groups += [("specs-1000", bench.folder, (1000,))]
    groups += [("faults", bench.faults, (50 * MEGABYTE, 1000))] if options.large else []
    try:
        for name, group, arguments in groups:
            # The first one is needed to read the others.
            if options.only in name or name == "start":
                group(*arguments)
    except Unexpected as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(WORK / "out", ignore_errors=True)
    report = bench.report()
    print(report, end="")
    if options.into:
        write_into(options.into, report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
