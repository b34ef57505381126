"""Builds the measured protocols with the reference implementation, the way its users do, and says how long it took.

    python reference.py SPEC… OUT

Prints two numbers of seconds: for reading the specs with PyYAML's C loader, and for building and saving them from
the Python objects that this gave. A spec in JSON is read before anything is measured.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import time
from pathlib import Path

import model_train_protocol as mtp
from model_train_protocol.common.constants import NON_TOKEN


def load(path: Path) -> dict:
    """The document of a spec."""
    with path.open("rb") as file:
        if path.suffix == ".json":
            return json.load(file)
        import yaml

        return yaml.load(file, Loader=yaml.CSafeLoader)


def save(document: dict, out: Path) -> None:
    """Builds the protocol of a document and writes both files. Only what the measured protocols have is known."""
    protocol = mtp.Protocol(document["name"], inputs=document["inputs"], encrypt=document.get("encrypt", True))
    for line in document["context"]:
        protocol.add_context(line)
    tokens = {}
    for name, about in document["tokens"].items():
        is_final = isinstance(about, dict)
        tokens[name] = mtp.FinalToken(name) if is_final else mtp.Token(name, desc=about)
    for name, about in document["instructions"].items():
        sets = [mtp.TokenSet([tokens[token] for token in names]) for names in about["input"]]
        finals = [tokens[final] for final in about.get("final", ())] or [NON_TOKEN]
        output = mtp.InstructionOutput(mtp.TokenSet([tokens[token] for token in about["output"]]), finals)
        instruction = mtp.Instruction(name, mtp.InstructionInput(sets), output)
        for sample in about["samples"]:
            instruction.add_sample(sample["input"], sample["output"], final=tokens.get(sample.get("final")))
        protocol.add_instruction(instruction)
    protocol.save(path=str(out))
    protocol.template(path=str(out))


def main(specs: list[Path], out: Path) -> None:
    """Reads, builds, saves, one after the other."""
    reading = building = 0.0
    for spec in specs:
        started = time.perf_counter()
        document = load(spec)
        loaded = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):
            save(document, out)
        reading += 0.0 if spec.suffix == ".json" else loaded - started
        building += time.perf_counter() - loaded
    print(f"{reading:.6f} {building:.6f}")


if __name__ == "__main__":
    *paths, folder = map(Path, sys.argv[1:])
    main(paths, folder)
