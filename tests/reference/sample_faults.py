"""Faults in samples: their lines, numbers, finals and values."""

from __future__ import annotations

import copy
import math

from drafts import type_of
from faults import fault, finals_of, first_with, instructions, opened, snippets, used_token, valued_samples


@fault("sample-input-count")
def one_line_more(draft):
    draft.rng.choice(instructions(draft)[0]["samples"])["input"].append("One more line.")
    return True


@fault("sample-input-count")
def one_line_less(draft):
    draft.rng.choice(instructions(draft)[0]["samples"])["input"].pop()
    return True


@fault("too-few-samples")
def few_samples(draft):
    for instruction in instructions(draft):
        if len(finals_of(instruction)) < 2:
            machine = instruction.get("type") == "state_machine"
            del instruction["samples"][9 if machine else draft.rng.randint(1, 2) :]
            return True
    return False


@fault("too-few-samples-for-final")
def few_for_final(draft):
    for instruction in instructions(draft, "basic", "extended"):
        finals = finals_of(instruction)
        if len(finals) > 1:
            keep = draft.rng.randint(0, 2)
            scarce = [sample for sample in instruction["samples"] if sample["final"] == finals[-1]][keep:]
            instruction["samples"] = [s for s in instruction["samples"] if all(s is not other for other in scarce)]
            return True
    return False


@fault("missing-numbers")
def number_missing(draft):
    snippet, _ = first_with(draft, "num")
    if snippet is None:
        return False
    snippet["numbers"].pop()
    if not snippet["numbers"]:
        del snippet["numbers"]
    return True


@fault("unexpected-numbers")
def number_too_many(draft):
    inputs, index, tokens = snippets(draft)[0]
    snippet = opened(inputs, index)
    numbers = [token for token in tokens if type_of(token) == "num"]
    snippet["numbers"] = snippet.get("numbers", []) + [math.ceil(numbers[-1]["min"]) if numbers else 1]
    return True


@fault("missing-number-lists")
def list_missing(draft):
    snippet, _ = first_with(draft, "num_list")
    if snippet is None:
        return False
    snippet["number_lists"].pop()
    if not snippet["number_lists"]:
        del snippet["number_lists"]
    return True


@fault("unexpected-number-lists")
def list_too_many(draft):
    inputs, index, tokens = snippets(draft)[0]
    snippet = opened(inputs, index)
    lists = snippet.setdefault("number_lists", [])
    lists.append(list(lists[-1]) if lists else [1, 2])
    return True


@fault("number-list-length")
def list_length(draft):
    snippet, token = first_with(draft, "num_list")
    if snippet is None:
        return False
    if token["length"] > 1 and draft.rng.random() < 0.5:
        snippet["number_lists"][0].pop()
    else:
        snippet["number_lists"][0].append(snippet["number_lists"][0][0])
    return True


@fault("number-out-of-range")
def number_outside(draft):
    snippet, token = first_with(draft, "num")
    if snippet is None:
        return False
    snippet["numbers"][0] = draft.rng.choice([math.floor(token["max"]) + 1, math.ceil(token["min"]) - 1])
    return True


@fault("number-out-of-range")
def list_outside(draft):
    snippet, token = first_with(draft, "num_list")
    if snippet is None:
        return False
    snippet["number_lists"][0][-1] = draft.rng.choice([math.floor(token["max"]) + 1, math.ceil(token["min"]) - 1])
    return True


def _outside(draft, kind: str) -> bool:
    for sample, token in valued_samples(draft, kind):
        sample["value"] = draft.rng.choice([token["min"] - 0.5, token["min"] - 3, token["max"] * 2 + 1])
        return True
    return False


@fault("number-out-of-range")
def value_outside(draft):
    return _outside(draft, "basic")


@fault("number-out-of-range", deviation=True)
def value_outside_extended(draft):
    return _outside(draft, "extended")


@fault("non-integer-number")
def half_number(draft):
    for kind, field in draft.rng.sample([("num", "numbers"), ("num_list", "number_lists")], 2):
        snippet, token = first_with(draft, kind)
        if snippet is not None and math.ceil(token["min"]) + 0.5 <= token["max"]:
            numbers = snippet[field] if kind == "num" else snippet[field][0]
            numbers[0] = math.ceil(token["min"]) + 0.5
            return True
    return False


@fault("final-not-allowed")
def foreign_final(draft):
    for instruction in instructions(draft, "basic", "extended"):
        draft.document["tokens"]["Zugspitze"] = {"type": "final", "key": "🪼"}
        sample = copy.deepcopy(instruction["samples"][0])
        sample.pop("value", None)
        instruction["samples"].append(sample | {"output": "Elsewhere.", "final": "Zugspitze"})
        return True
    return False


@fault("final-required")
def final_unnamed(draft):
    for instruction in instructions(draft, "basic", "extended"):
        plain = [sample for sample in instruction["samples"] if "value" not in sample]
        if len(finals_of(instruction)) > 1 and plain:
            sample = copy.deepcopy(plain[0]) | {"output": "Open end."}
            del sample["final"]
            instruction["samples"].append(sample)
            return True
    return False


@fault("not-a-final-token")
def plain_final(draft):
    for instruction in instructions(draft, "basic", "extended"):
        if len(finals_of(instruction)) != 1:
            finals = [*finals_of(instruction), used_token(draft)]
            instruction["final"] = finals if len(finals) > 1 else finals[0]
            return True
    return False


@fault("missing-value")
def value_missing(draft):
    for sample, _ in valued_samples(draft):
        del sample["value"]
        return True
    return False


@fault("unexpected-value", deviation=True)
def value_unasked(draft):
    for instruction in instructions(draft, "basic", "extended"):
        for sample in instruction["samples"]:
            if "value" not in sample:
                sample["value"] = 1
                return True
    return False
