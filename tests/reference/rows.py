"""The rows of `mtp export` as those read them that they are written for.

Every format, in every kind of file, is loaded with the package datasets; the rows of JSON Lines, JSON and
Parquet have to be the same. TRL takes them for what they are, and makes of messages the text that mtp
makes of them; LLaMA-Factory's converters make of them what they should, by the entries that mtp writes for it.

    python tests/reference/rows.py --mtp target/release/mtp [--parquet]
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

SPECS = ["tests/export/talk.yaml", "tests/export/light.yaml", "tests/export/tickets.yaml", "specs/wonderland.yaml"]
FORMATS = ["openai", "sharegpt", "alpaca", "airoboros", "prompt-completion", "text", "segments", "dpo-trl",
           "dpo-openai", "dpo-llamafactory", "kto", "kto-llamafactory"]
TEXT = ["text", "segments"]
TOOLS = ["openai", "prompt-completion", "dpo-trl", "dpo-openai", "kto"]


def variants():
    """Format and further options."""
    for name in FORMATS:
        yield name, ["--template", "chatml"] if name in TEXT else []
    for name in ["prompt-completion", "dpo-trl", "kto"]:
        yield name, ["--template", "mistral"]
    for name in TOOLS:
        yield name, ["--final", "tool"]


def plain(value):
    """Without what is missing, and with JSON texts read: Parquet and Arrow fill columns up."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def tools_read(row):
    for holder in (row, row.get("input") if isinstance(row.get("input"), dict) else {}):
        if isinstance(holder.get("tools"), str):
            holder["tools"] = json.loads(holder["tools"])
    return row


def check_trl(name, options, rows):
    """What TRL takes the rows for."""
    from trl.data_utils import is_conversational
    is_text = "--template" in options
    for row in rows:
        if name in ("openai", "prompt-completion", "dpo-trl", "kto"):
            assert is_conversational(row) != is_text, (name, row)
        if name == "dpo-trl":
            assert set(row) - {"tools"} == {"prompt", "chosen", "rejected"}, row
        if name == "kto":
            assert isinstance(row["label"], bool), row


QWEN = Path(__file__).parents[2] / "src/chat/template/builtin/qwen2.5.jinja"


def tokenizer():
    """A tokenizer that knows a chat template of mtp, and nothing else."""
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast
    fast = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.WordLevel({"<unk>": 0}, unk_token="<unk>")))
    fast.chat_template = QWEN.read_text()
    return fast


