"""Writes the expected outputs of `tests/compile/`, `specs/` and what `mtp init` writes, from the reference.

    python bless.py            writes every model.json and template.json
    python bless.py --check    writes nothing, exits 1 where one is stale
"""

from __future__ import annotations

import argparse
import json
import sys
from functools import cache
from pathlib import Path

import jsonschema
import model_train_protocol_schemas

from documents import Refusal, read_document
from reference import Outcome, build

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "compile"
SPECS = ROOT / "specs"
FIRST_SPECS = ROOT / "src" / "cli" / "init"
ENDINGS = (".yaml", ".toml", ".json")
SCHEMAS = Path(model_train_protocol_schemas.__file__).parent / "schemas"


def cases() -> list[tuple[Path, Path]]:
    """Every spec with the folder of its expected outputs."""
    pairs = []
    for folder in sorted(CASES.iterdir()):
        pairs += [(folder / f"spec{ending}", folder) for ending in ENDINGS if (folder / f"spec{ending}").exists()]
    for path in sorted(SPECS.rglob("*")):
        if path.suffix in ENDINGS and is_spec(path):
            pairs.append((path, CASES / "_specs" / path.relative_to(SPECS).with_suffix("")))
    pairs += [(path, CASES / "_init" / path.stem) for path in sorted(FIRST_SPECS.glob("*.yaml"))]
    return pairs


def is_spec(path: Path) -> bool:
    """Whether the file is a whole spec rather than a fragment or a data file."""
    try:
        document = read_document(path)
    except Refusal:
        return True
    return isinstance(document, dict) and "name" in document and "inputs" in document


@cache
def _validator(url: str) -> jsonschema.Draft202012Validator:
    """The validator for a `$schema` address, from the published schemas."""
    path = SCHEMAS.joinpath(*url.split("/")[-2:])
    return jsonschema.Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))


def schema_errors(outcome: Outcome) -> list[str]:
    """Where the two texts do not follow the schemas that they name."""
    documents = map(json.loads, (outcome.model, outcome.template))
    return [
        f"{error.json_path}: {error.message[:200]}"
        for document in documents
        for error in _validator(document["$schema"]).iter_errors(document)
    ]


def stale(folder: Path, outcome: Outcome) -> list[Path]:
    """The expected files in `folder` that are not what the reference gives."""
    expected = {"model.json": outcome.model, "template.json": outcome.template}
    return [
        folder / name
        for name, text in expected.items()
        if not (folder / name).exists() or (folder / name).read_bytes() != text.encode()
    ]


def main() -> int:
    """Writes or checks; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    failures, written, done = 0, 0, {}
    pairs = cases()
    for path, folder in pairs:
        outcome = build(path)
        shown = path.relative_to(ROOT)
        if not outcome.accepted:
            failures += 1
            print(f"{shown}: refused by the {outcome.by}: {outcome.refusal}")
        elif done.setdefault(folder, outcome) != outcome:
            failures += 1
            print(f"{shown}: differs from its twin")
        elif errors := schema_errors(outcome):
            failures += 1
            print(f"{shown}: against its schema", *errors, sep="\n    ")
        else:
            for file in stale(folder, outcome):
                written += 1
                if check:
                    failures += 1
                    print(f"{file.relative_to(ROOT)}: stale")
                    continue
                folder.mkdir(parents=True, exist_ok=True)
                file.write_bytes((outcome.model if file.name == "model.json" else outcome.template).encode())
    verb = "stale" if check else "written"
    print(f"{len(pairs)} specs, {len(done)} expectations, {written} files {verb}, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
