"""Runs one command for `measure.py`; prints its seconds, its exit code and the most memory that it held, in KiB.

    python -I -S spawn.py STDOUT STDERR COMMAND…

Linux counts the memory of the process that starts another one as memory of that one. So this is a process of its
own, which imports next to nothing.
"""

import posix
import sys
import time

_, *logs, program = sys.argv[:4]
streams = [(posix.POSIX_SPAWN_OPEN, 0, "/dev/null", posix.O_RDONLY, 0)]
for stream, log in enumerate(logs, 1):
    streams.append((posix.POSIX_SPAWN_OPEN, stream, log, posix.O_WRONLY | posix.O_CREAT | posix.O_TRUNC, 0o644))
started = time.perf_counter()
process = posix.posix_spawnp(program, sys.argv[3:], posix.environ, file_actions=streams)
_, status, usage = posix.wait4(process, 0)
seconds = time.perf_counter() - started
print(seconds, posix.waitstatus_to_exitcode(status), usage.ru_maxrss)
