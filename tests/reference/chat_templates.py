"""Chat templates: what `mtp render` makes, against `apply_chat_template` of transformers.

The templates are the real ones in the source package of llama-cpp-python, which is downloaded and kept in
the folder of --cache; nothing of it is committed. Every template renders every conversation below, and
three things are compared: the text, whether there is an error, and what is trained on.

    python tests/reference/chat_templates.py --mtp target/release/mtp --cache target/chat-templates
"""

import argparse
import datetime
import json
import subprocess
import sys
import tarfile
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PACKAGE = "llama-cpp-python==0.3.36"
FOLDER = "/vendor/llama.cpp/models/templates/"
NOW = datetime.datetime(2026, 3, 7, 9, 5, 2)
TOKENS = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}

TOOLS = [
    {"type": "function", "function": {
        "name": "get_weather", "description": "The weather <now> & \"here\"",
        "parameters": {"type": "object", "properties": {
            "city": {"type": "string", "description": "Where, such as Köln"},
            "days": {"type": "integer", "minimum": 1, "maximum": 7, "default": 3},
            "unit": {"type": "string", "enum": ["°C", "°F"]}},
            "required": ["city"]}}},
    {"type": "function", "function": {
        "name": "stop", "description": "Ends it", "parameters": {"type": "object", "properties": {}}}},
]


def message(role, content, **more):
    return {"role": role, "content": content, **more}


def call(name, arguments, number=1):
    return {"id": f"call{number:05}", "type": "function", "function": {"name": name, "arguments": arguments}}


SYSTEM = message("system", "You are terse.")
ASK, ANSWER = message("user", "Which way?"), message("assistant", "That depends.")
MORE, END = message("user", "On what?"), message("assistant", "On where you want to get to.")
TOOL_TALK = [
    message("user", "How is the weather in Köln & Bonn?"),
    message("assistant", "", tool_calls=[call("get_weather", {"city": "Köln", "days": 2, "unit": "°C", "deep": {"a": [1, 2.5, None, True]}})]),
    message("tool", '{"sky": "blue", "t": 21.5}', tool_call_id="call00001", name="get_weather"),
    message("assistant", "Blue, 21.5 degrees."),
]
TEXT_TOOL_TALK = [
    message("user", "Weather?"),
    message("assistant", None, tool_calls=[call("get_weather", '{"city": "Bonn"}')]),
    message("tool", "rain", tool_call_id="call00001", name="get_weather"),
]

# Templates that mtp knows by name, the real one, its tokens, and whether it takes a system message.
KNOWN = [
    ("llama3.1", "meta-llama-Llama-3.1-8B-Instruct.jinja", {"bos_token": "<|begin_of_text|>"}, True),
    ("llama3.1", "meta-llama-Llama-3.3-70B-Instruct.jinja", {"bos_token": "<|begin_of_text|>"}, True),
    ("phi3", "microsoft-Phi-3.5-mini-instruct.jinja", {"eos_token": "<|endoftext|>"}, True),
    ("qwen2.5", "Qwen-Qwen2.5-7B-Instruct.jinja", {}, True),
    ("gemma", "google-gemma-2-2b-it.jinja", {"bos_token": "<bos>"}, False),
    ("mistral-tekken", "mistralai-Mistral-Nemo-Instruct-2407.jinja", {"bos_token": "<s>", "eos_token": "</s>"}, False),
]

