"""Writes the protocols that are measured, the same bytes everywhere and at every time.

All of a size are one protocol: its samples in YAML, TOML and JSON, and in JSON Lines and CSV beside a short
spec. Everything is written sample by sample, so that a million of them take no memory.
"""

from __future__ import annotations

import csv
import itertools
import json
import random
from collections.abc import Iterator
from pathlib import Path

NOTATIONS = ("yaml", "toml", "json", "jsonl", "csv")
WORDS = (
    "account address agent answer appointment available balance bank battery before bicycle bill billing bottle branch"
    " broken café calendar call cancel card change charge cheque clear clock code collect colour confirm contract copy"
    " counter courier credit customer damaged date deliver delivery deposit desk different discount door driver early"
    " email engine entry error evening exchange expected express extra fault fee folder forgotten form garden gift glass"
    " Grüße half handle hour household invoice item kettle key label lamp late letter lid limit line list locked lost"
    " manual meter minute missing monday month morning naïve nearest new notice number office open order original"
    " package paid paper parcel part password payment pending phone please postage price printer problem proof quarter"
    " question receipt refund register repair replace request return same screen second send service shelf shipment"
    " shop sign size soon spare statement station still store street system table tariff text today tomorrow track"
    " transfer travel tuesday twice until update urgent valid van voucher waiting warranty week window without wrong"
    " yesterday the the the the a a a my my our your is is was has of of in on at for with and and not it this that"
).split()
CONTEXT = (
    "The desk answers the customers of a shop for lamps, clocks and kettles.",
    "Orders are shipped on weekdays before noon.",
    "A parcel that is lost is sent again.",
    "Returns are free for thirty days.",
    "Refunds take three days once the parcel is back.",
    "Invoices are sent by letter or as PDF.",
    "A password is reset with a letter to the address on file.",
    "Spare parts are held for ten years.",
    "Repairs are done by the maker.",
    "Agents work in shifts, the last one ends at ten.",
    "Urgent cases are passed on at once.",
    "Nobody at the desk gives legal advice.",
)
TOKENS = {
    "Customer": "Who writes to the desk",
    "Matter": "What it is about",
    "File": "What the desk knows of it",
    "Agent": "Who answers",
    "Reply": "What is answered",
}
# What ten samples after each other end in.
FINALS = ("Close", "Forward", "Wait", "Close", "Forward", "Close", "Wait", "Close", "Forward", "Close")


def clauses(count: int) -> list[str]:
    """Pieces of sentences, of three to seven words."""
    rng = random.Random(1)

    def word() -> str:
        return WORDS[int(rng.random() * len(WORDS))]

    made = [" ".join(word() for _ in range(3 + int(rng.random() * 5))) for _ in range(count)]
    made[::11] = [f'{clause} "{word()}"' for clause in made[::11]]
    made[::13] = [f"it's {clause}" for clause in made[::13]]
    made[::17] = [f"{clause} 📦 {word()}" for clause in made[::17]]
    return made


def samples(count: int, seed: int = 2) -> Iterator[dict]:
    """Samples of two inputs, an output and a final token; no two are alike."""
    rng = random.Random(seed)
    pool = clauses(4093)

    def sentence(longest: int, end: str, joint: str = ", ") -> str:
        parts = [pool[int(rng.random() * len(pool))] for _ in range(1 + int(rng.random() * longest))]
        return joint.join(parts) + end

    for index in range(count):
        joint = ": " if rng.random() < 0.1 else ", "
        yield {
            "input": [f"Ticket {index}, {sentence(2, '?')}", f"Desk {sentence(1, '.')}"],
            "output": f"Dear customer, {sentence(2, '.', joint)}",
            "final": FINALS[index % len(FINALS)],
        }


def quoted(text: str) -> str:
    """The text in quotes, as JSON, TOML and YAML have them."""
    return json.dumps(text, ensure_ascii=False)


def yaml_sample(sample: dict) -> str:
    """A sample as people write it in YAML: quotes where they are needed."""
    inputs = ", ".join(map(quoted, sample["input"]))
    output = sample["output"]
    shown = quoted(output) if not output or ": " in output else output
    rest = "".join(f"        {key}: {value}\n" for key, value in sample.items() if key not in ("input", "output"))
    return f"      - input: [{inputs}]\n        output: {shown}\n{rest}"


def toml_sample(sample: dict) -> str:
    """A sample as a table of TOML."""
    inputs = ", ".join(map(quoted, sample["input"]))
    return (
        f"\n[[instructions.answer.samples]]\ninput = [{inputs}]\n"
        f"output = {quoted(sample['output'])}\nfinal = {quoted(sample['final'])}\n"
    )


def document(name: str) -> dict:
    """The protocol without its samples."""
    return {
        "name": name,
        "inputs": 2,
        "context": list(CONTEXT),
        "tokens": {**TOKENS, **{final: {"type": "final"} for final in dict.fromkeys(FINALS)}},
        "instructions": {
            "answer": {
                "input": [["Customer", "Matter"], ["File"]],
                "output": ["Agent", "Reply"],
                "final": list(dict.fromkeys(FINALS)),
            }
        },
    }


def yaml_head(name: str) -> str:
    """The protocol in YAML, up to its samples."""
    return (
        f"name: {name}\ninputs: 2\ncontext:\n" + "".join(f"  - {line}\n" for line in CONTEXT)
        + "tokens:\n" + "".join(f"  {token}: {desc}\n" for token, desc in TOKENS.items())
        + "".join(f"  {final}: {{ type: final }}\n" for final in dict.fromkeys(FINALS))
        + "instructions:\n  answer:\n    input: [[Customer, Matter], [File]]\n    output: [Agent, Reply]\n"
        + f"    final: [{', '.join(dict.fromkeys(FINALS))}]\n"
    )  # fmt: skip


