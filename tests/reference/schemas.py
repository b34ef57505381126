"""Our JSON Schemas against those of the reference, file by file and broken copy by broken copy.

    python3.13 -m venv .venv
    .venv/bin/pip install -r tests/reference/requirements.txt
    .venv/bin/python tests/reference/schemas.py

`schemas/model/` and `schemas/template/` must accept and refuse exactly what the reference's schema of the same
version does. The files compared are the reference's own examples and every `tests/compile/*/model.json` and
`template.json`, whole and with one thing broken: each node in turn is removed, renamed, replaced by other types and
by values at the edge of what is allowed, lists are cut short or grown, objects get one more key. Equal changes to
like nodes (all tokens, all samples …) are tried once per version, and again on a fixed sample of nodes.

`schemas/spec.json` has no counterpart in the reference: it is held to the documents below, good and bad, and to the
JSON and TOML specs under `tests/compile/` and `specs/`. `schemas/spec-yaml.json` is made of it: `tests/spec_schemas.rs`.

Prints each disagreement, the counts, and last `N passed, M failed`. Exit code 1 on a disagreement, 2 when there is
nothing to compare with.
"""

import copy
import importlib.metadata
import importlib.util
import json
import multiprocessing
import random
import sys
import tomllib
from pathlib import Path

try:
    from jsonschema import Draft202012Validator
except ImportError:
    Draft202012Validator = None

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "schemas"
REFERENCE = "model_train_protocol_schemas"
REFERENCE_NAMES = {"model": "bloom", "template": "template"}
FAMILIES = [("model", "2.0.1"), ("model", "2.0.0"), ("model", "1.2.1"), ("model", "1.2.0"),
            ("template", "2.1.0"), ("template", "1.2.0")]
REPEATS = 4  # nodes per version, about, that get all changes although they were tried on a like node
SHOWN = 20  # disagreements printed per version

EMOJI = "\N{GRINNING FACE}"
VALUES = {
    "null": None, "true": True, "false": False,
    "0": 0, "1": 1, "-1": -1, "3": 3, "1.0": 1.0, "-1.0": -1.0, "0.5": 0.5, "1e300": 1e300, "2**70": 2**70,
    "empty string": "", "space": " ", "a": "a", "digits": "1",
    "300 characters": "x" * 300, "301 characters": "x" * 301,
    "300 emoji": EMOJI * 300, "301 emoji": EMOJI * 301,
    "[]": [], "[null]": [None], "[true]": [True], "[1]": [1], "[1.0]": [1.0], "[0.5]": [0.5], "[1, 0.5]": [1, 0.5],
    "['']": [""], "['a']": ["a"], "['a', 1]": ["a", 1], "[1, 'a']": [1, "a"], "3 strings": ["a", "b", "c"],
    "[301 characters]": ["x" * 301], "[[301 characters]]": [["x" * 301]],
    "[[]]": [[]], "[[1]]": [[1]], "[[1.0]]": [[1.0]], "[[0.5]]": [[0.5]], "[['a']]": [["a"]], "[1, [1]]": [1, [1]],
    "[[1], 1]": [[1], 1], "[[[]]]": [[[]]], "[[[1]]]": [[[1]]], "[[[0.5]]]": [[[0.5]]], "[[[1]], [1]]": [[[1]], [1]],
    "[[1], [[1]]]": [[1], [[1]]], "[[[[1]]]]": [[[[1]]]], "[[], [[]]]": [[], [[]]],
    "[{}]": [{}], "[{a: 1}]": [{"a": 1}], "3 objects": [{}, {}, {}],
    "{}": {}, "{a: null}": {"a": None}, "{a: 1}": {"a": 1}, "{a: ''}": {"a": ""}, "{a: 'a'}": {"a": "a"},
    "{a: []}": {"a": []}, "{a: ['a']}": {"a": ["a"]}, "{a: [1]}": {"a": [1]}, "{a: {}}": {"a": {}},
}
WORDS = ["generative", "state_machine", "multi_classifier", "Generative", "basic", "extended",
         "multi_classification_machine", "Token", "SpecialToken", "SpecialFinalToken", "NumToken", "FinalToken",
         "FinalNumToken", "NumListToken", "token", "final_num", "Token "]