# The name, the messages, and what apply_chat_template is called with besides.
CASES = [
    ("system, many turns, prompt", [SYSTEM, ASK, ANSWER, MORE], {"add_generation_prompt": True}),
    ("no system, prompt", [ASK], {"add_generation_prompt": True}),
    ("no system, many turns, prompt", [ASK, ANSWER, MORE], {"add_generation_prompt": True}),
    ("no system, trained", [ASK, ANSWER, MORE, END], {}),
    ("system, trained", [SYSTEM, ASK, ANSWER, MORE, END], {}),
    ("odd text", [
        message("system", "Grüße 🐱 <b>&amp;</b>"),
        message("user", "  {{ 7 * 7 }} {% raw %} \t<|im_end|> \"it's\" \\n  "),
        message("assistant", "\n日本語 \u200d👩‍🚀  "),
        message("user", "é\u0301 ")], {"add_generation_prompt": True}),
    ("tools given", [SYSTEM, ASK], {"tools": TOOLS, "add_generation_prompt": True}),
    ("tools used", TOOL_TALK, {"tools": TOOLS}),
    ("tools used, system, prompt", [SYSTEM, *TOOL_TALK[:3]], {"tools": TOOLS, "add_generation_prompt": True}),
    ("arguments as text", TEXT_TOOL_TALK, {"tools": TOOLS, "add_generation_prompt": True}),
    ("tools used, none given", TOOL_TALK, {}),
    ("reasoning, thinking off", [ASK, message("assistant", "Left.", reasoning_content="Hm: left or right?"), MORE],
     {"add_generation_prompt": True, "enable_thinking": False}),
    ("reasoning, trained", [SYSTEM, ASK, message("assistant", "Left.", thinking="Hm."), MORE,
                            message("assistant", "<think>\nWell\n</think>\n\nRight.")], {"enable_thinking": True}),
    ("list content", [message("user", [{"type": "text", "text": "What is "}, {"type": "text", "text": "this?"}])],
     {"add_generation_prompt": True}),
    ("list content, image", [SYSTEM, message("user", [{"type": "image"}, {"type": "text", "text": "What is this?"}])],
     {"add_generation_prompt": True}),
    ("list content of system", [message("system", [{"type": "text", "text": "Be terse."}]), ASK],
     {"add_generation_prompt": True}),
    ("documents", [ASK], {"documents": [{"title": "A", "text": "One."}, {"title": "B", "text": "Two."}],
                          "add_generation_prompt": True}),
    ("assistant first", [ANSWER, ASK], {}),
    ("user twice", [ASK, MORE], {"add_generation_prompt": True}),
    ("system last", [ASK, SYSTEM], {}),
    ("unknown role", [message("critic", "No.")], {}),
    ("no content", [{"role": "user"}], {}),
    ("continued", [ASK, message("assistant", "That dep")], {"continue_final_message": True}),
    ("continued, blank at the end", [ASK, message("assistant", "That dep ")], {"continue_final_message": True}),
]


def archive_of(cache):
    """The source package, downloaded if it is not there yet."""
    folder = Path(cache)
    folder.mkdir(parents=True, exist_ok=True)
    archives = list(folder.glob("llama_cpp_python-*.tar.gz"))
    if not archives:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
               "--no-binary", ":all:", "--no-build-isolation", "--dest", str(folder), PACKAGE]
        subprocess.run(pip, check=True)
        archives = list(folder.glob("llama_cpp_python-*.tar.gz"))
    return archives[0]


def templates(cache):
    """The templates of the package, by name."""
    found = {}
    with tarfile.open(archive_of(cache)) as archive:
        for member in archive:
            if FOLDER in "/" + member.name and member.name.endswith(".jinja"):
                found[Path(member.name).name] = archive.extractfile(member).read().decode()
    return found


def tokenizer():
    """A tokenizer whose tokens are characters, so that masks are masks of characters."""
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast
    plain = Tokenizer(models.WordLevel({"<unk>": 0}, unk_token="<unk>"))
    plain.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    fast = PreTrainedTokenizerFast(tokenizer_object=plain)
    # Not added to the vocabulary: there they would be one token each.
    for name, token in TOKENS.items():
        fast._special_tokens_map[name] = token
    return fast


