"""Completion in the shells themselves: each loads the script of `mtp completions`, is given
the start of a line, and has to offer what belongs there. The manual pages are read by `man`.

    python3 tests/shells/complete.py --mtp target/release/mtp

Needs bash, zsh, fish and man-db.
"""

import argparse
import os
import pathlib
import pty
import select
import shutil
import subprocess
import sys
import tempfile
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
]


def bash(folder: pathlib.Path, script: pathlib.Path, line: str) -> str:
    words = line.split(" ")
    program = f"""
        source {script}
        COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; COMP_LINE='{line}'
        _mtp mtp '{words[-1]}' '{words[-2]}'
        printf '%s\\n' "${{COMPREPLY[@]}}"
        # What the shell adds by itself where the script offers nothing: `-o default`.
        [ ${{#COMPREPLY[@]}} -gt 0 ] || compgen -f -- '{words[-1]}'
    """
    return run(["bash", "--norc", "-c", program], folder)


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
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.environ.update(ZDOTDIR=str(folder), TERM="dumb", COLUMNS="200", LINES="500")
        os.execvp("zsh", ["zsh", "-i"])
    try:
        wait_for(terminal, "ready> ")
        os.write(terminal, f"{line}\t\t".encode())
        return wait_for(terminal, None)
    finally:
        os.write(terminal, b"\x03exit\n")
        os.close(terminal)
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
    for name, shell in (("bash", bash), ("fish", fish), ("zsh", zsh)):
        with tempfile.TemporaryDirectory() as temporary:
            folder = pathlib.Path(temporary)
            (folder / "spec.yaml").write_text("name: x\n")
            script = folder / f"completions.{name}"
            script.write_bytes(subprocess.check_output([mtp, "completions", name]))
            for line, wanted in CASES:
                offered = shell(folder, script, line)
                if wanted not in offered.replace(line, "", 1):
                    # Where there is but one way to go on, zsh writes it behind the word.
                    rest = wanted.removeprefix(line.rsplit(" ", 1)[1])
                    if name != "zsh" or line + rest not in offered.replace("\x07", ""):
                        failures.append(f"{name}: `{line}` does not offer `{wanted}`:\n{offered!r}")
    for shell in ("powershell", "elvish"):
        script = subprocess.check_output([mtp, "completions", shell], text=True)
        if "undefined-token" not in script and "validate" not in script:
            failures.append(f"{shell}: the script knows no commands")
    with tempfile.TemporaryDirectory() as temporary:
        subprocess.check_call([mtp, "man", "-o", temporary])
        pages = sorted(pathlib.Path(temporary).iterdir())
        for page in pages:
            shown = run(["man", "-l", str(page)], page.parent)
            if "NAME" not in shown or page.stem not in shown:
                failures.append(f"man cannot show {page.name}:\n{shown[:300]}")
        if len(pages) < 10:
            failures.append(f"only {len(pages)} manual pages")
    print("\n".join(failures) or f"{3 * len(CASES)} completions and {len(pages)} manual pages are right.")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
