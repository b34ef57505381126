"""Completion in the shells themselves: each loads the script of `mtp completions`, is given
the start of a line, and has to offer what belongs there. The manual pages are read by `man`.

    python3 tests/shells/complete.py --mtp target/release/mtp

Needs bash, zsh, fish, elvish and man-db.
"""

import argparse
import fcntl
import os
import pathlib
import pty
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

#: The start of a line, and what has to be offered for its last word.
CASES = [
    ("mtp val", "validate"),
    ("mtp explain undefined-tok", "undefined-token"),
    ("mtp explain undefined-tok", "undefined-token-set"),
    ("mtp validate --rule long-te", "long-text=warn"),
    ("mtp validate --output-for", "--output-format"),
    ("mtp validate --output-format sar", "sarif"),
    ("mtp build spe", "spec.yaml"),
    ("mtp fmt --ch", "--check"),
    ("mtp completions z", "zsh"),
    ("mtp schema mod", "model"),
    ("mtp init --kind state-", "state-machine"),
    ("mtp man va", "validate"),
    ("mtp man gguf-", "gguf-info"),
    ("mtp man -o man", "manuals/"),
    ("mtp man --out-dir=man", "manuals/"),
    # Behind a path.
    ("mtp build spec.yaml --ch", "--check"),
    ("mtp validate spec.yaml --output-format sar", "sarif"),
    ("mtp validate --output-format=sar", "sarif"),
    ("mtp validate --rule=long-te", "long-text=warn"),
]

#: What bash alone takes for several words.
OF_BASH = [("mtp validate --rule long-text=wa", "long-text=warn")]


def bash(folder: pathlib.Path, script: pathlib.Path, line: str) -> str:
    """Types into a terminal, with the words as readline makes them."""
    (folder / "bashrc").write_text(
        f"PS1='ready> '\nsource {script}\nbind 'set enable-bracketed-paste off'\n"
        "bind 'set completion-query-items 0'\nbind 'set page-completions off'\nbind 'set bell-style none'\nbind 'set show-all-if-ambiguous on'\n"
    )
    command = ["bash", "--noprofile", "--rcfile", str(folder / "bashrc"), "-i"]
    return typed(folder, command, "ready> ", line, "\t")


def elvish(folder: pathlib.Path, script: pathlib.Path, line: str) -> str:
    (folder / "rc.elv").write_text(
        f"use str\neval (slurp < {script})\nset edit:prompt = {{ put 'ready> ' }}\nset edit:rprompt = {{ }}\n"
    )
    return typed(folder, ["elvish", "-rc", str(folder / "rc.elv")], "ready> ", line)


def fish(folder: pathlib.Path, script: pathlib.Path, line: str) -> str:
    return run(["fish", "--no-config", "-c", f"source {script}; complete -C '{line}'"], folder)


def zsh(folder: pathlib.Path, script: pathlib.Path, line: str) -> str:
    """Types into a terminal, since only there does zsh complete."""
    functions = folder / "functions"
    functions.mkdir(exist_ok=True)
    shutil.copy(script, functions / "_mtp")
    (folder / ".zshrc").write_text(
        f"PS1='ready> '\nfpath=({functions} $fpath)\nautoload -Uz compinit\ncompinit -u -D\n"
        "setopt no_list_beep list_ambiguous\nLISTMAX=10000\n"
        # Whatever the word may become is printed, and the line is left as it is.
        "zstyle ':completion:*' list-prompt ''\n"
    )
    return typed(folder, ["zsh", "-i"], "ready> ", line)


def typed(folder: pathlib.Path, command: list[str], prompt: str, line: str, tabs: str = "\t\t") -> str:
    """What an interactive shell shows for the start of a line and tabs."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.environ.update(ZDOTDIR=str(folder), HOME=str(folder), TERM="dumb", COLUMNS="200", LINES="500")
        if command[0] == "elvish":
            os.environ.update(TERM="xterm")
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 500, 200, 0, 0))
    try:
        wait_for(terminal, prompt)
        os.write(terminal, f"{line}{tabs}".encode())
        return wait_for(terminal, None)
    finally:
        os.write(terminal, b"\x03exit\n")
        os.close(terminal)
        os.kill(child, signal.SIGHUP)
        os.waitpid(child, 0)


def wait_for(terminal: int, text: str | None) -> str:
    """What a terminal shows until `text` comes, or until nothing comes any more."""
    seen = ""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        ready, _, _ = select.select([terminal], [], [], 1.5 if text is None else 20)
        if not ready:
            break
        try:
            seen += os.read(terminal, 65536).decode(errors="replace")
        except OSError:
            break
        if text is not None and text in seen:
            break
    return seen


def run(command: list[str], folder: pathlib.Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    return done.stdout + done.stderr


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mtp", type=pathlib.Path, required=True)
    mtp = parser.parse_args().mtp.resolve()
    os.environ["PATH"] = f"{mtp.parent}{os.pathsep}{os.environ['PATH']}"
    failures = []
    for name, shell in (("bash", bash), ("fish", fish), ("zsh", zsh), ("elvish", elvish)):
        with tempfile.TemporaryDirectory() as temporary:
            folder = pathlib.Path(temporary)
            (folder / "spec.yaml").write_text("name: x\n")
            (folder / "manuals").mkdir()
            script = folder / f"completions.{name}"
            script.write_bytes(subprocess.check_output([mtp, "completions", name]))
            for line, wanted in CASES + (OF_BASH if name == "bash" else []):
                offered = shell(folder, script, line)
                if wanted not in offered.replace(line, "", 1):
                    # Where there is but one way to go on, zsh writes it behind the word.
                    last = line.rsplit(" ", 1)[1]
                    last = last if wanted.startswith(last) else last.rsplit("=", 1)[1]
                    rest = wanted.removeprefix(last)
                    if name == "fish" or line + rest not in offered.replace("\x07", ""):
                        failures.append(f"{name}: `{line}` does not offer `{wanted}`:\n{offered!r}")
    # No Debian has it.
    script = subprocess.check_output([mtp, "completions", "powershell"], text=True)
    for wanted in ("'validate'", "'mtp;explain' = @(", "'undefined-token'", "'long-text=warn'", "$paths -contains $own"):
        if wanted not in script:
            failures.append(f"powershell: the script has no {wanted}")
    with tempfile.TemporaryDirectory() as temporary:
        subprocess.check_call([mtp, "man", "-o", temporary])
        pages = sorted(pathlib.Path(temporary).iterdir())
        for page in pages:
            shown = run(["man", "-l", str(page)], page.parent)
            sections = ["NAME", "EXIT STATUS", *([] if page.stem == "mtp" else ["SEE ALSO"])]
            if any(section not in shown for section in sections) or page.stem not in shown or "EXTRA" in shown:
                failures.append(f"man cannot show {page.name}:\n{shown[:300]}")
        if len(pages) < 10:
            failures.append(f"only {len(pages)} manual pages")
    print("\n".join(failures) or f"{4 * len(CASES) + len(OF_BASH)} completions and {len(pages)} manual pages are right.")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