# Shapes the schemas allow that our files may not show: each is put in place, then broken in turn.
VARIANTS = {
    "model": [
        (["instruction", "sets", 0, "samples", 0, "numbers"], [7, 1, [1, 2], [[1, 2], []]]),
        (["instruction", "sets", 0, "samples", 0, "number_lists"], [7, [1, 2], [[1, 2], []], [[[1, 2], []], []]]),
        (["instruction", "sets", 0, "samples", 0, "value"], ["a", 1, 0.5, [1, 2], [1, 0.5], None]),
        (["instruction", "sets", 0, "samples", 0, "prompt"], ["a", None]),
        (["instruction", "sets", 0, "name"], ["a", None]),
        (["instruction", "sets", 0, "context"], [["a", "b"], []]),
        (["instruction", "sets", 0, "ppo"], [[{"a": 1}, {}]]),
        (["instruction", "sets", 0, "guardrails"], [[{
            "index": 0, "good_prompt": "a", "bad_prompt": "b", "bad_output": "c", "bad_examples": ["d", "e", "f"]}]]),
        (["tokens", "Extra_"], [{
            "desc": "a", "key": "a", "length": 3, "max_value": 0.5, "min_value": -1, "num": False, "num_list": 3,
            "special": "a", "type": "NumListToken"}]),
    ],
    "template": [
        (["states"], [["a", "b"], {"a": ["b", "c"], "d": []}, {}]),
        (["instructions", "extra"], [{"type": "state_machine", "input": ["a"], "output": ["b"]}]),
    ],
}


def schema_of(kind, version):
    return json.loads((SCHEMAS / kind / f"{version}.json").read_text("utf-8"))


def reference_folder():
    found = importlib.util.find_spec(REFERENCE)
    return Path(found.origin).parent if found else None


def reference_schema_of(kind, version):
    name = f"{REFERENCE_NAMES[kind]}_{version.replace('.', '_')}.json"
    return json.loads((reference_folder() / "schemas" / f"v{version[0]}" / name).read_text("utf-8"))


def files(kind):
    """Every file of this kind: the reference's examples, then our own cases."""
    found = sorted((reference_folder() / "examples").glob(f"{REFERENCE_NAMES[kind]}_*.json"))
    found += sorted((ROOT / "tests" / "compile").glob(f"*/{kind}.json"))
    return [(path, json.loads(path.read_text("utf-8"))) for path in found]


def version_of(document):
    address = document.get("$schema", "") if isinstance(document, dict) else ""
    return ".".join(address.removesuffix(".json").split("_")[1:])


def short(path):
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.relative_to(reference_folder()))


def trimmed(node, name=""):
    """A smaller document that still shows every kind of node, so that thousands of copies are quick to check."""
    if isinstance(node, list):
        if name == "sets":  # the one instruction with the most in it
            node = [max(node, key=lambda item: (bool(item.get("guardrails")), bool(item.get("context"))))]
        return [trimmed(item) for item in node[:3 if name in ("samples", "bad_examples") else 2]]
    if not isinstance(node, dict):
        return node
    if name == "tokens" and "input" not in node:
        node = dict(list(node.items())[-2:])
    if name == "instructions":
        node = dict(list({value["type"]: (key, value) for key, value in node.items()}.values()))
    return {key: trimmed(value, key) for key, value in node.items()}


def nodes(node, parent=None, key=None, path=()):
    yield parent, key, path, node
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, child in list(children):
        yield from nodes(child, node, name, path + (name,))