def check_trl_rendering(mtp, spec, fast):
    """TRL makes of rows of messages what mtp makes of the same samples as rows of text; how many rows."""
    from trl.data_utils import apply_chat_template

    def rows(*options):
        done = subprocess.run([mtp, "export", spec, *options], capture_output=True, text=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    count = 0
    for name in ["prompt-completion", "dpo-trl", "kto"]:
        for final in ["line", "tool"]:
            options = ["--to", name, "--final", final]
            messages = rows(*options, "--arguments", "object")
            texts = rows(*options, "--template", "qwen2.5")
            assert len(messages) == len(texts), (spec, options)
            for row, text in zip(messages, texts):
                made = apply_chat_template(row, fast, tools=row.pop("tools", None))
                assert made == text, (spec, options, made, text)
            count += len(texts)
    return count


def llama_factory():
    """The modules of LLaMA-Factory that turn rows into its own, without the rest, which wants torch."""
    import types
    from importlib import import_module, util
    from unittest.mock import MagicMock
    root = Path(util.find_spec("llamafactory").submodule_search_locations[0])
    for name in ["llamafactory", "llamafactory.data", "llamafactory.extras"]:
        package = types.ModuleType(name)
        package.__path__ = [str(root.joinpath(*name.split(".")[1:]))]
        sys.modules[name] = package
    for name in ["peft", "peft.utils", "llamafactory.extras.misc"]:
        sys.modules[name] = MagicMock()
    return import_module("llamafactory.data.converter"), import_module("llamafactory.data.parser")


LLAMA_FACTORY = ["openai", "sharegpt", "alpaca", "airoboros", "dpo-llamafactory", "kto-llamafactory"]


def check_llama_factory(modules, info, name, written):
    """What its converter makes of the rows, by the entry that mtp writes for it."""
    converter, parser = modules
    (entry,) = info.values()
    attributes = parser.DatasetAttr("file", dataset_name=entry["file_name"])
    attributes.join(entry)
    convert = converter.get_dataset_converter(attributes.formatting, attributes, None)
    for row in written:
        made = convert(row)
        if name == "openai":
            system, question, answer = (message["content"] for message in row["messages"])
        elif name in ("sharegpt", "kto-llamafactory"):
            system, question, answer = row["system"], *(turn["value"] for turn in row["conversations"])
        elif name == "alpaca":
            system, question, answer = row["system"], row["instruction"], row["output"]
        elif name == "airoboros":
            system, question, answer = row["system"], row["instruction"], row["response"]
        else:
            system, question, answer = row["system"], row["conversations"][0]["value"], row["chosen"]["value"]
        assert made["_system"] == system, (name, made)
        assert [turn["content"] for turn in made["_prompt"]] == [question], (name, made)
        # Of an answer that is good or bad, the place of the other one stays empty.
        at = int(name == "kto-llamafactory" and not row["kto_tag"])
        assert made["_response"][at]["content"] == answer, (name, made)
        if name == "kto-llamafactory":
            assert made["_response"][1 - at]["content"] == "", (name, made)
        assert made["_response"][0]["role"] == "assistant", (name, made)
        if name == "dpo-llamafactory":
            assert made["_response"][1]["content"] == row["rejected"]["value"], (name, made)
    return len(written)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mtp", required=True)
    parser.add_argument("--parquet", action="store_true", help="mtp has the feature parquet")
    arguments = parser.parse_args()
    from datasets import load_dataset
    from datasets.utils.logging import disable_progress_bar
    disable_progress_bar()
    kinds = ["jsonl", "json"] + (["parquet"] if arguments.parquet else [])
    files = rows_read = converted = rendered = 0
    fast = tokenizer()
    modules = llama_factory()
    with tempfile.TemporaryDirectory() as scratch:
        for spec in SPECS:
            rendered += check_trl_rendering(arguments.mtp, spec, fast)
            for number, (name, options) in enumerate(variants()):
                loaded = {}
                for kind in kinds:
                    path = Path(scratch) / f"{Path(spec).stem}-{number}.{kind}"
                    command = [arguments.mtp, "export", spec, "--to", name, "-o", str(path), *options]
                    done = subprocess.run(command, capture_output=True, text=True)
                    if "gives no rows" in done.stderr:
                        continue
                    if done.returncode != 0:
                        sys.exit(f"{command}: {done.stderr}")
                    builder = "parquet" if kind == "parquet" else "json"
                    data = load_dataset(builder, data_files=str(path), split="train", cache_dir=scratch)
                    loaded[kind] = [tools_read(plain(row)) for row in data]
                    files += 1
                    rows_read += len(data)
                if not loaded:
                    continue
                written = [json.loads(line) for line in (Path(scratch) / f"{Path(spec).stem}-{number}.jsonl").open()]
                for kind, rows in loaded.items():
                    expected = [plain(row) for row in written]
                    if rows != expected:
                        at = next(at for at, pair in enumerate(zip(rows, expected)) if pair[0] != pair[1])
                        sys.exit(f"{spec}, {name} {options}, {kind}, row {at}:\n{rows[at]}\n{expected[at]}")
                check_trl(name, options, written)
                if name in LLAMA_FACTORY and not options:
                    info, again = Path(scratch) / f"info-{number}.json", Path(scratch) / f"again-{number}.jsonl"
                    subprocess.run([arguments.mtp, "export", spec, "--to", name, "-o", str(again), "--force",
                                    "--dataset-info", str(info)], check=True, capture_output=True)
                    converted += check_llama_factory(modules, json.loads(info.read_text()), name, written)
    print(f"TRL made of {rendered} rows of messages the rows of text")
    print(f"LLaMA-Factory's converters made of {converted} rows what they should")
    print(f"datasets read {rows_read} rows from {files} files, all as they were written")


if __name__ == "__main__":
    main()
