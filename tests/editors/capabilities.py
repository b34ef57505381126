"""What language servers announce that they can do: a table for docs/comparison.md.

    python tests/editors/capabilities.py NAME=COMMAND …

Each command is started, asked by `initialize`, and ended:

    python tests/editors/capabilities.py 'mtp=mtp lsp' 'ruff=ruff server' 'buf=buf lsp serve' \\
        'taplo=taplo lsp stdio' 'zizmor=zizmor --lsp' \\
        'yaml-language-server=node_modules/.bin/yaml-language-server --stdio'
"""

import json
import shlex
import subprocess
import sys

ROWS = {
    "completion": "completionProvider",
    "hover": "hoverProvider",
    "definition": "definitionProvider",
    "references": "referencesProvider",
    "rename": "renameProvider",
    "actions": "codeActionProvider",
    "formatting": "documentFormattingProvider",
    "symbols": "documentSymbolProvider",
    "folding": "foldingRangeProvider",
    "semantic tokens": "semanticTokensProvider",
}

#: A client that can do everything, since some servers announce only what it knows.
CLIENT = {
    "textDocument": {
        "completion": {"completionItem": {"snippetSupport": True}},
        "hover": {"contentFormat": ["markdown"]},
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}},
        "rename": {"prepareSupport": True},
        "publishDiagnostics": {},
        "foldingRange": {},
        "semanticTokens": {"requests": {"full": True}, "tokenTypes": [], "tokenModifiers": [], "formats": ["relative"]},
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
    },
    "general": {"positionEncodings": ["utf-8", "utf-16", "utf-32"]},
    "workspace": {"configuration": True, "workspaceFolders": True},
}


def announced(command: str) -> dict:
    process = subprocess.Popen(shlex.split(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    params = {"processId": None, "rootUri": None, "capabilities": CLIENT, "workspaceFolders": None}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}).encode()
    process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    process.stdin.flush()
    try:
        while True:
            length = 0
            while (line := process.stdout.readline()).strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            message = json.loads(process.stdout.read(length))
            if message.get("id") == 1:
                return message["result"]["capabilities"]
    finally:
        process.kill()


def main() -> None:
    servers = dict(argument.split("=", 1) for argument in sys.argv[1:])
    found = {name: announced(command) for name, command in servers.items()}
    print(f"| | {' | '.join(found)} |")
    print(f"| --- |{' --- |' * len(found)}")
    for row, key in ROWS.items():
        # An empty object says yes, without options.
        given = [capabilities.get(key, False) for capabilities in found.values()]
        cells = ["no" if value in (False, None) else "yes" for value in given]
        print(f"| {row} | {' | '.join(cells)} |")
    encodings = [str(capabilities.get("positionEncoding", "utf-16")) for capabilities in found.values()]
    print(f"| positions, if UTF-8 is preferred | {' | '.join(encodings)} |")


if __name__ == "__main__":
    main()
