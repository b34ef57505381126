"""Draws random specs that the reference accepts.

A draft is a typed document (`dict`, `list`, `str`, `int`, `float`, `bool`,
`None`), as `writers.py` writes it.
"""

from __future__ import annotations

import hashlib
import math
import random
import unicodedata

import emoji

WORDS = """
anchor basket candle dragon ember falcon garden hammer island jungle kettle ladder marble needle orchid
pepper quartz ribbon saddle timber umbrella velvet walnut yellow zephyr bishop copper dolphin fiddle goblet
harvest ivory jasmine kingdom lantern meadow nutmeg oyster pilgrim rooster silver thunder violin whisper
Müller Ångström Çedille naïveté Łódź Straße кошка дерево Москва прилив 猫 木霊 東京 질문 감 αλφα Ωμέγα ڪتاب नमत
R2D2 x9 ٣٤ ½ ⅷ ㊷ 𝔘𝔫𝔦 𐐀𐐁 ﬁsh İzmir ǅul ªº ʰw 𝟘𝟙
""".split()
EMOJI = list("🐙🚀🌈🔥🎲🧊🌵🍋🎻🪁🦉🧭⚓⌛☂♟⛵🫧🪐🥁")
SENTENCES = [
    "The tide comes in twice a day.",
    "Nobody has ever counted the stairs.",
    "What lies behind the garden wall?",
    "He said \"not before noon\" and left.",
    "It's the cook's day off.",
    "Both \"quotes\" and 'quotes', it's said.",
    "Back\\slash and \\n that is none.",
    "Комната была пуста, и свет погас.",
    "東京の夜は静かだ。",
    "Ein Füller läuft aus: schade!",
    "Emoji 👩‍🚀 and 🏴‍☠️, even 🇫🇷.",
    "Half ½, a third ⅓ and 25 %",
    "# not a comment",
    "key: value, [list], {map}",
    "- a dash, ? a question",
    "yes",
    "null",
    "12.50",
    "<string> and <NON>_ and <UNK>",
    "a_b*c&d!e%f@g`h|i>j",
]
ODD = ["\n", "\t", "\r", "\x00", "\x07", "\b", "\f", "\x1b", "\x7f", "\x85", "\xa0", "\xad", "\u0301", "\u200d"]
ODD += ["\u2028", "\u2029", "\u202e", "\ufeff", "\ufffd", "\ue000", "\u0378", "\U0001f9ff", "\U000e0041", "\U0010fffd"]
CONTEXT_LINES = 10
FORMATS = [None, None, None, "2.0.1", "2", "2.0.0", "1.2.1", "1.2.0", "1"]


def significant(text: str) -> str:
    """What the substring rule compares: letters, digits and emoji in lower case."""
    return "".join(char.lower() for char in text if char.isalnum() or emoji.is_emoji(char))


def key_of(name: str, token, encrypt: bool) -> str:
    """The key that a token ends up with."""
    if isinstance(token, dict) and token.get("key"):
        return token["key"]
    value = name + "_"
    return hashlib.sha256(value.encode()).hexdigest()[:6] if encrypt else value


def collide(texts: list[str]) -> bool:
    """Whether one text is part of another, or stands twice."""
    parts = [significant(text) for text in texts]
    return any(i != j and a in b for i, a in enumerate(parts) for j, b in enumerate(parts))


def type_of(token) -> str:
    """The type of a token as it stands in a document."""
    return token.get("type", "token") if isinstance(token, dict) else "token"