def general(path):
    """The path with list positions and the names people choose left out."""
    out = []
    for step in path:
        free = isinstance(step, int) or (out and out[-1] in ("tokens", "instructions", "states")
                                         and step not in ("input", "output"))
        out.append("*" if free or len(out) > 1 and out[-2:] in (["tokens", "input"], ["tokens", "output"]) else step)
    return tuple(out)


def changes(node):
    """(label, new value) for one node; what happens to its parent is up to `copies`."""
    for label, value in VALUES.items():
        yield label, value
    if isinstance(node, str):
        yield "text doubled", node * 2
        for word in WORDS:
            yield f"'{word}'", word
    if isinstance(node, list):
        for length in range(min(len(node), 4)):
            yield f"cut to {length}", node[:length]
        yield "one more null", node + [None]
        yield "one more text", node + ["a"]
        yield "one more number", node + [1]
        yield "first one twice", node[:1] + node
    if isinstance(node, dict):
        yield "extra null", {**node, "extra_": None}
        yield "extra object", {**node, "extra_": {"a": [1]}}
        yield "extra text", {**node, "extra_": "a"}
        yield "$ref key", {**node, "$ref": "#/none"}
        for name in node:
            yield f"without {general((name,))[0]}", {k: v for k, v in node.items() if k != name}
            yield f"renamed {name}", {(name + "_" if k == name else k): v for k, v in node.items()}
            yield f"upper-case {name}", {(name.upper() if k == name else k): v for k, v in node.items()}
    if isinstance(node, (int, float)) and not isinstance(node, bool):
        yield "negated", -node
        yield "plus a half", node + 0.5


def kind_of(node):
    return tuple(sorted(node)) if isinstance(node, dict) else type(node).__name__


def copies(document, below=(), wanted=lambda path, node: True):
    """(general path, label, document) for every change; the document is put back afterwards."""
    holder = [document]
    for parent, key, path, node in list(nodes(document, holder, 0)):
        place = general(path)
        if path[:len(below)] == below and wanted(place, node):
            for label, value in changes(node):
                parent[key] = value
                yield place, label, holder[0]
            parent[key] = node


