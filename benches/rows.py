#!/usr/bin/env python3
"""How fast `mtp export` writes rows, and what memory it takes.

The protocols are those of protocols.py, their samples in JSON Lines; every format of --to is written once, and the
rate is that of the bytes written, from the start of the process to its end. The rows go to --folder, which may be in
memory, so that no disk is measured.

    python3 benches/rows.py --mtp target/release/mtp --samples 1000000 --folder /dev/shm/rows
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import measure
import protocols

FORMATS = [
    ["openai"],
    ["openai", "--final", "tool"],
    ["sharegpt"],
    ["alpaca"],
    ["airoboros"],
    ["prompt-completion"],
    ["text", "-t", "chatml"],
    ["text", "-t", "llama3"],
    ["segments", "-t", "mistral"],
    ["prompt-completion", "-t", "llama3"],
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mtp", type=Path, required=True)
    parser.add_argument("--samples", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, required=True, help="where inputs and rows are written; emptied")
    parser.add_argument("--template", type=Path, help="measure also rows of text by this template file")
    arguments = parser.parse_args()
    folder = arguments.folder
    shutil.rmtree(folder, ignore_errors=True)
    protocols.write_samples(folder / "input", arguments.samples, ("jsonl",))
    spec = folder / "input" / "from-jsonl.yaml"
    formats = FORMATS + ([["text", "-t", str(arguments.template)]] if arguments.template else [])
    print("| `mtp export --to` | MB | s | MB/s | peak MB |\n| --- | ---: | ---: | ---: | ---: |")
    for words in formats:
        out = folder / "out"
        rows = out / "rows.jsonl"
        size = []
        program = measure.Program(
            " ".join(words),
            [arguments.mtp.resolve(), "export", spec, "--to", *words, "-o", rows],
            out,
            check=lambda: size.append(rows.stat().st_size),
        )
        measure.run(program)
        megabytes = size[0] / measure.MEGABYTE
        seconds = program.time()
        peak = program.peak / measure.MEGABYTE
        name = " ".join(Path(word).name for word in words)
        print(f"| {name} | {megabytes:.0f} | {seconds:.2f} | {megabytes / seconds:.0f} | {peak:.0f} |", flush=True)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
