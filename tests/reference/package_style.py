"""`mtp render --style llm-templates` against the package llm-templates 0.2.0.

Every conversation is rendered for each of its eight models. The texts have to be the same, and errors errors;
what the package renders as nothing, or without any message, is an error here.

    python tests/reference/package_style.py --mtp target/release/mtp
"""

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

MODELS = "zephyr llama2 llama3 llama31 mistral gemma cohere phi3".split()
TEXTS = {"system": " Be terse. é", "user": "Which\n way? <b>\"x\"</b> ", "assistant": " That 'depends' \\n. ", "tool": "4"}


def conversations():
    """All orders of up to four messages of three roles, and some with a tool."""
    for length in range(1, 5):
        for roles in itertools.product(["system", "user", "assistant"], repeat=length):
            yield roles
    yield "user", "tool"
    yield "system", "user", "assistant", "tool"


def theirs(model, roles, prompt):
    from llm_templates import Content, Conversation, Formatter
    try:
        conversation = Conversation(model=model, messages=[Content(role=role, content=TEXTS[role]) for role in roles])
        return Formatter().render(conversation, add_assistant_prompt=prompt)
    except Exception:  # noqa: BLE001 - whatever it raises is an error
        return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mtp", required=True)
    arguments = parser.parse_args()
    orders = list(conversations())
    with tempfile.TemporaryDirectory() as scratch:
        for number, roles in enumerate(orders):
            messages = [{"role": role, "content": TEXTS[role]} for role in roles]
            (Path(scratch) / f"{number}.json").write_text(json.dumps(messages))

        def ours(case):
            model, number, prompt = case
            command = [arguments.mtp, "render", str(Path(scratch) / f"{number}.json"), "--template", model, "--style",
                       "llm-templates", *(["--generation-prompt"] if prompt else [])]
            done = subprocess.run(command, capture_output=True)
            return done.stdout.decode() if done.returncode == 0 else None

        cases = list(itertools.product(MODELS, range(len(orders)), [False, True]))
        with ThreadPoolExecutor(4) as pool:
            results = list(pool.map(ours, cases))
    different = []
    texts = 0
    for (model, number, prompt), found in zip(cases, results):
        roles = orders[number]
        if model == "llama31" and "tool" in roles:
            continue
        expected = theirs(model, roles, prompt)
        texts += expected is not None
        if found != expected and not (expected == "" and found is None):
            different.append(f"{model}, {roles}, {prompt}:\n  here  {found!r}\n  there {expected!r}")
    for line in different[:20]:
        print(line)
    print(f"{len(cases)} conversations, {texts} texts: {len(different)} differ")
    if different:
        sys.exit(1)


if __name__ == "__main__":
    main()
