"""Writes a document as YAML, TOML or JSON text.

With a `random.Random` the spelling of texts varies (quotes, block scalars,
escapes); without one the result is plain and even.
"""

from __future__ import annotations

import json
import random
import re
import unicodedata

WIDTH = 100
PLAIN = re.compile(r"[^\W\d_](?:[\w .'’!;()/-]*[\w.!)])?")
PLAIN_IN_BLOCK = re.compile(r"[^\W\d_](?:[\w ,.'’!?;()/-]*[\w.!?)])?")
RESERVED = re.compile(r"null|true|false|yes|no|on|off|y|n", re.IGNORECASE)
BLOCK_KEYS = ("context", "samples", "include")
SHORT_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f", '"': '\\"', "\\": "\\\\"}


def _is_printable(char: str) -> bool:
    """Whether every parser reads the character as itself inside quotes."""
    return char == " " or unicodedata.category(char) not in ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs")


def _double_quoted(text: str) -> str:
    parts = []
    for char in text:
        if char in SHORT_ESCAPES:
            parts.append(SHORT_ESCAPES[char])
        elif _is_printable(char):
            parts.append(char)
        else:
            parts.append(f"\\u{ord(char):04X}" if ord(char) < 0x10000 else f"\\U{ord(char):08X}")
    return '"' + "".join(parts) + '"'


def _number(value) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else repr(value)


# YAML


def _yaml_key(key: str) -> str:
    return key if re.fullmatch("[0-9]+", key) else _yaml_text(key, None)


def _yaml_text(text: str, rng: random.Random | None, flow: bool = True) -> str:
    styles = ["double"]
    if (PLAIN if flow else PLAIN_IN_BLOCK).fullmatch(text) and not RESERVED.fullmatch(text):
        styles.append("plain")
    if text and all(map(_is_printable, text)):
        styles.append("single")
    style = rng.choice(styles) if rng else ("plain" if "plain" in styles else "double")
    if style == "plain":
        return text
    if style == "single":
        return "'" + text.replace("'", "''") + "'"
    return _double_quoted(text)


def _yaml_flow(value, rng) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _yaml_text(value, rng)
    if isinstance(value, list):
        return "[" + ", ".join(_yaml_flow(item, rng) for item in value) + "]"
    if isinstance(value, dict):
        items = [f"{_yaml_key(key)}: {_yaml_flow(item, rng)}".rstrip() for key, item in value.items()]
        return "{ " + ", ".join(items) + " }" if items else "{}"
    return _number(value)


