#!/usr/bin/env python3
"""How fast `mtp export` writes rows, and what memory it takes.

The protocols are those of protocols.py, their samples in JSON Lines; every format of --to is written once, and the
rate is that of the bytes written, from the start of the process to its end; a second one is that by the seconds of
all processors together, which other work on the machine does not change much. The rows go to --folder, which may be
in memory, so that no disk is measured.

    python3 benches/rows.py --mtp target/release/mtp --samples 1000000 --folder /dev/shm/rows
"""

from __future__ import annotations

import argparse
import resource
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


def processor_seconds() -> float:
    """What the processes that have ended took, the system's part with theirs."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


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
    print("| `mtp export --to` | MB | s | MB/s | processor s | MB a processor s | peak MB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
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
        before = processor_seconds()
        measure.run(program)
        busy = processor_seconds() - before
        megabytes = size[0] / measure.MEGABYTE
        seconds = program.time()
        peak = program.peak / measure.MEGABYTE
        name = " ".join(Path(word).name for word in words)
        rates = f"{seconds:.2f} | {megabytes / seconds:.0f} | {busy:.2f} | {megabytes / busy:.0f}"
        print(f"| {name} | {megabytes:.0f} | {rates} | {peak:.0f} |", flush=True)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