def freeze_time():
    from transformers.utils import chat_template_utils

    class Frozen(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return NOW

    chat_template_utils.datetime = Frozen


def expected(fast, template, messages, options, mask):
    """Text and ranges of characters, or the error."""
    from transformers.utils import chat_template_utils
    import copy
    try:
        arguments = {"chat_template": template, **copy.deepcopy(options)}
        text = fast.apply_chat_template(copy.deepcopy(messages), tokenize=False, **arguments)
        if not mask:
            return {"text": text}
        # The ranges that its mask is made from.
        kept = []
        original = chat_template_utils._render_with_assistant_indices

        def kept_indices(**keywords):
            rendered, indices = original(**keywords)
            kept.extend(indices)
            return rendered, indices

        chat_template_utils._render_with_assistant_indices = kept_indices
        try:
            out = fast.apply_chat_template(copy.deepcopy(messages), tokenize=True, return_dict=True,
                                           return_assistant_tokens_mask=True, **arguments)
        finally:
            chat_template_utils._render_with_assistant_indices = original
        return {"text": text, "mask": out["assistant_masks"], "spans": kept}
    except Exception as error:  # noqa: BLE001 - whatever it raises is an error
        return {"error": f"{type(error).__name__}: {error}"}


def actual(mtp, folder, template, messages, options, mask):
    name = folder / f"{abs(hash(json.dumps([messages, options], default=str)))}-{template.stem}.json"
    document = {"messages": messages}
    if "documents" in options:
        document["documents"] = options["documents"]
    if "tools" in options:
        document["tools"] = options["tools"]
    name.write_text(json.dumps(document, ensure_ascii=False))
    command = [mtp, "render", str(name), "--template", str(template), "--json", "--role", "critic",
               "--now", NOW.isoformat()]
    for token, text in TOKENS.items():
        command += ["--var", f"{token}={text}"]
    for key, value in options.items():
        if key == "add_generation_prompt":
            command.append("--generation-prompt")
        elif key == "continue_final_message":
            command.append("--continue-final")
        elif key not in ("tools", "documents"):
            command += ["--var", f"{key}={json.dumps(value)}"]
    if mask:
        command.append("--mask")
    # A file of its own for every thread, removed again.
    done = subprocess.run(command, capture_output=True, timeout=60)
    name.unlink()
    if done.returncode == 0:
        return json.loads(done.stdout)
    if done.returncode != 1:
        raise SystemExit(f"{template.name}: exit code {done.returncode}: {done.stderr.decode()}")
    return {"error": done.stderr.decode()}


# Conversations with tools, for the templates known by name that have them; without quotes in the descriptions,
# which some of the real ones do not escape.
KNOWN_TOOLS = ["llama3.1", "qwen2.5", "mistral-tekken"]
PLAIN_TOOLS = [{"type": "function", "function": {**tool["function"], "description": "What it does"}} for tool in TOOLS]
KNOWN_TOOL_TALKS = [
    [ASK],
    TOOL_TALK[:2],
    [TOOL_TALK[0], TOOL_TALK[1], message("tool", "rain", tool_call_id="call00001", name="get_weather")],
    [TOOL_TALK[0], TOOL_TALK[1], message("tool", "rain", tool_call_id="call00001", name="get_weather"), ANSWER],
]


def known_by_name(mtp, folder, found):
    """How many texts of the templates that mtp knows by name were compared with the real ones; what differs."""
    from transformers.utils.chat_template_utils import render_jinja_template
    talks = [[ASK], [ASK, ANSWER], [ASK, ANSWER, MORE], [ASK, ANSWER, MORE, END]]
    count, different = 0, []
    for name, real, tokens, takes_system in KNOWN:
        cases = [(talk, None) for talk in talks]
        if name in KNOWN_TOOLS:
            cases += [(talk, PLAIN_TOOLS) for talk in KNOWN_TOOL_TALKS]
        if takes_system:
            cases += [([SYSTEM, *talk], tools) for talk, tools in cases]
        for talk, tools in cases:
            for prompt in (False, True):
                path = folder / "known.json"
                path.write_text(json.dumps({"messages": talk, **({"tools": tools} if tools else {})}))
                command = [mtp, "render", str(path), "--template", name, *(["--generation-prompt"] if prompt else [])]
                ours = subprocess.run(command, capture_output=True, check=True).stdout.decode()
                theirs = render_jinja_template([talk], tools=tools, chat_template=found[real],
                                               add_generation_prompt=prompt, **tokens)[0][0]
                count += 1
                if ours != theirs:
                    different.append(f"{name}, {real}:\n  here  {ours!r}\n  there {theirs!r}")
    return count, different


def mask_of(found):
    mask = [0] * len(found["text"])
    for start, end in found.get("mask", []):
        mask[start:end] = [1] * (end - start)
    return mask


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mtp", required=True)
    parser.add_argument("--cache", required=True)
    parser.add_argument("--show", type=int, default=40, help="how many differences to show")
    parser.add_argument("--only", help="only templates whose name holds this")
    arguments = parser.parse_args()
    freeze_time()
    fast = tokenizer()
    work = []
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        found = templates(arguments.cache)
        for name, source in sorted(found.items()):
            if arguments.only and arguments.only not in name:
                continue
            path = scratch / name
            path.write_text(source, newline="")
            for case in CASES:
                work.append((path, source, case))

        def both(item):
            path, source, (name, messages, options) = item
            mask = "{% generation" in source.replace("{%-", "{%") and "continue_final_message" not in options
            return actual(arguments.mtp, scratch, path, messages, options, mask), mask

        with ThreadPoolExecutor(4) as pool:
            results = list(pool.map(both, work))
        known, other = known_by_name(arguments.mtp, scratch, found)
    counts = {"texts": 0, "equal": 0, "errors": 0, "also errors": 0, "masks": 0, "equal masks": 0}
    shown = []
    for (path, source, (name, messages, options)), (ours, mask) in zip(work, results):
        theirs = expected(fast, source, messages, options, mask)
        what = f"{path.name}, {name}"
        if "error" in theirs:
            counts["errors"] += 1
            if "error" in ours:
                counts["also errors"] += 1
            else:
                shown.append(f"{what}: renders here; there {theirs['error'][:200]}")
            continue
        counts["texts"] += 1
        if ours.get("text") == theirs["text"]:
            counts["equal"] += 1
        elif theirs["text"].strip() == "" and "as nothing" in ours.get("error", "").replace("\n  │", ""):
            # A text of nothing is refused here, on purpose.
            counts["equal"] += 1
            continue
        elif "error" in ours:
            shown.append(f"{what}: an error here:\n{ours['error'][:600]}")
            continue
        else:
            at = next((at for at, (a, b) in enumerate(zip(ours["text"], theirs["text"])) if a != b),
                      min(len(ours["text"]), len(theirs["text"])))
            shown.append(f"{what}: differs at {at}:\n  here  {ours['text'][max(0, at - 60):at + 60]!r}\n"
                         f"  there {theirs['text'][max(0, at - 60):at + 60]!r}")
            continue
        if mask:
            counts["masks"] += 1
            if mask_of(ours) == theirs["mask"]:
                counts["equal masks"] += 1
            else:
                shown.append(f"{what}: another mask: here {ours.get('mask')}, there {theirs['spans']}")
    for line in shown[:arguments.show]:
        print(line)
    if len(shown) > arguments.show:
        print(f"… and {len(shown) - arguments.show} more")
    print(f"{len(found)} templates, {len(CASES)} conversations each")
    texts = counts["equal"] / max(1, counts["texts"])
    errors = counts["also errors"] / max(1, counts["errors"])
    print(f"texts equal: {counts['equal']} of {counts['texts']} ({texts:.2%})")
    print(f"errors where transformers has one: {counts['also errors']} of {counts['errors']} ({errors:.2%})")
    print(f"masks equal: {counts['equal masks']} of {counts['masks']}")
    print(f"templates known by name: {known - len(other)} of {known} texts equal")
    print(*other, sep="\n")
    if other or texts < 0.995 or errors < 0.95 or counts["masks"] != counts["equal masks"]:
        sys.exit("chat_templates.py: too many differences")


if __name__ == "__main__":
    main()
