"""What the faults have in common: the list they are in, and ways into a draft.

A fault is a function that changes the document of a draft and says `True`, or
leaves it alone and says `False` where it does not apply. `deviation` marks what
the reference is not known to refuse: rules of the compiler's own, and whatever
cannot be expressed in the reference at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from drafts import Draft, type_of


@dataclass(frozen=True)
class Fault:
    """A kind of mistake and the rule that must report it."""

    rule: str
    deviation: bool
    apply: Callable[[Draft], bool]


FAULTS: list[Fault] = []


def fault(rule: str, deviation: bool = False):
    """Registers a fault."""

    def register(apply: Callable[[Draft], bool]):
        FAULTS.append(Fault(rule, deviation, apply))
        return apply

    return register


# Helpers


def instructions(draft: Draft, *kinds: str) -> list[dict]:
    """The instructions of these kinds in random order."""
    found = [i for i in draft.document["instructions"].values() if not kinds or i.get("type", "basic") in kinds]
    return draft.rng.sample(found, len(found))


def finals_of(instruction: dict) -> list[str]:
    """The declared finals as a list."""
    final = instruction.get("final", [])
    return [final] if isinstance(final, str) else final


def place(draft: Draft, instruction: dict, index: int) -> list:
    """Input set `index`, written in place; guardrails that name it follow."""
    token_set = instruction["input"][index]
    if isinstance(token_set, str):
        rails = instruction.get("guardrails", {})
        if token_set in rails:
            instruction["guardrails"] = {str(index) if k == token_set else k: v for k, v in rails.items()}
        instruction["input"][index] = list(draft.document["token_sets"][token_set])
    return instruction["input"][index]


def use(draft: Draft, name: str, token) -> None:
    """Declares a plain token and uses it in an input set."""
    draft.document["tokens"][name] = token
    place(draft, instructions(draft)[0], 0).append(name)


def used_token(draft: Draft) -> str:
    """A token that some input set uses."""
    instruction = instructions(draft)[0]
    return draft.rng.choice(draft.tokens_of(draft.rng.choice(instruction["input"])))


def snippets(draft: Draft) -> list[tuple[list, int, list[dict]]]:
    """Every input snippet: its list, its index, and the tokens of its set; in random order."""
    found = []
    for instruction in instructions(draft):
        sets = [[draft.document["tokens"][n] for n in draft.tokens_of(s)] for s in instruction["input"]]
        for sample in instruction["samples"]:
            found += [(sample["input"], index, tokens) for index, tokens in enumerate(sets)]
    return draft.rng.sample(found, len(found))


def opened(inputs: list, index: int) -> dict:
    """The snippet as a map whose numbers are lists, lists of lists."""
    if isinstance(inputs[index], str):
        inputs[index] = {"string": inputs[index]}
    snippet = inputs[index]
    if "numbers" in snippet and not isinstance(snippet["numbers"], list):
        snippet["numbers"] = [snippet["numbers"]]
    if "number_lists" in snippet and not isinstance(snippet["number_lists"][0], list):
        snippet["number_lists"] = [snippet["number_lists"]]
    return snippet


def first_with(draft: Draft, kind: str):
    """A snippet whose set asks for `num` or `num_list`, and the first such token."""
    for inputs, index, tokens in snippets(draft):
        wanted = [token for token in tokens if type_of(token) == kind]
        if wanted:
            return opened(inputs, index), wanted[0]
    return None, None


def used_guardrail(draft: Draft) -> dict:
    """The texts of a guardrail that is in use; one is added where none is."""
    for instruction in instructions(draft):
        for rail in instruction.get("guardrails", {}).values():
            return draft.document["guardrails"][rail] if isinstance(rail, str) else rail
    instruction = instructions(draft)[0]
    instruction["guardrails"] = {"0": draft.guardrail()}
    return instruction["guardrails"]["0"]


def valued_samples(draft: Draft, *kinds: str) -> list[tuple[dict, dict]]:
    """Samples that carry a value, with the token that asks for it."""
    found = []
    for instruction in instructions(draft, *kinds):
        for sample in instruction["samples"]:
            if "value" in sample:
                finals = finals_of(instruction)
                found.append((sample, draft.document["tokens"][sample.get("final", finals[0])]))
    return draft.rng.sample(found, len(found))
