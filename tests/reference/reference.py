"""Builds specs with the reference implementation, `model-train-protocol`.

`build(path)` gives the two texts that the reference writes for a spec, or why
it refuses it. The documented deviations of the template are applied here, with
an own computation, so that its text can be compared as a whole.

    python reference.py SPEC…      prints both texts, or the refusal
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import types
import warnings
from dataclasses import dataclass
from pathlib import Path

import model_train_protocol as mtp
from model_train_protocol.common.constants import NON_TOKEN
from model_train_protocol.v1.protocol.protocol_v1 import ProtocolV1
from model_train_protocol.v1.template_file import template_file_v1
from model_train_protocol.v2.protocol.protocol_v2 import ProtocolV2
from model_train_protocol.v2.template_file import template_file_v2

from documents import Refusal
from spec import Instruction, Sample, Snippet, Spec, load

TOKEN_CLASSES = {
    "token": mtp.Token,
    "num": mtp.NumToken,
    "num_list": mtp.NumListToken,
    "final": mtp.FinalToken,
    "final_num": mtp.FinalNumToken,
}
NUMBER_FIELDS = {"num": ("min", "max"), "final_num": ("min", "max"), "num_list": ("min", "max", "length")}
RENAMED = {"min": "min_value", "max": "max_value"}


class InOrder(dict):
    """What the reference needs of a set, in order of insertion."""

    def add(self, item) -> None:
        self[item] = None


def _tame() -> None:
    """Takes chance out of the reference: random numbers, and lists made from sets."""
    lowest = types.SimpleNamespace(randint=lambda low, high: low)
    template_file_v1.random = template_file_v2.random = lowest
    template_file_v1.set = dict.fromkeys


_tame()


@dataclass
class Outcome:
    """The two texts, or the refusal; `by` names who refused: `reference` or `driver`."""

    model: str | None = None
    template: str | None = None
    refusal: str | None = None
    by: str | None = None

    @property
    def accepted(self) -> bool:
        return self.refusal is None


def build(path: Path) -> Outcome:
    """What the reference makes of the spec at `path`."""
    try:
        spec = load(path)
    except (Refusal, AttributeError, KeyError, TypeError, ValueError) as error:
        return Outcome(refusal=f"{type(error).__name__}: {error}", by="driver")
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            return _run(spec)
    except Refusal as error:
        return Outcome(refusal=str(error), by="driver")
    except Exception as error:  # noqa: BLE001 - any failure of the reference is its refusal
        return Outcome(refusal=f"{type(error).__name__}: {error}", by="reference")


def _run(spec: Spec) -> Outcome:
    protocol = _protocol(spec)
    valid, message = protocol.validate_protocol()
    if not valid:
        return Outcome(refusal=str(message), by="reference")
    model = protocol.get_protocol_file(valid=True).to_json()
    template = protocol.get_template_file().to_json()
    template["example_usage"]["instruction_input"] = _instruction_input(spec, protocol)
    return Outcome(model=_dump(model), template=_dump(template))


def _dump(document: dict) -> str:
    return json.dumps(document, indent=4, ensure_ascii=False)


def _protocol(spec: Spec):
    if spec.format.startswith("1."):
        machine = any(instruction.kind == "state_machine" for instruction in spec.instructions)
        protocol = ProtocolV1(spec.name, spec.inputs, spec.encrypt, state_machine=machine, version=spec.format)
    else:
        protocol = ProtocolV2(spec.name, spec.inputs, spec.encrypt, version=spec.format)
    protocol.instructions = InOrder()
    for line in spec.context:
        protocol.add_context(line)
    tokens = {name: _token(name, fields) for name, fields in spec.tokens.items()}
    for instruction in spec.instructions:
        protocol.add_instruction(_instruction(instruction, tokens))
    return protocol


def _token(name: str, fields: dict):
    kind = fields["type"]
    if kind not in TOKEN_CLASSES:
        raise Refusal(f"unknown token type {kind!r}")
    arguments = {key: fields[key] for key in ("key", "desc") if key in fields}
    for key in NUMBER_FIELDS.get(kind, ()):
        if key not in fields:
            raise Refusal(f"{name!r} lacks {key!r}")
        arguments[RENAMED.get(key, key)] = fields[key]
    return TOKEN_CLASSES[kind](value=name, **arguments)


def _pick(names: list[str], tokens: dict) -> list:
    for name in names:
        if name not in tokens:
            raise Refusal(f"undefined token {name!r}")
    return [tokens[name] for name in names]


def _instruction(plan: Instruction, tokens: dict):
    """The reference's instruction with its samples and guardrails."""
    sets = [mtp.TokenSet(_pick(names, tokens)) for names in plan.inputs]
    finals = [NON_TOKEN] if plan.finals is None else _pick(plan.finals, tokens)
    if plan.kind == "basic":
        output = mtp.InstructionOutput(mtp.TokenSet(_pick(plan.output or [], tokens)), finals)
        instruction = mtp.Instruction(plan.name, mtp.InstructionInput(sets), output, plan.context)
    elif plan.kind == "extended":
        output = mtp.ExtendedResponse(finals)
        instruction = mtp.ExtendedInstruction(mtp.InstructionInput(sets), output, plan.context, plan.name)
    elif plan.kind == "state_machine":
        instruction = mtp.StateMachineInstruction(mtp.StateMachineInput(sets), states_of(plan))
    elif plan.kind == "multi_classifier":
        instruction = mtp.MultiClassifierInstruction(mtp.InstructionInput(sets), states_of(plan))
    else:
        raise Refusal(f"unknown instruction type {plan.kind!r}")
    instruction.name = plan.name
    instruction.context = list(plan.context)
    for sample in plan.samples:
        _add_sample(instruction, plan, sample, sets, tokens)
    for index, fields in plan.guardrails:
        instruction.input.add_guardrail(_guardrail(fields), index)
    return instruction


