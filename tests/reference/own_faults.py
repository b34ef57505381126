"""Faults of the spec itself: names, keys, types, files, text. The reference never sees them."""

from __future__ import annotations

from faults import fault, instructions, type_of, used_guardrail


@fault("undefined-token", deviation=True)
def unknown_token(draft):
    instruction = instructions(draft)[0]
    if instruction.get("guardrails"):
        return False
    instruction["input"][0] = [*draft.tokens_of(instruction["input"][0]), "Nowhere"]
    return True


@fault("undefined-token", deviation=True)
def unknown_final(draft):
    for instruction in instructions(draft, "basic", "extended"):
        instruction["samples"].append(instruction["samples"][0] | {"output": "Elsewhere.", "final": "Nowhere"})
        return "value" not in instruction["samples"][-1]
    return False


@fault("undefined-token-set", deviation=True)
def unknown_set(draft):
    instruction = instructions(draft)[0]
    if instruction.get("guardrails"):
        return False
    instruction["input"][-1] = "nowhere"
    return True


@fault("undefined-guardrail", deviation=True)
def unknown_guardrail(draft):
    instructions(draft)[0]["guardrails"] = {"0": "nowhere"}
    return True


@fault("unsafe-name", deviation=True)
def unsafe_name(draft):
    draft.document["name"] = draft.rng.choice(["a/b", "..", ".", "a\\b", "a\nb", "a\x00b", "../up"])
    return True


@fault("unknown-key", deviation=True)
def unknown_key(draft):
    maps = [draft.document, *instructions(draft)[:1], instructions(draft)[0]["samples"][0], used_guardrail(draft)]
    draft.rng.choice(maps)[draft.rng.choice(["desription", "zzz", "Samples", "inputs2"])] = "x"
    return True


@fault("unknown-key", deviation=True)
def unknown_token_key(draft):
    draft.document["tokens"]["Zugspitze"] = {"descr": "high", "key": "🪼"}
    return True


@fault("missing-key", deviation=True)
def missing_key(draft):
    instruction = instructions(draft)[0]
    maps = [(draft.document, "inputs"), (instruction["samples"][0], "output"), (instruction["samples"][0], "input")]
    maps.append((used_guardrail(draft), draft.rng.choice(["good_prompt", "bad_prompt", "bad_output"])))
    target, key = draft.rng.choice(maps)
    del target[key]
    return True


@fault("missing-key", deviation=True)
def missing_bound(draft):
    draft.document["tokens"]["Zugspitze"] = {"type": "num", draft.rng.choice(["min", "max"]): 5}
    return True


@fault("wrong-type", deviation=True)
def wrong_type(draft):
    choice = draft.rng.randrange(4)
    if choice == 0:
        draft.document["context"].append(["a list"])
    elif choice == 1:
        instructions(draft)[0]["samples"].append(["not a sample"])
    elif choice == 2:
        instructions(draft)[0]["context"] = {"line": "a map"}
    else:
        draft.document["tokens"]["Zugspitze"] = ["a list"]
    return choice != 2 or len(draft.document["context"]) >= 10


@fault("invalid-value", deviation=True)
def invalid_value(draft):
    choice = draft.rng.randrange(3)
    if choice == 0:
        draft.document = {**draft.document, "format": draft.rng.choice(["3.0.0", "2.1", "latest", ""])}
    elif choice == 1:
        draft.document["tokens"]["Zugspitze"] = {"type": "number"}
    else:
        draft.document["rules"] = {"no-such-rule": "warn"}
    return True


@fault("unused-key", deviation=True)
def unused_key(draft):
    instruction = instructions(draft)[0]
    kind = instruction.get("type", "basic")
    if draft.rng.random() < 0.5:
        fields = draft.rng.choice([{"min": 1}, {"length": 2}, {"type": "final", "max": 3}])
        draft.document["tokens"]["Zugspitze"] = fields
    elif kind == "basic":
        instruction["states"] = ["up", "down"]
    else:
        plain = [name for name, token in draft.document["tokens"].items() if type_of(token) == "token"]
        instruction["output"] = [plain[0]]
    return True


@fault("text-too-long", deviation=True)
def long_text(draft):
    if not draft.short:
        return False
    long = "ä" * draft.rng.choice([301, 302, 1000])
    if draft.rng.random() < 0.5:
        draft.document["context"].append(long)
    else:
        sample = instructions(draft)[0]["samples"][0]
        snippet = sample["input"][0]
        sample["input"][0] = long if isinstance(snippet, str) else snippet | {"string": long}
    return True


@fault("unreadable-file", deviation=True)
def missing_file(draft):
    if draft.rng.random() < 0.5:
        draft.document["include"] = ["nowhere.yaml"]
    else:
        instructions(draft)[0]["samples_from"] = draft.rng.choice(["nowhere.jsonl", "nowhere.csv", "/etc/hosts.json"])
    return True


@fault("duplicate-definition", deviation=True)
def defined_twice(draft):
    draft.files = {"again.yaml": {"tokens": {next(iter(draft.document["tokens"])): "again"}}}
    draft.document["include"] = ["again.yaml"]
    return True


@fault("duplicate-key", deviation=True)
def key_twice(draft):
    draft.damage = "duplicate"
    return True


@fault("syntax", deviation=True)
def broken_text(draft):
    draft.damage = "syntax"
    return True
