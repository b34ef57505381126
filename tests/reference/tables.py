"""Compares `mtp import` of tables with the reference's own conversion of CSV.

    python tables.py --mtp PATH [--random N] [--seed N] [--keep DIR]
    python tables.py --bless      writes the model files in tests/import/tables/

The reference reads CSV with pandas, which takes `1.0` for a number and `NA` for
nothing; here are tables whose cells pandas leaves alone. For each, `mtp import`
and then `mtp build` give the model file that the reference gives, byte for byte,
states in the order of their first use: the reference takes that from a set.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import random
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

from model_train_protocol.csv.conversion import CSVConversion, read_csv

from reference import _dump

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "import" / "tables"
WORDS = "Where is my parcel? It's late, “very” late. Ünïcode 🫥 \"quoted\" a;b c\td {x} \\n <NON> 1.50 x=1 'single' null? NA!".split(" ")


class InOrder(dict):
    """What the conversion needs of a set, in order of insertion."""

    def add(self, item) -> None:
        self[item] = None

    def remove(self, item) -> None:
        del self[item]


def _states(self) -> InOrder:
    """The states of a state machine in the order of their first use."""
    states = InOrder.fromkeys(line.output_str for line in self.ordered_lines)
    states.pop("GUARDRAIL", None)
    return states


CSVConversion._get_single_output_states = _states


def reference_model(data: bytes, name: str) -> str:
    """The model file that the reference makes of a table."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        protocol = CSVConversion(read_csv(data), name).to_mtp()
        valid, message = protocol.validate_protocol()
        if not valid:
            raise ValueError(message)
        return _dump(protocol.get_protocol_file(valid=True).to_json())


def committed() -> list[Path]:
    """The tables of the test cases that the reference reads."""
    return sorted(CASES.glob("*/table.csv"))


def text(draw: random.Random, least: int = 1) -> str:
    """Some words that pandas leaves alone, no text like another."""
    words = [draw.choice(WORDS) for _ in range(draw.randint(least, 6))]
    if draw.random() < 0.1:
        words.insert(1, "line\nbreak")
    if draw.random() < 0.05:
        words.insert(0, " ")
    return " ".join(words) + f" #{draw.randrange(10**6)}"


def random_table(draw: random.Random) -> bytes:
    """A table of either kind, with empty cells and rows."""
    is_machine = draw.random() < 0.5
    outputs = ["Output"] if is_machine else draw.sample(["mood", "the topic", "Output", "it's", 'a "b"', "ß,ü"], draw.randint(1, 4))
    if not is_machine and outputs == ["Output"]:
        outputs.append("Extra")
    values = {name: [f"{draw.choice(WORDS)} {n}" for n in range(draw.randint(2, 4))] for name in outputs}
    columns = ["Input", "Reference", *outputs]
    draw.shuffle(columns)
    rows = []
    for _ in range(draw.randint(16, 40)):
        row = {name: "" if rows and draw.random() < 0.3 else draw.choice(values[name]) for name in outputs}
        row["Input"] = text(draw)
        row["Reference"] = text(draw) if draw.random() < 0.3 or len(rows) < 13 else ""
        rows.append(row)
    if is_machine and draw.random() < 0.6:
        for row in draw.sample(rows[1:], 3):
            row["Output"] = "GUARDRAIL"
            row["Input"] = "bad prompt " + "".join(draw.choices("abcdefghij", k=8))
        # What repeats a bad prompt's answer is one, and may hold no digits.
        for before, row in zip(rows, rows[1:]):
            if row["Output"] == "" and before["Output"] == "GUARDRAIL":
                row["Output"] = values["Output"][0]
    if draw.random() < 0.3:
        rows.insert(draw.randrange(1, len(rows)), dict.fromkeys(columns, ""))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(
        out,
        columns,
        lineterminator=draw.choice(["\n", "\r\n"]),
        quoting=draw.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    )
    writer.writeheader()
    writer.writerows(rows)
    written = out.getvalue()
    if draw.random() < 0.2:
        written = "\n" + written.rstrip("\n")
    return ("\ufeff" if draw.random() < 0.2 else "").encode() + written.encode()


def our_model(mtp: Path, table: Path, name: str, folder: Path) -> str:
    """The model file that `mtp` makes of a table."""
    spec = folder / "spec.yaml"
    spec.unlink(missing_ok=True)
    for command in (["import", table, "-o", spec, "--name", name], ["build", "--quiet", spec, "-o", folder]):
        done = subprocess.run([mtp, *command], capture_output=True, timeout=60, check=False)
        if done.returncode != 0:
            told = (done.stdout + done.stderr).decode(errors="replace")[:2000]
            raise ValueError(f"mtp {command[0]} ends with {done.returncode}: {told}")
    return (folder / f"{name}_model.json").read_text(encoding="utf-8")


def difference(found: str, wanted: str) -> str | None:
    """The first line that differs."""
    for at, (one, other) in enumerate(zip(found.split("\n"), wanted.split("\n")), 1):
        if one != other:
            return f"line {at}: found {one[:300]!r}, expected {other[:300]!r}"
    return None if found == wanted else "one has more lines than the other"


def bless() -> int:
    """Writes what the reference makes of the tables of the test cases."""
    for path in committed():
        model = reference_model(path.read_bytes(), path.parent.name)
        path.with_name("model.json").write_text(model, encoding="utf-8", newline="")
    print(f"{len(committed())} model files written")
    return 0


def main() -> int:
    """Runs all comparisons; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mtp", type=Path, help="the binary to test")
    parser.add_argument("--random", type=int, default=0, help="how many random tables to compare")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="where to write the random tables")
    parser.add_argument("--bless", action="store_true")
    arguments = parser.parse_args()
    if arguments.bless:
        return bless()
    tables = [(path.parent.name, path.read_bytes()) for path in committed()]
    if len(tables) < 2:
        parser.error(f"only {len(tables)} tables were found")
    draw = random.Random(arguments.seed)
    tables += [(f"random-{at}", random_table(draw)) for at in range(arguments.random)]
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, data in tables:
            case = (arguments.keep or Path(folder)) / name
            case.mkdir(parents=True, exist_ok=True)
            (case / "table.csv").write_bytes(data)
            try:
                wanted = reference_model(data, name)
                if arguments.keep:
                    (case / "model.json").write_text(wanted, encoding="utf-8", newline="")
                if not arguments.mtp:
                    continue
                problem = difference(our_model(arguments.mtp.resolve(), case / "table.csv", name, case), wanted)
            except Exception as error:  # noqa: BLE001 - any failure is one of the comparison
                problem = f"{type(error).__name__}: {error}"
            if problem:
                failed += 1
                print(f"--- {name}\n{problem}\n")
    print(f"{len(tables) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
