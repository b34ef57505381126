"""Runs programs and says how long they took and how much memory they held. Knows nothing of what they do."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

MEGABYTE = 1_000_000
SPAWN = Path(__file__).with_name("spawn.py")
# A program whose run took this long is not run again: its noise is small beside it.
LONG = 20.0


class Unexpected(Exception):
    """A program that did not do what it was started for; there is nothing to measure then."""


@dataclass
class Program:
    """A command to measure."""

    name: str
    command: list[str | Path]
    out: Path
    """A folder of its own, which is empty when it starts and removed when it has ended."""
    code: int = 0
    tells_seconds: bool = False
    """It prints the seconds that count; otherwise those are counted from its start to its end."""
    timeout: float = 600.0
    check: Callable[[], None] = lambda: None
    """Looks at what it wrote, after the first run."""
    seconds: list[list[float]] = field(default_factory=list)
    """Of every run; several numbers where it prints several."""
    peak: int = 0
    """Bytes, the most of all runs."""
    gave_up: bool = False

    def time(self, index: int = 0) -> float | None:
        """The median of the seconds, if it ended at all."""
        return sorted(run[index] for run in self.seconds)[len(self.seconds) // 2] if self.seconds else None


def run(program: Program) -> None:
    """Runs it once."""
    shutil.rmtree(program.out, ignore_errors=True)
    program.out.mkdir(parents=True)
    logs = [program.out.with_suffix(".stdout"), program.out.with_suffix(".stderr")]
    command = [str(part) for part in program.command]
    spawn = [sys.executable, "-I", "-S", SPAWN, *logs, *command]
    helper = subprocess.Popen(spawn, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        told, _ = helper.communicate(timeout=program.timeout)
    except (subprocess.TimeoutExpired, KeyboardInterrupt) as error:
        # It may have ended by itself since.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(helper.pid, signal.SIGKILL)
        helper.wait()
        if isinstance(error, KeyboardInterrupt):
            raise
        program.gave_up = True
        return
    if helper.returncode != 0:
        raise Unexpected(f"{command[0]}: cannot be run")
    seconds, code, peak = map(float, told.split())
    if code != program.code:
        printed = "".join(log.read_text(errors="replace")[-2000:] for log in logs)
        raise Unexpected(f"{' '.join(command)}: exit code {code:.0f}\n{printed}")
    if not program.seconds:
        program.check()
    program.seconds.append(list(map(float, logs[0].read_text().split())) if program.tells_seconds else [seconds])
    program.peak = max(program.peak, int(peak) * 1024)
    shutil.rmtree(program.out)


def run_in_turn(programs: Iterable[Program], rounds: int) -> None:
    """Runs all of them, one after the other, `rounds` times, so that what else the machine does meets them alike."""
    for number in range(rounds):
        for program in programs:
            is_long = number > 0 and (program.gave_up or max(program.seconds[0]) > LONG)
            if not is_long:
                run(program)
