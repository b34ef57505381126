"""Faults in tokens and token sets, all of which but two the reference refuses, too."""

from __future__ import annotations

from drafts import key_of, type_of
from faults import fault, finals_of, instructions, place, use, used_token


@fault("token-substring")
def value_substring(draft):
    old = used_token(draft)
    new = draft.rng.choice([old + "xy", "Xy" + old.upper(), f"_{old.lower()}_z"])
    use(draft, new, {"key": "🪼"})
    return len(new) > len(old) and "ẞ" not in new and old.upper().lower() == old.lower()


@fault("token-substring")
def key_substring(draft):
    old = used_token(draft)
    key = key_of(old, draft.document["tokens"][old], draft.document.get("encrypt", True))
    use(draft, "Zugspitze", {"key": f"Q{key}"})
    return True


@fault("token-substring")
def special_substring(draft):
    use(draft, draft.rng.choice(["Canon", "Nonet", "NONSENSE", "n_o_n_e"]), {"key": "🪼"})
    return any(not finals_of(instruction) for instruction in instructions(draft))


@fault("duplicate-token-key")
def same_key(draft):
    old = used_token(draft)
    key = key_of(old, draft.document["tokens"][old], draft.document.get("encrypt", True))
    use(draft, "Zugspitze", {"key": key})
    return True


@fault("token-characters")
def odd_value(draft):
    name = draft.rng.choice(["Zug-spitze", "Zug spitze", "Zug.spitze", "Zug\u200dspitze", "Zug☀️", "Zu\u0301g", "Zug<NON>", "“Zug”"])
    draft.document["tokens"][name] = None
    return True


@fault("token-characters")
def odd_key(draft):
    draft.document["tokens"]["Zugspitze"] = {"key": draft.rng.choice(["a b", "a-b", "👩‍🚀", "🇫🇷!", "<Q>", "☀️", "♞", ""])}
    return True


@fault("number-range")
def inverted_range(draft):
    token = {"type": draft.rng.choice(["num", "final_num", "num_list"]), "min": 5, "max": draft.rng.choice([4, 4.5, -5])}
    draft.document["tokens"]["Zugspitze"] = token | ({"length": 2} if token["type"] == "num_list" else {})
    return True


@fault("invalid-length")
def no_length(draft):
    token = {"type": "num_list", "min": 0, "max": 5, "length": draft.rng.choice([0, -1])}
    draft.document["tokens"]["Zugspitze"] = token
    return True


@fault("final-token-in-set")
def final_in_input(draft):
    instruction = instructions(draft)[0]
    draft.document["tokens"]["Zugspitze"] = {"type": "final", "key": "🪼"}
    place(draft, instruction, draft.rng.randrange(len(instruction["input"]))).append("Zugspitze")
    return True


@fault("final-token-in-set", deviation=True)
def final_in_output(draft):
    for instruction in instructions(draft, "basic"):
        draft.document["tokens"]["Zugspitze"] = {"type": "final", "key": "🪼"}
        instruction["output"] = [*draft.tokens_of(instruction["output"]), "Zugspitze"]
        return True
    return False


@fault("number-token-in-output")
def number_in_output(draft):
    for instruction in instructions(draft, "basic"):
        kind = draft.rng.choice([{"type": "num"}, {"type": "num_list", "length": 2}])
        draft.document["tokens"]["Zugspitze"] = {**kind, "key": "🪼", "min": 0, "max": 5}
        instruction["output"] = [*draft.tokens_of(instruction["output"]), "Zugspitze"]
        return True
    return False


@fault("empty-token-set", deviation=True)
def empty_output(draft):
    for instruction in instructions(draft, "basic"):
        instruction["output"] = []
        return True
    return False


@fault("input-count")
def one_set_more(draft):
    instruction = instructions(draft)[0]
    plain = [name for name, token in draft.document["tokens"].items() if type_of(token) == "token"]
    instruction["input"].append([draft.rng.choice(plain)])
    for sample in instruction["samples"]:
        sample["input"].append("One more line.")
    return True


@fault("input-count")
def one_set_less(draft):
    instruction = instructions(draft)[0]
    if len(instruction["input"]) < 2 or instruction.get("guardrails"):
        return False
    instruction["input"].pop()
    for sample in instruction["samples"]:
        sample["input"].pop()
    return True