def _holds_nothing(value) -> bool:
    """Whether a `None` is inside, which a flow collection cannot show."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(item is None or _holds_nothing(item) for item in items)


def _yaml_block(value, indent: int, rng, key: str = "", open_up: bool = False) -> str:
    """What follows `key:`, with its leading space or line break; `open_up` forbids a flow collection."""
    pad = " " * indent
    if isinstance(value, str):
        lines = value.split("\n")
        literal = len(lines) > 1 and all(line and line == line.strip() for line in lines)
        if rng and literal and all(_is_printable(c) for c in value if c != "\n") and rng.random() < 0.5:
            return " |-\n" + "\n".join(f"{pad}{line}" for line in lines)
        return " " + _yaml_text(value, rng, flow=False)
    if not isinstance(value, (dict, list)):
        return "" if value is None else " " + _number(value)
    flow = _yaml_flow(value, rng)
    wide = indent + len(key) + len(flow) > WIDTH or _holds_nothing(value)
    if not value or not (open_up or wide or key in BLOCK_KEYS):
        return " " + flow
    lines = []
    if isinstance(value, list):
        for item in value:
            is_sample = isinstance(item, dict) and "input" in item
            shown = _yaml_block(item, indent + 2, rng, open_up=is_sample)
            lines.append(f"{pad}- {shown.lstrip() if isinstance(item, (dict, list)) else shown[1:]}")
    else:
        for name, item in value.items():
            lines.append(f"{pad}{_yaml_key(name)}:{_yaml_block(item, indent + 2, rng, name)}")
    return "\n" + "\n".join(lines)


def yaml_text(document, comment: str = "", rng: random.Random | None = None) -> str:
    """The document as YAML."""
    head = "".join(f"# {line}\n" for line in comment.splitlines())
    if isinstance(document, list):
        return head + _yaml_block(document, 0, rng).lstrip("\n") + "\n"
    parts = []
    for key, value in document.items():
        part = f"{_yaml_key(key)}:{_yaml_block(value, 2, rng, key, open_up=True)}\n"
        parts.append(("\n" if part.count("\n") > 1 else "") + part)
    return head + "".join(parts)


# TOML


def _toml_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _double_quoted(key)


def _toml_inline(value, rng) -> str:
    if value is None:
        return "{}"
    if isinstance(value, str):
        if rng and "'" not in value and all(map(_is_printable, value)) and rng.random() < 0.3:
            return f"'{value}'"
        return _double_quoted(value)
    if isinstance(value, list):
        return "[" + ", ".join(_toml_inline(item, rng) for item in value) + "]"
    if isinstance(value, dict):
        items = [f"{_toml_key(key)} = {_toml_inline(item, rng)}" for key, item in value.items()]
        return "{ " + ", ".join(items) + " }" if items else "{}"
    return _number(value)


def _toml_pair(key: str, value, rng) -> str:
    line = f"{_toml_key(key)} = {_toml_inline(value, rng)}"
    if isinstance(value, list) and value and len(line) > WIDTH:
        items = "".join(f"    {_toml_inline(item, rng)},\n" for item in value)
        line = f"{_toml_key(key)} = [\n{items}]"
    return line + "\n"


def _toml_table(path: list[str], table: dict, rng) -> str:
    samples = table.get("samples")
    as_tables = bool(samples) and all(isinstance(sample, dict) for sample in samples)
    head = ".".join(map(_toml_key, path))
    pairs = {key: value for key, value in table.items() if not (as_tables and key == "samples")}
    text = f"\n[{head}]\n" + "".join(_toml_pair(key, value, rng) for key, value in pairs.items())
    for sample in samples if as_tables else ():
        text += f"\n[[{head}.samples]]\n" + "".join(_toml_pair(key, value, rng) for key, value in sample.items())
    return text


def toml_text(document: dict, comment: str = "", rng: random.Random | None = None) -> str:
    """The document as TOML; a list becomes `samples`."""
    text = "".join(f"# {line}\n" for line in comment.splitlines())
    if isinstance(document, list):
        document = {"samples": document}
    tables = [key for key, value in document.items() if isinstance(value, dict)]
    text += "".join(_toml_pair(key, value, rng) for key, value in document.items() if key not in tables)
    for key in tables:
        if key in ("guardrails", "instructions") and all(isinstance(item, dict) for item in document[key].values()):
            text += f"\n[{key}]\n" if not document[key] else ""
            text += "".join(_toml_table([key, name], item, rng) for name, item in document[key].items())
        else:
            text += f"\n[{_toml_key(key)}]\n"
            text += "".join(_toml_pair(name, item, rng) for name, item in document[key].items())
    return text


# JSON


def _json(value, indent: int, ascii_only: bool, column: int = 0) -> str:
    flat = json.dumps(value, ensure_ascii=ascii_only)
    if not isinstance(value, (dict, list)) or not value or (indent and column + len(flat) <= WIDTH):
        return flat
    pad = " " * (indent + 2)
    if isinstance(value, list):
        items = [pad + _json(item, indent + 2, ascii_only, indent + 2) for item in value]
        return "[\n" + ",\n".join(items) + "\n" + " " * indent + "]"
    items = []
    for key, item in value.items():
        shown = json.dumps(key, ensure_ascii=ascii_only)
        items.append(f"{pad}{shown}: {_json(item, indent + 2, ascii_only, indent + len(shown) + 4)}")
    return "{\n" + ",\n".join(items) + "\n" + " " * indent + "}"


def json_text(document, comment: str = "", rng: random.Random | None = None) -> str:
    """The document as JSON, which has no place for a comment."""
    return _json(document, 0, bool(rng) and rng.random() < 0.3) + "\n"


WRITERS = {".yaml": yaml_text, ".toml": toml_text, ".json": json_text}