def toml_head(name: str) -> str:
    """The protocol in TOML, up to its samples."""
    return (
        f'name = "{name}"\ninputs = 2\ncontext = [\n' + "".join(f"    {quoted(line)},\n" for line in CONTEXT) + "]\n"
        + "\n[tokens]\n" + "".join(f"{token} = {quoted(desc)}\n" for token, desc in TOKENS.items())
        + "".join(f'{final} = {{ type = "final" }}\n' for final in dict.fromkeys(FINALS))
        + '\n[instructions.answer]\ninput = [["Customer", "Matter"], ["File"]]\noutput = ["Agent", "Reply"]\n'
        + f"final = {json.dumps(list(dict.fromkeys(FINALS)))}\n"
    )  # fmt: skip


def write_samples(folder: Path, count: int, notations: tuple[str, ...] = NOTATIONS) -> None:
    """The protocol with `count` samples: `desk.yaml`, `desk.toml`, `desk.json`, and `from-jsonl.yaml` and
    `from-csv.yaml` with `samples.jsonl` and `samples.csv`."""
    folder.mkdir(parents=True, exist_ok=True)
    own = {"yaml": "desk.yaml", "toml": "desk.toml", "json": "desk.json"}
    files = {
        notation: open(folder / own.get(notation, f"samples.{notation}"), "w", encoding="utf-8", newline="\n")
        for notation in notations
    }
    for notation in ("jsonl", "csv"):
        spec = f"{yaml_head('desk')}    samples_from: samples.{notation}\n"
        (folder / f"from-{notation}.yaml").write_text(spec, encoding="utf-8", newline="\n")
    write = {notation: file.write for notation, file in files.items()}
    row = None
    if "yaml" in write:
        write["yaml"](yaml_head("desk") + "    samples:\n")
    if "toml" in write:
        write["toml"](toml_head("desk"))
    if "json" in write:
        write["json"](json.dumps(document("desk"), ensure_ascii=False, indent=2)[: -len("\n    }\n  }\n}")])
    if "csv" in write:
        row = csv.writer(files["csv"], lineterminator="\n").writerow
        row(["input_0", "input_1", "output", "final"])
    for index, sample in enumerate(samples(count)):
        if "yaml" in write:
            write["yaml"](yaml_sample(sample))
        if "toml" in write:
            write["toml"](toml_sample(sample))
        line = json.dumps(sample, ensure_ascii=False)
        if "json" in write:
            write["json"]((",\n" if index else ',\n      "samples": [\n') + "        " + line)
        if "jsonl" in write:
            write["jsonl"](line + "\n")
        if row:
            row([*sample["input"], sample["output"], sample["final"]])
    if "json" in write:
        write["json"]("\n      ]\n    }\n  }\n}\n")
    for file in files.values():
        file.close()


def token_name(index: int) -> str:
    """The name of a token. All are of one length, so that none is a part of another."""
    letters = "bcdfghjklmpqrstvwxz"
    name = ""
    for _ in range(5):
        index, letter = divmod(index, len(letters))
        name += letters[letter]
    return name.capitalize()


def write_tokens(folder: Path, count: int) -> None:
    """`tokens.yaml`: `count` tokens, twenty to an instruction. Their keys are their names, since so many hashes
    of six digits are not all different."""
    folder.mkdir(parents=True, exist_ok=True)
    made = samples(count // 20 * 3)
    with open(folder / "tokens.yaml", "w", encoding="utf-8", newline="\n") as file:
        file.write("name: tokens\ninputs: 1\nencrypt: false\ncontext:\n")
        file.writelines(f"  - {line}\n" for line in CONTEXT)
        file.write("tokens:\n")
        file.writelines(f"  {token_name(index)}:\n" for index in range(count))
        file.write("instructions:\n")
        for first in range(0, count, 20):
            names = [token_name(index) for index in range(first, first + 20)]
            file.write(f"  instruction_{first}:\n    input: [[{', '.join(names[:10])}]]\n")
            file.write(f"    output: [{', '.join(names[10:])}]\n    samples:\n")
            for sample in itertools.islice(made, 3):
                file.write(yaml_sample({"input": sample["input"][:1], "output": sample["output"]}))


def write_folder(folder: Path, count: int) -> None:
    """`count` specs of about 5 KB."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        text = yaml_head(f"desk-{number}") + "    samples:\n" + "".join(map(yaml_sample, samples(17, seed=number)))
        (folder / f"desk-{number}.yaml").write_text(text, encoding="utf-8", newline="\n")


def write_faults(folder: Path, size: int, count: int) -> None:
    """`faults.yaml`: about `size` bytes with `count` mistakes of four kinds."""
    folder.mkdir(parents=True, exist_ok=True)
    every = size // 230 // count
    with open(folder / "faults.yaml", "w", encoding="utf-8", newline="\n") as file:
        file.write(yaml_head("faults") + "    samples:\n")
        for index, sample in enumerate(samples(every * count)):
            if index % every == 0:
                change = (
                    {"final": "Cloze"},
                    {"output": ""},
                    {"input": sample["input"][:1]},
                    {"finale": "Close"},
                )[index // every % 4]
                sample.update(change)
            file.write(yaml_sample(sample))