def states_of(plan: Instruction):
    """The declared states, else those that the samples show, in order."""
    if plan.states is not None:
        return plan.states
    if plan.kind == "state_machine":
        return list(dict.fromkeys(sample.output for sample in plan.samples))
    seen: dict[str, list[str]] = {}
    for sample in plan.samples:
        for label, value in sample.output.items():
            values = seen.setdefault(label, [])
            if value not in values:
                values.append(value)
    return seen


def _guardrail(fields: dict):
    guardrail = mtp.Guardrail(fields["good_prompt"], fields["bad_prompt"], fields["bad_output"])
    for sample in fields["samples"]:
        guardrail.add_sample(sample)
    return guardrail


def _add_sample(instruction, plan: Instruction, sample: Sample, sets: list, tokens: dict) -> None:
    inputs = [_snippet(token_set, snippet) for token_set, snippet in zip(sets, sample.inputs)]
    inputs += [snippet.string for snippet in sample.inputs[len(sets) :]]
    final = None if sample.final is None else _pick([sample.final], tokens)[0]
    if plan.kind == "state_machine":
        instruction.add_sample(inputs, sample.output)
    elif plan.kind == "multi_classifier":
        instruction.add_sample(inputs, json.dumps(sample.output))
    elif plan.kind == "extended":
        instruction.add_sample(inputs, sample.output, value=sample.value, final=final)
    else:
        output = sample.output
        if isinstance(output, Snippet):
            output = _snippet(instruction.output.tokenset, output)
        instruction.add_sample(inputs, output, output_value=sample.value, final=final)


def _snippet(token_set, snippet: Snippet):
    """A snippet of the reference; an empty list of lists is the same as none."""
    return token_set.create_snippet(snippet.string, snippet.numbers, snippet.number_lists or None)


def _instruction_input(spec: Spec, protocol) -> str:
    """The first deviation: the example instruction's own pattern, filled in with its first sample."""
    keys = {token.value.removesuffix("_"): token.key for token in protocol.tokens}
    candidates = [plan for plan in spec.instructions if plan.kind != "extended"]
    if not candidates:
        return ""

    def has_numbers(plan: Instruction) -> bool:
        return any(spec.tokens[name]["type"] in ("num", "num_list") for names in plan.inputs for name in names)

    plan = next((plan for plan in candidates if plan.kind == "basic" and has_numbers(plan)), candidates[0])
    text = "<BOS>\n"
    for names, snippet in zip(plan.inputs, plan.samples[0].inputs):
        numbers = iter(snippet.numbers or [])
        lists = iter(snippet.number_lists or [])
        for name in names:
            text += keys[name]
            if spec.tokens[name]["type"] == "num":
                text += str(int(next(numbers)))
            elif spec.tokens[name]["type"] == "num_list":
                text += str([int(number) for number in next(lists)])
        text += f"\n{snippet.string}\n"
    output = {"state_machine": ["State"], "multi_classifier": ["States"]}.get(plan.kind, plan.output)
    return text + "".join(keys[name] for name in output) + "\n<RUN>\n"


def main(paths: list[str]) -> int:
    """Prints what the reference makes of each spec."""
    failed = 0
    for path in paths:
        outcome = build(Path(path))
        if outcome.accepted:
            print(outcome.model, outcome.template, sep="\n")
        else:
            failed = 1
            print(f"{path}: refused by the {outcome.by}: {outcome.refusal}")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
