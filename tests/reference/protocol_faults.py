"""Faults in guardrails, states and labels, and in the protocol as a whole."""

from __future__ import annotations

import copy

from drafts import type_of
from faults import fault, instructions, used_guardrail


@fault("guardrail-index")
def index_outside(draft):
    instruction = instructions(draft)[0]
    index = draft.rng.choice([len(instruction["input"]), len(instruction["input"]) + 3])
    instruction.setdefault("guardrails", {})[str(index)] = draft.guardrail()
    return True


@fault("too-few-guardrail-samples")
def few_rail_samples(draft):
    del used_guardrail(draft)["samples"][2:]
    return True


@fault("empty-text")
def empty_rail(draft):
    rail = used_guardrail(draft)
    key = draft.rng.choice(["good_prompt", "bad_prompt", "bad_output", "samples"])
    rail[key] = [*rail["samples"], ""] if key == "samples" else ""
    return True


@fault("guardrail-digits", deviation=True)
def rail_digits(draft):
    used_guardrail(draft)["samples"].append("What is 2 and two?")
    return True


@fault("undeclared-state", deviation=True)
def foreign_state(draft):
    for instruction in instructions(draft, "state_machine"):
        if "states" in instruction:
            instruction["samples"].append(instruction["samples"][0] | {"output": "nowhere declared"})
            return True
    return False


@fault("undeclared-label-value", deviation=True)
def foreign_value(draft):
    for instruction in instructions(draft, "multi_classifier"):
        if "states" in instruction:
            sample = copy.deepcopy(instruction["samples"][0])
            sample["output"][draft.rng.choice(list(sample["output"]))] = "nowhere declared"
            instruction["samples"].append(sample)
            return True
    return False


@fault("missing-label")
def label_missing(draft):
    for instruction in instructions(draft, "multi_classifier"):
        sample = draft.rng.choice(instruction["samples"])
        if len(sample["output"]) > 1:
            del sample["output"][draft.rng.choice(list(sample["output"]))]
            return True
    return False


@fault("unknown-label")
def label_unknown(draft):
    for instruction in instructions(draft, "multi_classifier"):
        if "states" in instruction:
            draft.rng.choice(instruction["samples"])["output"]["Zugspitze"] = "high"
            return True
    return False


def _other(draft, kind: str) -> dict:
    plain = [name for name, token in draft.document["tokens"].items() if type_of(token) == "token"]
    inputs = [[plain[0]] for _ in range(draft.document["inputs"])]
    output = {"basic": "Fine.", "state_machine": "up", "multi_classifier": {"mood": "up"}}[kind]
    samples = [{"input": [f"Line {letter}." for _ in inputs], "output": output} for letter in "abcdefghij"]
    return {"type": kind, "input": inputs} | ({"output": [plain[0]]} if kind == "basic" else {}) | {"samples": samples}


@fault("mixed-instruction-types")
def mixed_types(draft):
    all_of = draft.document["instructions"]
    kind = next(iter(all_of.values())).get("type", "basic")
    old = draft.document.get("format", "2")[0] == "1"
    others = {"state_machine": ["basic"], "multi_classifier": ["basic"]}.get(kind, ["state_machine", "multi_classifier"])
    if len(all_of) > 1 or (old and kind != "state_machine"):
        return False
    all_of["zz_other"] = _other(draft, draft.rng.choice(others))
    return True


@fault("several-state-machines")
def two_machines(draft):
    if not instructions(draft, "state_machine"):
        return False
    draft.document["instructions"]["zz_other"] = _other(draft, "state_machine")
    return True


@fault("unsupported-by-format")
def classifier_in_old_format(draft):
    if not instructions(draft, "multi_classifier"):
        return False
    draft.document = {**draft.document, "format": draft.rng.choice(["1.2.1", "1.2.0", "1"])}
    return _all_short(draft.document)


def _all_short(value) -> bool:
    if isinstance(value, dict):
        return all(map(_all_short, value.values()))
    return all(map(_all_short, value)) if isinstance(value, list) else not isinstance(value, str) or len(value) <= 300


@fault("invalid-value")
def no_inputs(draft):
    draft.document["inputs"] = draft.rng.choice([0, -1])
    return True


@fault("no-instructions")
def nothing_to_do(draft):
    draft.document["context"] = [f"Line {letter} of the context." for letter in "abcdefghij"]
    draft.document["instructions"] = {}
    return True


@fault("empty-name")
def nameless_instruction(draft):
    first = instructions(draft)[0]
    renamed = {"" if item is first else name: item for name, item in draft.document["instructions"].items()}
    draft.document["instructions"] = renamed
    return True


@fault("empty-name")
def nameless_protocol(draft):
    draft.document["name"] = ""
    return True


@fault("too-little-context")
def little_context(draft):
    inner = sum(len(instruction.get("context", [])) for instruction in instructions(draft))
    draft.document["context"] = draft.document["context"][: 9 - inner]
    return inner <= 9