def without_texts(schema):
    """The schema without its rules for list items that are texts: what is left of a long list is its length."""
    if isinstance(schema, list):
        return [without_texts(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: without_texts(value) for key, value in schema.items()
            if not (key == "items" and isinstance(value, dict) and value.get("type") == "string")}


def long_lists(document):
    """Lists of text just within and just beyond the reference's limit of 100,000 context lines."""
    for holder in [document, *document.get("instruction", {}).get("sets", [])]:
        holder["context"] = ["a"]
    for parent, key, path, node in list(nodes(document)):
        if isinstance(node, list) and node and all(isinstance(item, str) for item in node):
            for length in (100_000, 100_001):
                parent[key] = ["a"] * length
                yield general(path), f"{length} items", document
            parent[key] = node


def compare(family):
    """One version of one kind of file: (lines to print, passed, failed)."""
    kind, version = family
    schemas = schema_of(kind, version), reference_schema_of(kind, version)
    pair = [Draft202012Validator(schema) for schema in schemas]
    lengths_only = [Draft202012Validator(without_texts(schema)) for schema in schemas]
    lines, seen, counts = [], set(), {"files": 0, "copies": 0, "accepted": 0, "failed": 0}

    def check(what, document, validators=pair):
        mine, other = (validator.is_valid(document) for validator in validators)
        counts["accepted"] += other
        if mine != other:
            counts["failed"] += 1
            if counts["failed"] <= SHOWN:
                lines.append(f"DISAGREE {kind} {version}: {what}: we {'accept' if mine else 'refuse'},"
                             f" the reference {'accepts' if other else 'refuses'}")

    own = []
    for path, document in files(kind):  # whole files of every version, this one's and the others'
        counts["files"] += 1
        check(short(path), document)
        if version_of(document) == version:
            own.append((short(path), trimmed(document)))
            if not pair[1].is_valid(document) and not own[-1][0].startswith("examples"):
                counts["failed"] += 1
                lines.append(f"REFUSED {kind} {version}: {short(path)} is not valid under the reference's schema")

    def broken(source, document, below=(), share=0.0):
        dice = random.Random(f"{kind} {version} {source}")
        again = False

        def wanted(path, node):
            nonlocal again
            like = (below and source, path, kind_of(node))
            again = dice.random() < share
            known = like in seen
            seen.add(like)
            return again or not known

        for path, label, changed in copies(document, below, wanted):
            like = (below and source, path, label)
            if again or like not in seen:
                seen.add(like)
                counts["copies"] += 1
                check(f"{source}: /{'/'.join(map(str, path))}: {label}", changed)

    total = sum(1 for _, document in own for _ in nodes(document)) or 1
    for source, document in own:
        broken(source, document, share=REPEATS / total)
    for place, values in VARIANTS[kind]:
        for number, value in enumerate(values):
            document = copy.deepcopy(own[0][1])
            spot = document
            for step in place[:-1]:
                spot = spot[step]
            spot[place[-1]] = value
            source = f"variant {number} of {place[-1]}"
            check(source, document)
            broken(source, document, below=tuple(place))
    for path, label, changed in long_lists(copy.deepcopy(own[0][1])):
        counts["copies"] += 1
        check(f"{own[0][0]}: /{'/'.join(map(str, path))}: {label}", changed, lengths_only)
    for label, value in VALUES.items():
        counts["copies"] += 1
        check(f"the whole document is {label}", value)

    tried = counts["files"] + counts["copies"]
    lines.append(f"{kind} {version}: {counts['files']} files ({len(own)} of this version), {counts['copies']} broken"
                 f" copies; {counts['accepted']} accepted, {counts['failed']} disagreements")
    return lines, tried - min(tried, counts["failed"]), counts["failed"]


# ---------------------------------------------------------------------------------------------------------------
# The schema of the spec language

GONE = object()
GUARDRAIL = {"good_prompt": "a", "bad_prompt": "b", "bad_output": "c", "samples": ["d", "e", "f"]}
BASIC = {
    "context": ["A line."], "input": ["talk", ["Tree", "Mood"]], "output": "talk", "final": ["Go", "Stop"],
    "guardrails": {"0": "on_topic", "talk": GUARDRAIL},
    "samples": [{"input": ["a", {"string": "b", "numbers": 5}], "output": "c", "final": "Go"},
                {"input": ["a", {"string": "b", "numbers": [5, 6]}], "output": {"string": "c"}, "final": "Stop", "value": 0.5},
                {"input": ["a", {"string": "b", "number_lists": [[1, 2], [3.0]]}], "output": "c"}],
    "samples_from": "more.jsonl"}
EXTENDED = {"type": "extended", "input": ["talk", "talk"], "final": "Go",
            "samples": [{"input": ["a", {"string": "b", "number_lists": [1, 2]}], "output": "c", "final": "Go", "value": 1}] * 3}
MACHINE = {"type": "state_machine", "input": ["talk"], "states": ["calm", "angry"], "samples": [{"input": ["a"], "output": "calm"}] * 10}
CLASSIFIER = {"type": "multi_classifier", "input": ["talk"], "states": {"mood": ["calm", "angry"]},
              "samples": [{"input": ["a"], "output": {"mood": "calm"}}] * 3}
FULL = {
    "format": "2.0.1", "name": "example", "inputs": 2, "encrypt": False, "context": ["One.", ""], "include": ["a.yaml", "b/*.toml"],
    "tokens": {"Alice": None, "Cat": "The Cat", "Tree": {}, "Key": {"type": "token", "key": "K", "desc": ""},
               "Mood": {"type": "num", "min": 0, "max": 0.5}, "Place": {"type": "num_list", "min": -1.5, "max": 5, "length": 3},
               "Go": {"type": "final", "key": "G"}, "Stop": {"type": "final_num", "min": 0, "max": 10, "desc": "d"}, "No": "n"},
    "token_sets": {"talk": ["Tree", "Talk"]}, "guardrails": {"on_topic": GUARDRAIL},
    "instructions": {"basic": BASIC, "extended": EXTENDED, "machine": MACHINE, "classifier": CLASSIFIER},
    "rules": {"unused-token": "off", "long-text": "warn", "too-few-samples": "error"}}
SMALL = {"name": "a", "inputs": 1, "instructions": {"a": {"input": ["s"], "output": "s", "samples_from": ["a.csv"]}}}
B, E, M, C = (["instructions", name] for name in ("basic", "extended", "machine", "classifier"))
GOOD_CHANGES = [
    (["format"], "2"), (["format"], GONE), (["inputs"], 2.0), (["name"], "..."), (["name"], "my bot, 2"), (["name"], "Größe\N{GRINNING FACE}"),
    (["include"], []), (["tokens"], {}), (["token_sets"], {}), (["guardrails"], {}), (["rules"], {}), (["context"], []),
    (["tokens", "Place", "length"], 3.0), (["tokens", "", ], None), (["tokens", "Mood", "min"], -0.5),
    (B + ["type"], "basic"), (B + ["final"], GONE), (B + ["final"], "Go"), (B + ["samples"], GONE), (B + ["samples"], []),
    (B + ["samples_from"], GONE), (B + ["samples_from"], ["a.csv", "b.parquet"]), (B + ["guardrails"], {}),
    (B + ["samples", 0, "input", 1, "numbers"], 5.0), (B + ["samples", 0, "input", 1, "numbers"], []),
    (B + ["samples", 0, "input", 1, "number_lists"], []), (B + ["samples", 0, "input", 1, "number_lists"], [[]]),
    (B + ["samples", 0, "output"], ""), (E + ["final"], GONE), (M + ["states"], GONE), (M + ["samples_from"], "a.csv"),
    (C + ["states"], GONE), (C + ["guardrails"], {"0": "on_topic"}), (["instructions"], GONE),
    (["include"], "a.yaml"), (["token_sets", "talk"], []), (B + ["input"], [[]]), (B + ["output"], []), (B + ["samples", 0, "final"], None),
    (B + ["samples", 0, "value"], None), (B + ["samples", 0, "input", 1, "numbers"], None), (B + ["samples", 0, "input", 1, "number_lists"], None),
]
BAD_CHANGES = [
    ([], []), ([], None), ([], "name"),
    (["name"], GONE), (["inputs"], GONE), (["name"], ""), (["name"], "."), (["name"], ".."), (["name"], "a/b"), (["name"], "a\\b"),
    (["name"], "a\nb"), (["name"], "a\n"), (["name"], "\x7f"), (["name"], 5), (["name"], None), (["nmae"], "a"), (["$schema"], "a"),
    (["inputs"], 0), (["inputs"], -1), (["inputs"], 1.5), (["inputs"], "2"), (["inputs"], True), (["inputs"], None),
    (["format"], "2.0"), (["format"], 2), (["format"], "3"), (["format"], ""), (["format"], None), (["format"], "1.2.1"),
    (["encrypt"], "yes"), (["encrypt"], 1), (["encrypt"], None), (["context"], "a"), (["context"], [1]), (["context"], None), (["context"], [["a"]]),
    (["include"], [1]), (["include"], [""]), (["tokens"], []), (["tokens"], ["Alice"]), (["tokens"], None),
    (["tokens", "Alice"], 5), (["tokens", "Alice"], True), (["tokens", "Alice"], []), (["tokens", "Tree", "nim"], 1),
    (["tokens", "Tree", "type"], "number"), (["tokens", "Tree", "type"], None), (["tokens", "Tree", "type"], 1), (["tokens", "Tree", "key"], ""),
    (["tokens", "Tree", "key"], None), (["tokens", "Tree", "key"], 5), (["tokens", "Tree", "desc"], 5), (["tokens", "Tree", "desc"], None),
    (["tokens", "Tree", "min"], 1), (["tokens", "Tree", "max"], 1), (["tokens", "Tree", "length"], 1), (["tokens", "Key", "min"], 1),
    (["tokens", "Go", "min"], 1), (["tokens", "Go", "max"], 1), (["tokens", "Go", "length"], 1),
    (["tokens", "Mood", "min"], GONE), (["tokens", "Mood", "max"], GONE), (["tokens", "Mood", "min"], "0"), (["tokens", "Mood", "min"], None),
    (["tokens", "Mood", "length"], 1), (["tokens", "Place", "min"], GONE), (["tokens", "Place", "max"], GONE), (["tokens", "Place", "length"], GONE),
    (["tokens", "Place", "length"], 0), (["tokens", "Place", "length"], 1.5), (["tokens", "Place", "length"], "3"),
    (["tokens", "Stop", "min"], GONE), (["tokens", "Stop", "max"], GONE), (["tokens", "Stop", "length"], 1),
    (["token_sets", "talk"], "Tree"), (["token_sets", "talk"], [1]), (["token_sets", "talk"], [["Tree"]]),
    (["token_sets"], [["Tree"]]), (["guardrails", "on_topic"], "a"), (["guardrails", "on_topic", "good_prompt"], GONE),
    (["guardrails", "on_topic", "bad_prompt"], GONE), (["guardrails", "on_topic", "bad_output"], GONE), (["guardrails", "on_topic", "samples"], GONE),
    (["guardrails", "on_topic", "samples"], ["a", "b"]), (["guardrails", "on_topic", "samples"], ["a", "b", ""]),
    (["guardrails", "on_topic", "samples"], ["a", "b", 1]), (["guardrails", "on_topic", "samples"], "a"),
    (["guardrails", "on_topic", "good_prompt"], ""), (["guardrails", "on_topic", "bad_prompt"], ""), (["guardrails", "on_topic", "bad_output"], 1),
    (["guardrails", "on_topic", "index"], 0), (["rules"], []), (["rules", "unused-token"], "info"), (["rules", "unused-token"], True),
    (["rules", "unused-token"], None), (["rules", "unsued-token"], "off"), (["instructions"], []), (["instructions"], None),
    (["instructions", ""], BASIC), (["instructions", "a"], None), (["instructions", "a"], []), (["instructions", "a"], {}),
    (B + ["type"], "Basic"), (B + ["type"], None), (B + ["input"], GONE), (B + ["input"], []), (B + ["input"], "talk"), (B + ["input"], [1]),
    (B + ["input"], [[1]]), (B + ["input"], [{}]), (B + ["output"], GONE), (B + ["output"], None),
    (B + ["output"], [["talk"]]), (B + ["output"], 1), (B + ["states"], []), (B + ["states"], {}), (B + ["final"], 1), (B + ["final"], None),
    (B + ["final"], [1]), (B + ["context"], "a"), (B + ["outputs"], "talk"), (B + ["guardrails"], ["on_topic"]), (B + ["guardrails", "0"], 1),
    (B + ["guardrails", "0"], ["on_topic"]), (B + ["guardrails", "0"], None), (B + ["guardrails", "talk", "samples"], ["a"]),
    (B + ["guardrails", "talk", "bad"], "a"), (B + ["guardrails", "talk", "good_prompt"], GONE), (B + ["samples_from"], 1), (B + ["samples_from"], ""),
    (B + ["samples_from"], [1]), (B + ["samples_from"], None), (B + ["samples"], {}), (B + ["samples"], None), (B + ["samples", 0], "a"),
    (B + ["samples", 0], None), (B + ["samples", 0, "input"], GONE), (B + ["samples", 0, "input"], "a"), (B + ["samples", 0, "input"], []),
    (B + ["samples", 0, "input"], [1]), (B + ["samples", 0, "input"], [None]), (B + ["samples", 0, "output"], GONE), (B + ["samples", 0, "output"], 1),
    (B + ["samples", 0, "output"], ["a"]), (B + ["samples", 0, "output"], None), (B + ["samples", 0, "output"], {"numbers": 1}),
    (B + ["samples", 0, "final"], ["Go"]), (B + ["samples", 0, "value"], "1"), (B + ["samples", 0, "value"], [1]),
    (B + ["samples", 0, "result"], "Go"), (B + ["samples", 0, "input", 1, "string"], GONE),
    (B + ["samples", 0, "input", 1, "text"], "a"), (B + ["samples", 0, "input", 1, "numbers"], 0.5), (B + ["samples", 0, "input", 1, "numbers"], "5"),
    (B + ["samples", 0, "input", 1, "numbers"], [0.5]), (B + ["samples", 0, "input", 1, "numbers"], [[5]]),
    (B + ["samples", 0, "input", 1, "number_lists"], 1), (B + ["samples", 0, "input", 1, "number_lists"], [1, [2]]),
    (B + ["samples", 0, "input", 1, "number_lists"], [[0.5]]), (B + ["samples", 0, "input", 1, "number_lists"], [[[1]]]),
    (B + ["samples", 0, "input", 1, "number_lists"], ["1"]),
    (E + ["output"], "talk"), (E + ["states"], []), (E + ["input"], ["talk"]), (E + ["samples"], []), (E + ["samples"], GONE),
    (E + ["samples", 0, "output"], {"string": "a"}), (E + ["samples", 0, "input"], ["a"]), (E + ["samples", 0, "output"], GONE),
    (E + ["samples"], EXTENDED["samples"][:2]), (M + ["output"], "talk"), (M + ["final"], "Go"), (M + ["states"], {"mood": ["calm"]}), (M + ["states"], [1]),
    (M + ["states"], "calm"), (M + ["samples"], MACHINE["samples"][:9]), (M + ["samples"], GONE), (M + ["samples", 0, "output"], {"string": "calm"}),
    (M + ["samples", 0, "output"], {"mood": "calm"}), (M + ["samples", 0, "final"], "Go"), (M + ["samples", 0, "value"], 1),
    (C + ["output"], "talk"), (C + ["final"], "Go"), (C + ["states"], ["calm"]), (C + ["states"], {"mood": "calm"}), (C + ["states"], {"mood": [1]}),
    (C + ["samples"], CLASSIFIER["samples"][:2]), (C + ["samples", 0, "output"], "calm"), (C + ["samples", 0, "output"], {"mood": 1}),
    (C + ["samples", 0, "output"], {"mood": ["calm"]}), (C + ["samples", 0, "final"], "Go"), (C + ["samples", 0, "value"], 1),
]
GOOD_WHOLE = [FULL, SMALL, {}, {"tokens": {"A": None}}, {"context": ["a"]}, {"instructions": {"a": MACHINE}}, {"name": "a", "inputs": 1, "include": ["b.yaml"]}]
BAD_WHOLE = [{"name": "a", "inputs": 1}, {"name": "a", "inputs": 1, "instructions": {}}, {"inputs": 1, "instructions": {"a": MACHINE}},
             {"name": "a", "instructions": {"a": MACHINE}}, {"name": "a", "inputs": 1, "include": ["b"], "instructions": {"a": {}}}]


def changed(document, place, value):
    if not place:
        return value
    document = copy.deepcopy(document)
    spot = document
    for step in place[:-1]:
        spot = spot[step]
    if value is GONE:
        del spot[place[-1]]
    else:
        spot[place[-1]] = value
    return document


def spec_files():
    """The JSON and TOML specs of the project; YAML needs mtp's own reading of plain scalars."""
    for folder in ("tests/compile", "specs"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".json", ".toml") and path.name not in ("model.json", "template.json", "mtp.toml"):
                text = path.read_text("utf-8")
                document = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
                if isinstance(document, dict) and ("instructions" in document or "tokens" in document):
                    yield short(path), document


def check_spec(_):
    schema = json.loads((SCHEMAS / "spec.json").read_text("utf-8"))
    validator = Draft202012Validator(schema)
    lines, failed = [], 0
    cases = [(f"document {json.dumps(d)[:60]}", d, True) for d in GOOD_WHOLE]
    cases += [(f"document {json.dumps(d)[:60]}", d, False) for d in BAD_WHOLE]
    for table, expected in ((GOOD_CHANGES, True), (BAD_CHANGES, False)):
        for place, value in table:
            what = "gone" if value is GONE else repr(value)[:60]
            cases.append((f"/{'/'.join(map(str, place))} {what}", changed(FULL, place, value), expected))
    own = [(name, document, True) for name, document in spec_files()]
    for what, document, expected in cases + own:
        errors = list(validator.iter_errors(document))
        if bool(errors) == expected:
            failed += 1
            why = f": {errors[0].json_path}: {errors[0].message[:200]}" if errors else ""
            lines.append(f"SPEC {what}: {'refused' if errors else 'accepted'}{why}")
    lines.append(f"spec: {len(cases)} documents, {len(own)} spec files; {failed} wrong verdicts")
    return lines, len(cases) + len(own) - failed, failed


def check_schemas(_):
    """Each schema is valid itself, its examples and defaults fit, and every key has a description."""
    lines, tried, failed = [], 0, 0
    paths = sorted(SCHEMAS.rglob("*.json"))
    for path in paths:
        schema = json.loads(path.read_text("utf-8"))
        Draft202012Validator.check_schema(schema)
        root = Draft202012Validator(schema)
        faults = []
        for parent, key, place, node in nodes(schema):
            if not isinstance(node, dict) or "examples" in place or "enum" in place:
                continue
            for value in node.get("examples", []) + [node[k] for k in ("default",) if k in node]:
                tried += 1
                if not root.evolve(schema=node).is_valid(value):
                    faults.append(f"/{'/'.join(map(str, place))}: the example {json.dumps(value)[:80]} does not fit")
            condition = {"if", "then", "allOf", "anyOf", "not"} & set(place)
            if len(place) > 1 and place[-2] == "properties" and not condition:
                tried += 1
                target = schema["$defs"][node["$ref"].split("/")[-1]] if "$ref" in node else {}
                if not node.get("description", target.get("description")):
                    faults.append(f"/{'/'.join(map(str, place))}: no description")
            if isinstance(node.get("$ref"), str):
                tried += 1
                if node["$ref"].removeprefix("#/$defs/") not in schema["$defs"]:
                    faults.append(f"/{'/'.join(map(str, place))}: {node['$ref']} leads nowhere in this file")
        lines += [f"SCHEMA {short(path)}: {fault}" for fault in faults]
        failed += len(faults)
    lines.append(f"schemas: {len(paths)} valid under draft 2020-12, {tried} examples, references and descriptions; {failed} faults")
    return lines, len(paths) + tried - failed, failed


def run(task):
    return task[0](task[1])


def main():
    if Draft202012Validator is None or reference_folder() is None:
        print("needs jsonschema and model-train-protocol-schemas: see the top of this file", file=sys.stderr)
        return 2
    print(f"reference schemas {importlib.metadata.version('model-train-protocol-schemas')},"
          f" jsonschema {importlib.metadata.version('jsonschema')}")
    tasks = [(compare, family) for family in FAMILIES] + [(check_spec, None), (check_schemas, None)]
    passed = failed = 0
    with multiprocessing.Pool() as pool:
        for lines, good, bad in pool.imap(run, tasks, chunksize=1):
            print("\n".join(lines), flush=True)
            passed, failed = passed + good, failed + bad
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
