"""GGUF files: what `mtp gguf info` reads, against the package gguf; numbers of tokens, against
those of llama.cpp.

The files are the real vocabularies in the source package of llama-cpp-python, which is downloaded and kept in
the folder of --cache; nothing of it is committed. Of every file all keys and values are compared. Of every file
that has texts (`.inp`) and their token ids (`.out`) beside it, these are compared with what `mtp tokens` counts.

    python tests/reference/gguf_files.py --mtp target/release/mtp --cache target/chat-templates
"""

import argparse
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from random import Random

import numpy
from gguf import GGUFReader, GGUFValueType
from gguf.constants import GGML_QUANT_SIZES

from chat_templates import archive_of

FOLDER = "/vendor/llama.cpp/models/"
TYPES = {
    GGUFValueType.UINT8: "u8", GGUFValueType.INT8: "i8", GGUFValueType.UINT16: "u16", GGUFValueType.INT16: "i16",
    GGUFValueType.UINT32: "u32", GGUFValueType.INT32: "i32", GGUFValueType.FLOAT32: "f32", GGUFValueType.BOOL: "bool",
    GGUFValueType.STRING: "string", GGUFValueType.UINT64: "u64", GGUFValueType.INT64: "i64",
    GGUFValueType.FLOAT64: "f64",
}


def files(cache, folder):
    """Puts the files of the package into a folder; the GGUF files among them."""
    with tarfile.open(archive_of(cache)) as archive:
        for member in archive:
            name = Path(member.name).name
            if FOLDER in "/" + member.name and ".gguf" in name:
                (folder / name).write_bytes(archive.extractfile(member).read())
    return sorted(folder.glob("*.gguf"))


def same(type_name, ours, theirs):
    """Whether two values are equal, floats as the file has them."""
    if type_name.endswith("f32"):
        return numpy.array_equal(numpy.float32(ours), numpy.float32(theirs), equal_nan=True)
    return ours == theirs


def compare_keys(mtp, path):
    """How many keys a file has, and what differs."""
    done = subprocess.run([mtp, "gguf", "info", str(path), "--json", "--kv"], capture_output=True, check=True)
    ours = json.loads(done.stdout)
    keys = ours["keys"]
    reader = GGUFReader(str(path))
    # What the package adds of the header itself.
    fields = {name: field for name, field in reader.fields.items() if not name.startswith("GGUF.")}
    different = [f"{path.name}: only one side has the key {name}" for name in keys.keys() ^ fields.keys()]
    if ours["gguf_version"] != reader.fields["GGUF.version"].contents():
        different.append(f"{path.name}: another version")
    for name in keys.keys() & fields.keys():
        field = fields[name]
        is_array = field.types[0] == GGUFValueType.ARRAY
        # Of an empty array the package does not tell the type.
        type_name = ("array of " if is_array else "") + (TYPES[field.types[-1]] if not is_array or len(field.types) > 1 else "")
        if not keys[name]["type"].startswith(type_name):
            different.append(f"{path.name}, {name}: {keys[name]['type']} here, {type_name} there")
        theirs = field.contents() if not is_array or len(field.data) else []
        if not same(type_name, keys[name]["value"], theirs):
            different.append(f"{path.name}, {name}: another value")
    return len(keys), different


# The vocabularies whose fixtures have to be equal; others may be refused, but not differ.
SUPPORTED = {"gpt-2", "mpt", "falcon", "starcoder", "refact", "command-r", "llama-bpe", "qwen2", "qwen35",
             "deepseek-llm", "deepseek-coder", "llama-spm", "phi-3", "bert-bge"}


def counted(mtp, folder, vocabulary, texts, *options):
    """The numbers of the tokens of every text, or what the command says against it."""
    paths = []
    for number, text in enumerate(texts):
        path = folder / f"text{number}"
        path.write_text(text, newline="")
        paths.append(str(path))
    command = [mtp, "tokens", *vocabulary, "--json", *options, "--text", *paths]
    done = subprocess.run(command, capture_output=True)
    if done.returncode:
        return done.stderr.decode()
    return [text["ids"] for text in json.loads(done.stdout)["texts"]]


def compare_tokens(mtp, folder, path):
    """How many texts were compared, whether the vocabulary is refused, and what differs."""
    given, wanted = Path(f"{path}.inp"), Path(f"{path}.out")
    texts = given.read_bytes().decode().split("\n__ggml_vocab_test__\n")
    if texts[-1] == "":
        # Behind the last mark.
        texts.pop()
    theirs = [[int(number) for number in line.split()] for line in wanted.read_text().split("\n")]
    ours = counted(mtp, folder, ["--gguf", str(path)], texts, "--no-special")
    if isinstance(ours, str):
        return 0, ours, []
    different = [f"{path.name}, {text!r}:\n  here  {here}\n  there {there}"
                 for text, here, there in zip(texts, ours, theirs) if here != there]
    return len(ours), None, different


