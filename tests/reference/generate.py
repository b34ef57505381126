"""Writes random specs with a fixed seed, seven in ten valid, the others with exactly one fault.

    python generate.py DIR [--count 200] [--seed 1]

Every spec stands in a folder of its own, as YAML, TOML or JSON in turn, with
`expect.json`: {"valid": bool, "rule": id or null, "deviation": bool, "fault": name or null}.
"""

from __future__ import annotations

import argparse
import copy
import csv
import io
import json
import random
import sys
from dataclasses import dataclass
from pathlib import Path

import own_faults  # noqa: F401 - each of these four registers its faults
import protocol_faults  # noqa: F401
import sample_faults  # noqa: F401
import token_faults  # noqa: F401
from drafts import Draft
from faults import FAULTS, Fault
from writers import WRITERS, json_text

ENDINGS = (".yaml", ".toml", ".json")
DATA_ENDINGS = (".jsonl", ".ndjson", ".json", ".yaml", ".toml", ".csv", ".tsv")


@dataclass
class Made:
    """One spec on disk and what is expected of it."""

    path: Path
    valid: bool
    rule: str | None
    deviation: bool
    fault: str | None


def _faulty(rng: random.Random, name: str, index: int) -> tuple[Draft, Fault]:
    """A draft with one fault; the faults take turns."""
    chosen = FAULTS[index % len(FAULTS)]
    while True:
        draft = Draft(rng, name)
        if chosen.apply(draft):
            return draft, chosen


def _table(samples: list, delimiter: str, rng: random.Random) -> str | None:
    """The samples as CSV or TSV, if the form can hold them."""
    rows = []
    for sample in samples:
        row: dict = {}
        single = len(sample["input"]) == 1 and rng.random() < 0.5
        for index, snippet in enumerate(sample["input"]):
            snippet = {"string": snippet} if isinstance(snippet, str) else snippet
            name = "input" if single and "numbers" not in snippet and "number_lists" not in snippet else f"input_{index}"
            row[name] = snippet["string"]
            for field in ("numbers", "number_lists"):
                if field in snippet:
                    row[f"{name}.{field}"] = json.dumps(snippet[field])
        output = sample["output"]
        row |= {f"output.{label}": item for label, item in output.items()} if isinstance(output, dict) else {"output": output}
        row |= {key: str(sample[key]) for key in ("final", "value") if key in sample}
        rows.append(row)
    columns = list(dict.fromkeys(column for row in rows for column in row))
    if {"input", "input_0"} <= set(columns):
        return None
    stream = io.StringIO()
    writer = csv.DictWriter(
        stream, columns, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator=rng.choice(["\n", "\r\n"])
    )
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _data_file(samples: list, ending: str, rng: random.Random) -> str | None:
    if ending in (".csv", ".tsv"):
        return _table(samples, "\t" if ending == ".tsv" else ",", rng)
    if ending in (".jsonl", ".ndjson"):
        return "".join(json.dumps(sample, ensure_ascii=rng.random() < 0.5) + "\n" for sample in samples)
    document = samples if ending != ".toml" and rng.random() < 0.5 else {"samples": samples}
    return WRITERS[ending](document, "", rng)


def _split(draft: Draft, rng: random.Random) -> dict[str, str]:
    """Moves parts of a valid draft into other files; gives their texts."""
    files: dict[str, str] = {}
    document = draft.document
    if rng.random() < 0.25:
        instruction = rng.choice(list(document["instructions"].values()))
        keep = rng.randint(0, len(instruction["samples"]) - 1)
        ending = rng.choice(DATA_ENDINGS)
        text = _data_file(copy.deepcopy(instruction["samples"][keep:]), ending, rng)
        if text is not None:
            files[f"data/samples{ending}"] = text
            del instruction["samples"][keep:]
            if not instruction["samples"]:
                del instruction["samples"]
            path = f"data/samples{ending}"
            instruction["samples_from"] = path if rng.random() < 0.5 else [path]
    if rng.random() < 0.2:
        fragment: dict = {}
        if rng.random() < 0.5:
            cut = rng.randint(0, len(document["context"]))
            fragment["context"] = document["context"][cut:]
            document["context"] = document["context"][:cut]
        for part in ("tokens", "token_sets", "guardrails"):
            if part in document and rng.random() < 0.6:
                moved = [name for name in document[part] if rng.random() < 0.6]
                fragment[part] = {name: document[part].pop(name) for name in moved}
        names = list(document["instructions"])
        last = document["instructions"][names[-1]]
        if len(names) > 1 and "samples_from" not in last and rng.random() < 0.5:
            fragment["instructions"] = {names[-1]: document["instructions"].pop(names[-1])}
        ending = rng.choice(ENDINGS)
        files[f"parts/words{ending}"] = WRITERS[ending](fragment, "", rng)
        document["include"] = [f"parts/words{ending}"] if rng.random() < 0.5 else [f"parts/*{ending}"]
    return files


def _damage(text: str, kind: str | None, ending: str) -> str:
    """The faults that only a text can have."""
    if kind == "duplicate":
        if ending == ".json":
            return text.replace("{", '{\n  "name": "twice",', 1)
        return ("name: twice\n" if ending == ".yaml" else 'name = "twice"\n') + text
    if kind == "syntax":
        return {".json": text.rstrip()[:-1], ".yaml": text + "rules: [\n", ".toml": text + "broken =\n"}[ending]
    return text


def generate(folder: Path, count: int, seed: int) -> list[Made]:
    """Writes `count` specs below `folder`."""
    made = []
    faults = 0
    for index in range(count):
        rng = random.Random(f"{seed}/{index}")
        name = f"random_{seed}_{index:05}"
        ending = ENDINGS[index % len(ENDINGS)]
        home = folder / f"{index:05}"
        files: dict[str, str] = {}
        chosen = None
        if rng.random() < 0.3:
            draft, chosen = _faulty(rng, name, faults)
            faults += 1
            files = {path: WRITERS[Path(path).suffix](part) for path, part in getattr(draft, "files", {}).items()}
        else:
            draft = Draft(rng, name)
            files = _split(draft, rng)
        text = WRITERS[ending](draft.document, f"Random spec {index} of seed {seed}.", rng)
        files[f"spec{ending}"] = _damage(text, getattr(draft, "damage", None), ending)
        spec = Made(
            home / f"spec{ending}",
            chosen is None,
            chosen.rule if chosen else None,
            chosen.deviation if chosen else False,
            chosen.apply.__name__ if chosen else None,
        )
        expect = {key: getattr(spec, key) for key in ("valid", "rule", "deviation", "fault")}
        files["expect.json"] = json_text(expect)
        for path, content in files.items():
            (home / path).parent.mkdir(parents=True, exist_ok=True)
            (home / path).write_bytes(content.encode())
        made.append(spec)
    return made


def main() -> int:
    """Generates, as asked on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    made = generate(options.folder, options.count, options.seed)
    valid = sum(spec.valid for spec in made)
    print(f"{len(made)} specs in {options.folder}: {valid} valid, {len(made) - valid} with one fault")
    return 0


if __name__ == "__main__":
    sys.exit(main())
