"""How long after a keystroke the findings of a large spec are there.

    python3 benches/keystrokes.py --mtp target/release/mtp [--samples 10000]

Starts `mtp lsp`, opens a spec in YAML, types letters into one of its samples, and prints the
median and the largest time from the change to the findings of that very text.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time


def spec(samples: int) -> str:
    lines = ["name: large", "inputs: 1", "context:"]
    lines += [f"  - Line {number} of the background." for number in range(10)]
    lines += ["tokens:", "  Asker:", "  Keeper:", "  Bye: { type: final }", "instructions:", "  ask:"]
    lines += ["    input: [[Asker]]", "    output: [Keeper]", "    final: Bye", "    samples:"]
    for number in range(samples):
        question = f"What does the keeper say of tree {number} in the garden behind the house?"
        lines.append(f'      - {{ input: ["{question}"], output: "Tree {number} is an old one." }}')
    return "\n".join(lines) + "\n"


class Client:
    def __init__(self, mtp: pathlib.Path) -> None:
        self.process = subprocess.Popen([mtp, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def send(self, method: str, params: object, **more: object) -> None:
        body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def read(self) -> dict:
        length = 0
        while (line := self.process.stdout.readline()) != b"\r\n":
            length = int(line.split(b":")[1])
        return json.loads(self.process.stdout.read(length))

    def processor_time(self) -> float:
        """Seconds that the server has used; 0 where the system does not tell."""
        try:
            stat = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text()
        except OSError:
            return 0.0
        user, system = stat.rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def findings(self, version: int) -> list:
        while True:
            message = self.read()
            if message.get("params", {}).get("version") == version:
                return message["params"]["diagnostics"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mtp", type=pathlib.Path, required=True)
    parser.add_argument("--samples", type=int, default=10_000)
    parser.add_argument("--keys", type=int, default=40)
    arguments = parser.parse_args()
    text = spec(arguments.samples)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "large.yaml"
        path.write_text(text)
        client = Client(arguments.mtp)
        client.send("initialize", {"capabilities": {}}, id=1)
        client.read()
        document = {"uri": path.as_uri(), "version": 0}
        client.send("textDocument/didOpen", {"textDocument": {**document, "languageId": "yaml", "text": text}})
        client.findings(0)
        line = text[: text.index("Tree 5 is")].count("\n")
        times, before = [], client.processor_time()
        for version in range(1, arguments.keys + 1):
            place = {"line": line, "character": 30}
            change = {"range": {"start": place, "end": place}, "text": "x"}
            start = time.perf_counter()
            client.send(
                "textDocument/didChange",
                {"textDocument": {**document, "version": version}, "contentChanges": [change]},
            )
            client.findings(version)
            times.append((time.perf_counter() - start) * 1000)
        used = (client.processor_time() - before) * 1000 / len(times)
        client.process.kill()
    print(f"{arguments.samples} samples, {len(text)} bytes: {len(times)} keystrokes, ", end="")
    print(f"median {statistics.median(times):.1f} ms, largest {max(times):.1f} ms", end="")
    print(f", {used:.1f} ms of processor time each" if before else "")


if __name__ == "__main__":
    main()
