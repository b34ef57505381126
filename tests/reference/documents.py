"""Reads YAML, TOML, JSON, JSON Lines, CSV and TSV text, compressed or not, into plain documents.

A YAML scalar without quotes becomes `Plain`: whether it is text, a number or a
truth value depends on where it stands, as in the spec language. TOML and JSON
are typed, their values arrive as Python's own.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import tomllib
import zlib
from pathlib import Path

import yaml
import zstandard

LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def _zstandard(data: bytes) -> bytes:
    """The contents of all frames."""
    return zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True).read()


PACKED = {".gz": gzip.decompress, ".zst": _zstandard}


class Refusal(Exception):
    """A spec that cannot even be handed to the reference."""


class Plain(str):
    """A YAML scalar that stands without quotes."""


def _from_node(node: yaml.Node):
    if isinstance(node, yaml.ScalarNode):
        return Plain(node.value) if not node.style else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_from_node(item) for item in node.value]
    own: dict = {}
    merged: dict = {}
    for key_node, value_node in node.value:
        key = _from_node(key_node)
        if not isinstance(key, str):
            raise Refusal("a key is a scalar")
        if key == "<<" and isinstance(key, Plain):
            value = _from_node(value_node)
            for source in value if isinstance(value, list) else [value]:
                for name, item in source.items():
                    merged.setdefault(name, item)
            continue
        if key in own:
            raise Refusal(f"duplicate key {key!r}")
        own[str(key)] = _from_node(value_node)
    return {**{key: value for key, value in merged.items() if key not in own}, **own}


def read_yaml(text: str):
    """The document of a YAML text, scalars as written, merge keys applied."""
    try:
        node = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError as error:
        raise Refusal(str(error)) from error
    return None if node is None else _from_node(node)


def _unique(pairs: list) -> dict:
    result: dict = {}
    for key, value in pairs:
        if key in result:
            raise Refusal(f"duplicate key {key!r}")
        result[key] = value
    return result


def read_json(text: str):
    """The document of a JSON text; a key that stands twice is refused."""
    try:
        return json.loads(text, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise Refusal(str(error)) from error


def read_toml(text: str):
    """The document of a TOML text."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refusal(str(error)) from error


READERS = {".yaml": read_yaml, ".yml": read_yaml, ".toml": read_toml, ".json": read_json}


def read_text(path: Path) -> str:
    """The text of a file, or a refusal."""
    try:
        return PACKED.get(path.suffix, bytes)(path.read_bytes()).decode("utf-8-sig")
    except (EOFError, OSError, UnicodeDecodeError, zlib.error, zstandard.ZstdError) as error:
        raise Refusal(str(error)) from error


def read_document(path: Path):
    """The document of a spec file, by its ending."""
    if path.suffix not in READERS:
        raise Refusal(f"unknown extension {path.suffix!r}")
    return READERS[path.suffix](read_text(path))


def read_samples(path: Path) -> list:
    """The samples of a data file, each in the shape that it has in a spec."""
    suffix = Path(path.stem).suffix if path.suffix in PACKED else path.suffix
    if suffix in (".jsonl", ".ndjson"):
        lines = read_text(path).split("\n")
        return [read_json(line) for line in lines if line.strip()]
    if suffix in (".csv", ".tsv"):
        return _read_table(read_text(path), "\t" if suffix == ".tsv" else ",")
    document = read_document(path)
    if isinstance(document, dict):
        document = document.get("samples")
    if not isinstance(document, list):
        raise Refusal("a data file holds a list or `samples`")
    return document


def _read_table(text: str, delimiter: str) -> list:
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    return [_row_to_sample({key: cell or "" for key, cell in row.items()}) for row in rows]


def _row_to_sample(row: dict) -> dict:
    inputs: dict[int, dict] = {}
    sample: dict = {}
    for column, cell in row.items():
        if column == "input":
            inputs.setdefault(0, {})["string"] = cell
        elif match := re.fullmatch(r"input(?:_([0-9]+))?\.(numbers|number_lists)", column):
            if cell:
                inputs.setdefault(int(match[1] or 0), {})[match[2]] = read_json(cell)
        elif match := re.fullmatch(r"input_([0-9]+)", column):
            inputs.setdefault(int(match[1]), {})["string"] = cell
        elif column.startswith("output."):
            if not cell:
                continue
            sample.setdefault("output", {})[column.removeprefix("output.")] = cell
        elif column == "output":
            sample["output"] = cell
        elif column == "final" and cell:
            sample["final"] = cell
        elif column == "value" and cell:
            sample["value"] = Plain(cell)
    sample["input"] = [inputs[index] for index in sorted(inputs)]
    return sample


def text(value) -> str:
    """`value` as text."""
    if not isinstance(value, str):
        raise Refusal(f"text expected, not {value!r}")
    return str(value)


def number(value):
    """`value` as a number: of YAML 1.2's core schema where it was written plain."""
    if isinstance(value, Plain):
        if INTEGER.fullmatch(value):
            return int(value, 0 if value.startswith("0") and value[1:2] in ("o", "x") else 10)
        if FLOAT.fullmatch(value):
            return float(value)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    raise Refusal(f"number expected, not {value!r}")


def boolean(value) -> bool:
    """`value` as a truth value."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Plain) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise Refusal(f"true or false expected, not {value!r}")


def is_nothing(value) -> bool:
    """Whether nothing was written: `null` in JSON, an empty value in YAML."""
    return value is None or (isinstance(value, Plain) and value == "")