class Draft:
    """One random protocol; `document` is the result."""

    def __init__(self, rng: random.Random, name: str):
        self.rng = rng
        self.document: dict = {}
        while not self.document or self._collides():
            self._draw(name)

    # tokens

    def _collides(self) -> bool:
        tokens = self.document["tokens"]
        encrypt = self.document.get("encrypt", True)
        extra = ["<NON>", "State", "States"]
        keys = [key_of(name, token, encrypt) for name, token in tokens.items()]
        own = [key_of(name, None, encrypt) for name in extra[1:]]
        return collide([*tokens, "<NON>", "States"]) or collide([*keys, "<NON>"]) or any(
            collide([*keys, key]) for key in own
        )

    def _draw(self, name: str) -> None:
        rng = self.rng
        kind = rng.choices(["generative", "state_machine", "multi_classifier"], [66, 17, 17])[0]
        wanted = rng.choice([f for f in FORMATS if kind != "multi_classifier" or f is None or f[0] == "2"])
        self.short = wanted not in (None, "2.0.1", "2")
        self.document = {} if wanted is None else {"format": wanted}
        self.document |= {"name": name, "inputs": rng.choice([1, 1, 2, 2, 2, 3, 4])}
        if rng.random() < 0.5:
            self.document["encrypt"] = rng.random() < 0.4
        inner = rng.randint(0, 4)
        lines = max(0, CONTEXT_LINES - inner + rng.choice([0, 0, 1, 5]))
        self.document["context"] = [self.text(empty=True) for _ in range(lines)]
        self.document |= {"tokens": {}, "token_sets": {}, "guardrails": {}, "instructions": {}}
        self._tokens(kind)
        self._sets()
        for index in range(rng.randint(0, 2)):
            self.document["guardrails"][f"rail_{index}"] = self.guardrail()
        self._instructions(kind)
        first = next(iter(self.document["instructions"].values()))
        if inner:
            items = {**first, "context": [self.text(empty=True) for _ in range(inner)]}
            first.clear()
            first.update(items)
        for part in ("token_sets", "guardrails"):
            if not self.document[part]:
                del self.document[part]

    def _tokens(self, kind: str) -> None:
        rng, tokens = self.rng, self.document["tokens"]
        kinds = ["token"] * rng.randint(2, 5) + ["num"] * rng.choice([0, 0, 1, 2])
        kinds += ["num_list"] * rng.choice([0, 0, 1, 2])
        if kind == "generative":
            kinds += ["final"] * rng.randint(0, 3) + ["final_num"] * rng.choice([0, 0, 1])
        names = rng.sample(WORDS, len(kinds))
        emojis = rng.sample(EMOJI, len(kinds))
        for name, token_type, picture in zip(names, kinds, emojis):
            if rng.random() < 0.2:
                name = f"{name}_{rng.choice(WORDS)}"
            tokens[name] = self._token(token_type, picture)

    def _token(self, token_type: str, picture: str):
        rng = self.rng
        if token_type == "token" and rng.random() < 0.6:
            return rng.choice([None, self.text(empty=True)])
        fields: dict = {} if token_type == "token" else {"type": token_type}
        if rng.random() < 0.4:
            fields["key"] = rng.choice([picture, picture + "Q", f"K_{picture}", picture + "猫"])
        if rng.random() < 0.4:
            fields["desc"] = self.text(empty=True)
        if token_type in ("num", "num_list", "final_num"):
            low = rng.choice([0, 1, -5, -1000, -0.0, 0.5, -1e-07, -2.75, 1e-05])
            high = rng.choice([1, 2.0, 20, 1000, 1e16, 12345.678, 9007199254740993])
            fields |= {"min": low, "max": max(low, high)}
        if token_type == "num_list":
            fields["length"] = rng.randint(1, 4)
        return fields

    def _sets(self) -> None:
        for index in range(self.rng.randint(0, 3)):
            self.document["token_sets"][f"set_{index}"] = self._set(True)

    def _set(self, numbers: bool) -> list[str]:
        allowed = ("token", "num", "num_list") if numbers else ("token",)
        names = [name for name, token in self.document["tokens"].items() if type_of(token) in allowed]
        return self.rng.sample(names, self.rng.randint(1, min(4, len(names))))

    # texts

    def text(self, empty: bool = False, digits: bool = True) -> str:
        """A line of text; `empty` allows it to be nothing, `digits` to hold digits."""
        rng = self.rng
        text = rng.choice(SENTENCES)
        roll = rng.random()
        if empty and roll < 0.03:
            return ""
        if roll < 0.2:
            text = " ".join(rng.choices(WORDS, k=rng.randint(1, 6)))
        elif roll < 0.3:
            text = "".join(rng.choice(ODD + WORDS) for _ in range(rng.randint(1, 6)))
        elif roll < 0.4:
            text += rng.choice(EMOJI) + rng.choice(ODD) + rng.choice(SENTENCES)
        elif roll < 0.42:
            text = (text + " ") * 40
        if self.short:
            text = text[:300]
        if not digits:
            text = "".join(char for char in text if unicodedata.category(char)[0] != "N")
            text = text if text.strip() else "Words only."
        return text or "Something."

    def guardrail(self) -> dict:
        """A guardrail with samples free of digits."""
        texts = {key: self.text() for key in ("good_prompt", "bad_prompt", "bad_output")}
        return texts | {"samples": [self.text(digits=False) for _ in range(self.rng.randint(3, 5))]}

    # instructions

    def _instructions(self, kind: str) -> None:
        rng, instructions = self.rng, self.document["instructions"]
        if kind == "generative":
            names = rng.sample(["reply", "ответ", "with space", "a.b", "No", "最後", "x/y", "tell \"it\""], rng.randint(1, 3))
            for name in names:
                instructions[name] = self._generative(rng.choice(["basic", "basic", "extended"]))
        elif kind == "state_machine":
            instructions[rng.choice(["machine", "状態"])] = self._machine()
        else:
            first = self._classifier()
            instructions["classify"] = first
            if "states" in first and rng.random() < 0.2:
                instructions["classify again"] = self._classifier(first["states"])

    def _input(self, count: int) -> list:
        named = list(self.document["token_sets"])
        return [self.rng.choice(named) if named and self.rng.random() < 0.4 else self._set(True) for _ in range(count)]

    def tokens_of(self, token_set) -> list[str]:
        """The token names of a set, named or in place."""
        return self.document["token_sets"][token_set] if isinstance(token_set, str) else token_set

    def _generative(self, kind: str) -> dict:
        rng = self.rng
        instruction: dict = {"type": kind} if kind == "extended" or rng.random() < 0.3 else {}
        instruction["input"] = self._input(self.document["inputs"] + (kind == "extended"))
        if kind == "basic":
            plain = [name for name, names in self.document["token_sets"].items() if self._is_plain(names)]
            instruction["output"] = rng.choice(plain) if plain and rng.random() < 0.4 else self._set(False)
        finals = [name for name, token in self.document["tokens"].items() if type_of(token).startswith("final")]
        chosen = rng.sample(finals, rng.randint(0, len(finals)))
        if chosen:
            instruction["final"] = chosen[0] if len(chosen) == 1 and rng.random() < 0.5 else chosen
        self._guard(instruction)
        results = [final for final in chosen or [None] for _ in range(rng.randint(3, 4))]
        rng.shuffle(results)
        instruction["samples"] = [self._sample(instruction, final, len(chosen)) for final in results]
        return instruction

    def _is_plain(self, names: list[str]) -> bool:
        return all(type_of(self.document["tokens"][name]) == "token" for name in names)

    def _guard(self, instruction: dict) -> None:
        """Some guardrails on some inputs, by index or by the name of the set."""
        rng, rails = self.rng, {}
        for index, token_set in enumerate(instruction["input"]):
            if rng.random() < 0.25:
                by_name = isinstance(token_set, str) and instruction["input"].count(token_set) == 1
                key = token_set if by_name and rng.random() < 0.5 else str(index)
                named = list(self.document["guardrails"])
                rails[key] = rng.choice(named) if named and rng.random() < 0.6 else self.guardrail()
        if rails:
            instruction["guardrails"] = dict(rng.sample(list(rails.items()), len(rails)))

    def snippet(self, token_set):
        """A snippet with the numbers that its set asks for."""
        rng, snippet = self.rng, {"string": self.text(empty=True)}
        fields = [self.document["tokens"][name] for name in self.tokens_of(token_set)]
        numbers = [self._number(token) for token in fields if type_of(token) == "num"]
        lists = [[self._number(token) for _ in range(token["length"])] for token in fields if type_of(token) == "num_list"]
        if numbers:
            scalar = len(numbers) == 1 and rng.random() < 0.5
            snippet["numbers"] = numbers[0] if scalar else numbers
        if lists:
            snippet["number_lists"] = lists[0] if len(lists) == 1 and rng.random() < 0.5 else lists
        return snippet if len(snippet) > 1 or rng.random() < 0.1 else snippet["string"]

    def _number(self, token: dict):
        low, high = math.ceil(token["min"]), math.floor(token["max"])
        number = self.rng.choice([low, high, self.rng.randint(low, high), self.rng.randint(low, min(high, low + 20))])
        return float(number) if abs(number) < 2**53 and self.rng.random() < 0.1 else number

    def value(self, token: dict):
        """A value within the bounds of a final number."""
        low, high = token["min"], token["max"]
        value = self.rng.choice([low, high, self.rng.uniform(low, high), round(self.rng.uniform(low, high), 2)])
        return min(max(value, low), high)

    def _sample(self, instruction: dict, final: str | None, finals: int) -> dict:
        sample = {"input": [self.snippet(token_set) for token_set in instruction["input"]]}
        sample["output"] = self.text(empty=True)
        if final is not None:
            if finals > 1 or self.rng.random() < 0.3:
                sample["final"] = final
            token = self.document["tokens"][final]
            if type_of(token) == "final_num":
                sample["value"] = self.value(token)
        return sample

    def _machine(self) -> dict:
        rng = self.rng
        states = list(dict.fromkeys(self.text() for _ in range(rng.randint(2, 5))))
        instruction: dict = {"type": "state_machine", "input": self._input(self.document["inputs"])}
        if rng.random() < 0.6:
            instruction["states"] = states
        self._guard(instruction)
        instruction["samples"] = [
            {"input": [self.snippet(s) for s in instruction["input"]], "output": rng.choice(states)}
            for _ in range(rng.randint(10, 13))
        ]
        return instruction

    def _classifier(self, states: dict | None = None) -> dict:
        rng = self.rng
        declared = states is not None or rng.random() < 0.6
        if states is None:
            labels = rng.sample(["mood", "тема", "it's", 'a "label"', "级别", "back\\slash", "line\nbreak"], rng.randint(1, 3))
            states = {label: list(dict.fromkeys(self.text()[:60] for _ in range(rng.randint(1, 3)))) for label in labels}
        instruction: dict = {"type": "multi_classifier", "input": self._input(self.document["inputs"])}
        if declared:
            instruction["states"] = {label: list(values) for label, values in states.items()}
        self._guard(instruction)
        instruction["samples"] = []
        for _ in range(rng.randint(3, 6)):
            labels = rng.sample(list(states), len(states))
            sample = {"input": [self.snippet(s) for s in instruction["input"]]}
            instruction["samples"].append(sample | {"output": {label: rng.choice(states[label]) for label in labels}})
        return instruction
