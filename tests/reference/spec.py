"""Loads a spec with everything it includes into simple, typed records.

No rule of the language is checked here beyond what is needed to hand the spec
to the reference; whatever is left undefined raises `Refusal`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from documents import Refusal, boolean, is_nothing, number, read_document, read_samples, text

FORMATS = {"2": "2.0.1", "1": "1.2.1"}
KNOWN_FORMATS = ("2.0.1", "2.0.0", "1.2.1", "1.2.0")
MERGED = ("tokens", "token_sets", "guardrails", "instructions")


@dataclass
class Snippet:
    """A text with the numbers that belong to it."""

    string: str
    numbers: list | None = None
    number_lists: list | None = None


@dataclass
class Sample:
    """One sample; `output` is a text or, of a classifier, a map."""

    inputs: list[Snippet]
    output: object
    final: str | None = None
    value: object = None


@dataclass
class Instruction:
    """One instruction, its token sets spelled out, its samples read."""

    name: str
    kind: str
    context: list[str]
    inputs: list[list[str]]
    output: list[str] | None
    finals: list[str] | None
    states: object
    guardrails: list[tuple[int, dict]]
    samples: list[Sample]


@dataclass
class Spec:
    """A whole protocol."""

    format: str
    name: str
    inputs: int
    encrypt: bool
    context: list[str] = field(default_factory=list)
    tokens: dict[str, dict] = field(default_factory=dict)
    instructions: list[Instruction] = field(default_factory=list)


def _mapping(value) -> dict:
    if is_nothing(value):
        return {}
    if not isinstance(value, dict):
        raise Refusal(f"map expected, not {value!r}")
    return value


def _sequence(value) -> list:
    if is_nothing(value):
        return []
    if not isinstance(value, list):
        raise Refusal(f"list expected, not {value!r}")
    return value


def _one_or_many(value) -> list:
    return value if isinstance(value, list) else [value]


def _gather(path: Path, seen: tuple[Path, ...] = ()) -> tuple[dict, dict]:
    """The document at `path`, and its named parts joined with those it includes."""
    if path in seen:
        raise Refusal(f"include cycle at {path.name}")
    document = _mapping(read_document(path))
    parts: dict = {"context": list(_sequence(document.get("context")))}
    for part in MERGED:
        parts[part] = {str(name): (path.parent, value) for name, value in _mapping(document.get(part)).items()}
    for pattern in _sequence(document.get("include")):
        pattern = text(pattern)
        files = sorted(path.parent.glob(pattern)) if any(c in pattern for c in "*?[") else [path.parent / pattern]
        for file in files:
            _, other = _gather(file, (*seen, path))
            parts["context"] += other["context"]
            for part in MERGED:
                for name, value in other[part].items():
                    if name in parts[part]:
                        raise Refusal(f"{name!r} is defined twice")
                    parts[part][name] = value
    return document, parts


def load(path: Path) -> Spec:
    """The spec at `path`, includes and external samples read."""
    document, parts = _gather(path)
    wanted = text(document.get("format", "2.0.1"))
    spec = Spec(
        format=FORMATS.get(wanted, wanted),
        name=text(document.get("name")),
        inputs=number(document.get("inputs")),
        encrypt=boolean(document.get("encrypt", True)),
        context=[text(line) for line in parts["context"]],
        tokens={name: _token(value) for name, (_, value) in parts["tokens"].items()},
    )
    if spec.format not in KNOWN_FORMATS:
        raise Refusal(f"unknown format {spec.format!r}")
    for name, (folder, value) in parts["instructions"].items():
        spec.instructions.append(_instruction(name, _mapping(value), folder, parts))
    return spec


def _token(value) -> dict:
    if is_nothing(value):
        return {"type": "token"}
    if isinstance(value, str):
        return {"type": "token", "desc": str(value)}
    token = {"type": text(_mapping(value).get("type", "token"))}
    for name in ("key", "desc"):
        if name in value:
            token[name] = text(value[name])
    for name in ("min", "max", "length"):
        if name in value:
            token[name] = number(value[name])
    return token


def _instruction(name: str, value: dict, folder: Path, parts: dict) -> Instruction:
    kind = text(value.get("type", "basic"))
    finals = None
    if "final" in value:
        finals = [text(final) for final in _one_or_many(value["final"])]
    samples = list(_sequence(value.get("samples")))
    for file in _one_or_many(value.get("samples_from", [])):
        samples += read_samples(folder / text(file))
    return Instruction(
        name=name,
        kind=kind,
        context=[text(line) for line in _sequence(value.get("context"))],
        inputs=[_token_set(item, parts) for item in _sequence(value.get("input"))],
        output=_token_set(value["output"], parts) if "output" in value else None,
        finals=finals,
        states=_states(kind, value.get("states")),
        guardrails=[_guardrail(key, item, value, parts) for key, item in _mapping(value.get("guardrails")).items()],
        samples=[_sample(sample, kind) for sample in samples],
    )


def _token_set(value, parts: dict) -> list[str]:
    if isinstance(value, str):
        if value not in parts["token_sets"]:
            raise Refusal(f"undefined token set {value!r}")
        value = parts["token_sets"][value][1]
    return [text(token) for token in _sequence(value)]


def _states(kind: str, value):
    if value is None:
        return None
    if kind == "multi_classifier":
        return {str(label): [text(item) for item in _sequence(items)] for label, items in _mapping(value).items()}
    return [text(item) for item in _sequence(value)]


def _guardrail(key: str, value, instruction: dict, parts: dict) -> tuple[int, dict]:
    if key.lstrip("-").isdigit():
        index = int(key)
    else:
        places = [place for place, item in enumerate(instruction["input"]) if item == key]
        if len(places) != 1:
            raise Refusal(f"{key!r} is no set that stands once in `input`")
        index = places[0]
    if isinstance(value, str):
        if value not in parts["guardrails"]:
            raise Refusal(f"undefined guardrail {value!r}")
        value = parts["guardrails"][value][1]
    texts = {name: text(_mapping(value).get(name)) for name in ("good_prompt", "bad_prompt", "bad_output")}
    return index, {**texts, "samples": [text(sample) for sample in _sequence(value.get("samples"))]}


def _sample(value, kind: str) -> Sample:
    value = _mapping(value)
    output = value.get("output")
    if kind == "multi_classifier":
        output = {str(label): text(item) for label, item in _mapping(output).items()}
    elif isinstance(output, dict):
        output = _snippet(output)
    else:
        output = text(output)
    return Sample(
        inputs=[_snippet(item) for item in _sequence(value.get("input"))],
        output=output,
        final=text(value["final"]) if "final" in value else None,
        value=number(value["value"]) if "value" in value else None,
    )


def _snippet(value) -> Snippet:
    if isinstance(value, str):
        return Snippet(str(value))
    snippet = Snippet(text(_mapping(value).get("string")))
    if "numbers" in value:
        snippet.numbers = [number(item) for item in _one_or_many(value["numbers"])]
    if "number_lists" in value:
        lists = _sequence(value["number_lists"])
        if lists and not isinstance(lists[0], list):
            lists = [lists]
        snippet.number_lists = [[number(item) for item in _sequence(numbers)] for numbers in lists]
    return snippet