def pipelines():
    """How texts are changed and split before pairs are joined: as the files of well-known models say, and otherwise."""
    from tokenizers import Regex, normalizers, pre_tokenizers

    def split(pattern, behavior="isolated", invert=False):
        return pre_tokenizers.Split(pattern, behavior, invert)

    numbers = split(Regex(r"\p{N}{1,3}"))
    words = split(Regex(r"(?i:'s|'t)|[^\r\n\p{L}\p{N}]?\p{L}+| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"))
    bytes_alone = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    spaces = [normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")]
    yield normalizers.NFC(), pre_tokenizers.ByteLevel(add_prefix_space=True)
    yield None, pre_tokenizers.Sequence([numbers, words, bytes_alone])
    yield normalizers.Sequence(spaces), None
    yield normalizers.Sequence([normalizers.Replace(Regex(r"\s+(?=\S)"), " "), *spaces]), bytes_alone
    yield normalizers.Sequence([normalizers.NFKD(), normalizers.Lowercase()]), pre_tokenizers.Metaspace()
    yield None, pre_tokenizers.Sequence([split(Regex(r"\w+"), "removed", True), split("e", "merged_with_next"), bytes_alone])


def compare_json(mtp, folder, path):
    """How many texts were counted by files that the package tokenizers wrote, and what differs."""
    from tokenizers import AddedToken, Tokenizer, models
    fields = GGUFReader(str(path)).fields
    vocabulary = {token: number for number, token in enumerate(fields["tokenizer.ggml.tokens"].contents())}
    merges = [tuple(merge.split(" ")) for merge in fields["tokenizer.ggml.merges"].contents()]
    texts = Path(f"{path}.inp").read_bytes().decode().split("\n__ggml_vocab_test__\n")
    texts += ["a <|endoftext|> b", "e\u0301 \u212b"]
    different, count = [], 0
    for normalizer, pre_tokenizer in pipelines():
        whole = Tokenizer(models.BPE(vocabulary, merges))
        if normalizer is not None:
            whole.normalizer = normalizer
        if pre_tokenizer is not None:
            whole.pre_tokenizer = pre_tokenizer
        whole.add_special_tokens([AddedToken("<|endoftext|>", lstrip=True)])
        # A row is counted as it is, whatever a trainer cuts off or fills up.
        whole.enable_truncation(5)
        whole.enable_padding(length=7)
        saved = folder / "tokenizer.json"
        whole.save(str(saved))
        whole.no_truncation()
        whole.no_padding()
        theirs = [whole.encode(text, add_special_tokens=False).ids for text in texts]
        ours = counted(mtp, folder, ["--tokenizer", str(saved)], texts)
        if isinstance(ours, str):
            different.append(ours)
            continue
        count += len(texts)
        different += [f"{normalizer}, {pre_tokenizer}, {text!r}: {here} here, {there} there"
                      for text, here, there in zip(texts, ours, theirs) if here != there]
    return count, different


def compare_damage(mtp, folder, path):
    """How many damaged copies of a file were read, and what was said that should not have been."""
    whole, copy, different, count = path.read_bytes(), folder / "damaged.gguf", [], 0
    random = Random(1)
    # The beginning, where counts stand, and here and there behind it.
    places = [*range(64), *sorted(random.randrange(64, len(whole)) for _ in range(64))]
    for place in places:
        for name, damaged in (
                ("cut off", whole[:place]),
                ("changed", whole[:place] + bytes([whole[place] ^ 1 << random.randrange(8)]) + whole[place + 1:])):
            copy.write_bytes(damaged)
            done = subprocess.run([mtp, "gguf", "info", str(copy)], capture_output=True, text=True)
            count += 1
            is_refused = done.returncode == 2 and " as GGUF: at byte " in done.stderr
            is_read = done.returncode in (0, 1) and name == "changed"
            if not is_refused and not is_read:
                different.append(f"{path.name}, {name} at {place}: {done.returncode}, {done.stderr}")
    return count, different


def compare_types(mtp):
    """What differs between the sizes of types here and those that the package knows."""
    known = {row[0]: row for row in quantisations()}
    different, count = [], 0
    for kind, (weights, size) in GGML_QUANT_SIZES.items():
        if kind.name == "Q8_1":
            # In no file; the package has the size that it once had in memory.
            continue
        count += 1
        row = known.get(kind.name)
        if row is None or (int(row[2]), int(row[3])) != (weights, size):
            different.append(f"type {kind.name}: {row} here, blocks of {weights} in {size} bytes there")
    return count, different


def quantisations():
    """The rows of the table in docs/gguf.md."""
    page = (Path(__file__).parent / "../../docs/gguf.md").read_text()
    for line in page.splitlines():
        cells = [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) >= 6:
            yield cells


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mtp", required=True)
    parser.add_argument("--cache", required=True)
    arguments = parser.parse_args()
    different = []
    with tempfile.TemporaryDirectory() as folder:
        found = files(arguments.cache, Path(folder))
        keys = 0
        for path in found:
            count, other = compare_keys(arguments.mtp, path)
            keys += count
            different += other
        print(f"{len(found)} GGUF files, {keys} keys: {len(different)} differences")
        texts, equal, supported = 0, 0, set()
        for path in found:
            if not Path(f"{path}.inp").exists():
                continue
            name = path.stem.removeprefix("ggml-vocab-")
            count, refused, other = compare_tokens(arguments.mtp, Path(folder), path)
            print(f"  {name}: " + (f"refused: {refused.strip()}" if refused else f"{count - len(other)} of {count} texts"))
            if not refused:
                supported.add(name)
            texts += count
            equal += count - len(other)
            different += other
        print(f"tokens: {equal} of {texts} texts equal, with {len(supported)} vocabularies")
        different += [f"{name} is refused" for name in SUPPORTED - supported]
        count, other = compare_json(arguments.mtp, Path(folder), Path(folder) / "ggml-vocab-gpt-2.gguf")
        print(f"tokenizer.json: {count - len(other)} of {count} texts equal")
        different += other
        count, other = compare_damage(arguments.mtp, Path(folder), Path(folder) / "ggml-vocab-bert-bge.gguf")
        print(f"{count} damaged files: {len(other)} not as expected")
        different += other
    types, other = compare_types(arguments.mtp)
    print(f"{types} types of tensors: {len(other)} differences")
    different += other
    print(*different[:40], sep="\n")
    if different or len(found) < 19:
        sys.exit("gguf_files.py: not as expected")


if __name__ == "__main__":
    main()
