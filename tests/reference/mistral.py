"""Chat templates of Mistral: what `mtp render` makes, against Mistral's own package mistral-common.

The package makes tokens, not text, and shows them with marks for spaces; here these are spaces again. In
conversations with a system message and several questions the two differ on purpose: here it stands before the first
question, there, since the second tokenizer, before the last one.

    python tests/reference/mistral.py --mtp target/release/mtp
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from mistral_common.protocol.instruct.request import ChatCompletionRequest
from mistral_common.tokens.tokenizers.mistral import MistralTokenizer

TOOLS = [
    {"type": "function", "function": {
        "name": "get_weather", "description": "The weather \"here\"",
        "parameters": {"type": "object", "properties": {
            "city": {"type": "string", "description": "Where, such as Köln"},
            "days": {"type": "integer", "minimum": 1, "maximum": 7}},
            "required": ["city"]}}},
    {"type": "function", "function": {"name": "stop", "description": "Ends it", "parameters": {"type": "object", "properties": {}}}},
]


def message(role, content, **more):
    return {"role": role, "content": content, **more}


def call(number, name, arguments):
    return {"id": f"call{number:05}", "type": "function", "function": {"name": name, "arguments": arguments}}


ASK, ANSWER, MORE = message("user", "Which way?"), message("assistant", "That depends."), message("user", "On what?")
ODD = message("user", "Grüße 🐱 {{ 7 * 7 }} <b>&amp;</b>\n\tit's \\n")
TALKS = [
    ("one question", [ASK], None),
    ("several turns", [ASK, ANSWER, MORE], None),
    ("odd text", [ODD, ANSWER, ODD], None),
    ("a system message", [message("system", "You are terse."), ASK], None),
]
TOOL_TALKS = [
    ("tools", [ASK], TOOLS),
    ("tools and several turns", [ASK, ANSWER, MORE], TOOLS),
    ("calls and results", [
        ASK,
        message("assistant", "", tool_calls=[
            call(1, "get_weather", '{"city": "Köln", "days": 2}'), call(2, "get_weather", '{"city": "Bonn"}')]),
        message("tool", '{"sky": "blue", "t": 21.5}', tool_call_id="call00001", name="get_weather"),
        message("tool", '{"sky": "grey"}', tool_call_id="call00002", name="get_weather"),
        message("assistant", "Blue and grey."),
        MORE,
    ], TOOLS),
]


def theirs(tokenizer, messages, tools):
    # Checked is what it writes: the package takes no answer of nothing beside calls.
    messages = [{name: value for name, value in own.items() if value != ""} for own in messages]
    shown = tokenizer.encode_chat_completion(ChatCompletionRequest(messages=messages, tools=tools)).text
    # What has no token of its own is shown as its bytes.
    text = re.sub("(<0x[0-9A-F]{2}>)+", lambda found: bytes.fromhex(re.sub("<0x|>", "", found[0])).decode(), shown)
    # The first tokenizer knows no marks: they are text, with a space that a beginning has.
    return text.replace("<s>▁", "<s>").replace("</s>▁", "</s>").replace("▁", " ")


def ours(mtp, folder, name, messages, tools):
    talk, options = folder / "talk.json", []
    talk.write_text(json.dumps(messages))
    if tools:
        (folder / "tools.json").write_text(json.dumps(tools))
        options = ["--tools", str(folder / "tools.json")]
    done = subprocess.run([mtp, "render", str(talk), "-t", name, *options], capture_output=True)
    return done.stdout.decode() if done.returncode == 0 else done.stderr.decode()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mtp", required=True)
    arguments = parser.parse_args()
    known = [
        ("mistral", MistralTokenizer.v1(), TALKS),
        ("mistral-v3", MistralTokenizer.v3(), TALKS + TOOL_TALKS),
        ("mistral-tekken", MistralTokenizer.v3(is_tekken=True), TALKS + TOOL_TALKS),
    ]
    different, count = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for name, tokenizer, talks in known:
            for title, messages, tools in talks:
                count += 1
                here, there = ours(arguments.mtp, Path(folder), name, messages, tools), theirs(tokenizer, messages, tools)
                if here != there:
                    different.append(f"{name}, {title}:\n  here  {here!r}\n  there {there!r}")
    print(f"mistral-common: {count - len(different)} of {count} texts equal")
    print(*different, sep="\n")
    if different:
        sys.exit("mistral.py: not as expected")


if __name__ == "__main__":
    main()
