#!/usr/bin/env python3
"""Builds a spec in parts, as tasks of Ray, and compares what they join into with the build of one process.

    python -m pip install ray
    tests/reference/scale.py --mtp target/release/mtp [--samples 100000] [--parts 8]

It is not part of `.ci/run`, which does the same with bare processes: the engine takes a while to install.
"""

from __future__ import annotations

import argparse
import filecmp
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import ray

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benches"))
import protocols  # noqa: E402


def build(mtp: str, spec: Path, out: Path, *more: str) -> None:
    subprocess.run([mtp, "build", "-q", str(spec), "-o", str(out), *more], check=True)


@ray.remote(num_cpus=1)
def part(mtp: str, spec: Path, out: Path, shard: str) -> str:
    build(mtp, spec, out, "--shard", shard)
    return shard


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mtp", type=Path, required=True)
    parser.add_argument("--samples", type=int, default=100_000)
    parser.add_argument("--parts", type=int, default=8)
    options = parser.parse_args()
    mtp = str(options.mtp.resolve())
    ray.init(include_dashboard=False, log_to_driver=False, logging_level="error")
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        protocols.write_samples(at, options.samples, ("jsonl",))
        spec = at / "from-jsonl.yaml"
        build(mtp, spec, at / "whole")
        started = time.perf_counter()
        tasks = [part.remote(mtp, spec, at / "parts", f"{n}/{options.parts}") for n in range(1, options.parts + 1)]
        ray.get(tasks)
        built = time.perf_counter()
        files = sorted(map(str, (at / "parts").glob("*.part")))
        subprocess.run([mtp, "merge", "-q", str(spec), *files, "-o", str(at / "merged")], check=True)
        merged = time.perf_counter()
        names = sorted(path.name for path in (at / "whole").iterdir())
        _, wrong, missing = filecmp.cmpfiles(at / "whole", at / "merged", names, shallow=False)
        print(
            f"Ray {ray.__version__}: {options.samples:,} samples in {options.parts} tasks {built - started:.2f} s,"
            f" merge {merged - built:.2f} s; {', '.join(names)}: {'differ' if wrong or missing else 'the same bytes'}"
        )
        return int(bool(wrong or missing))


if __name__ == "__main__":
    sys.exit(main())
