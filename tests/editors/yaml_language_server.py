"""The schema of specs in yaml-language-server, which many editors come with: it completes the
keys, shows what they are for, and marks what is wrong, by the line that `mtp init` writes.

    python tests/editors/yaml_language_server.py --mtp target/release/mtp --node-modules DIR

Needs pygls beside the Python that runs it, and npm's yaml-language-server in DIR.
"""

import argparse
import asyncio
import pathlib
import subprocess
import tempfile

from lsprotocol import types
from pygls.lsp.client import LanguageClient


async def run(mtp: pathlib.Path, server: pathlib.Path, folder: pathlib.Path) -> None:
    subprocess.run([mtp, "init", folder], check=True, capture_output=True)
    spec = folder / "library.yaml"
    client = LanguageClient("editor", "1")
    found: asyncio.Queue = asyncio.Queue()
    client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda message: found.put_nowait(message))
    client.feature(types.CLIENT_REGISTER_CAPABILITY)(lambda params: None)
    client.feature(types.WORKSPACE_CONFIGURATION)(lambda params: [{} for _ in params.items])
    await client.start_io("node", str(server), "--stdio")
    markdown = [types.MarkupKind.Markdown]
    document = types.TextDocumentClientCapabilities(
        hover=types.HoverClientCapabilities(content_format=markdown),
        completion=types.CompletionClientCapabilities(),
        publish_diagnostics=types.PublishDiagnosticsClientCapabilities(),
    )
    await client.initialize_async(
        types.InitializeParams(
            capabilities=types.ClientCapabilities(text_document=document),
            process_id=None,
            root_uri=folder.as_uri(),
        )
    )
    client.initialized(types.InitializedParams())
    # What an editor sends from its settings.
    settings = {"yaml": {"completion": True, "hover": True, "validate": True, "schemaStore": {"enable": False}}}
    client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings))
    uri, text, version = spec.as_uri(), spec.read_text(), 1

    async def diagnostics() -> list[types.Diagnostic]:
        while True:
            message = await asyncio.wait_for(found.get(), 60)
            if message.uri == uri:
                return list(message.diagnostics)

    item = types.TextDocumentItem(uri, "yaml", version, text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    assert await diagnostics() == []

    async def change(new: str) -> list[types.Diagnostic]:
        nonlocal version
        version += 1
        whole = types.TextDocumentContentChangeWholeDocument(new)
        changed = types.VersionedTextDocumentIdentifier(version, uri)
        client.text_document_did_change(types.DidChangeTextDocumentParams(changed, [whole]))
        return await diagnostics()

    def at(whole: str, part: str, behind: bool = False) -> dict:
        offset = whole.index(part) + (len(part) if behind else 0)
        before = whole[:offset]
        position = types.Position(before.count("\n"), len(before) - before.rfind("\n") - 1)
        return {"text_document": types.TextDocumentIdentifier(uri), "position": position}

    for key, about in (("inputs:", "Number of input lines"), ("tokens:", "The words of the protocol"), ("samples:", "least three")):
        hover = await client.text_document_hover_async(types.HoverParams(**at(text, key)))
        assert hover and about in str(hover.contents), (key, hover)
    unknown = text.replace("inputs:", "imputs:")
    messages = [one.message for one in await change(unknown)]
    assert any("imputs" in message for message in messages), messages
    messages = [one.message for one in await change(text.replace("inputs: 1", "inputs: 0"))]
    assert messages, "a number that is too small"
    # What YAML reads as something else is text where mtp takes text.
    plain = text.replace("inputs:", "format: 2\ninclude: more.yaml\ninputs:", 1) + "\nrules:\n"
    plain = plain.replace("context:\n", "context:\n  - 5\n  - true\n", 1)
    assert await change(plain) == []
    messages = [one.message for one in await change(text.replace("name: library", "name: [library]", 1))]
    assert any('"string"' in message for message in messages), messages
    naming = text.replace("name: library", "name: ", 1)
    await change(naming)
    offered = await client.text_document_completion_async(types.CompletionParams(**at(naming, "name: ", True)))
    items = offered.items if hasattr(offered, "items") else offered
    assert not {"true", "false", "null"} & {one.label for one in items}, items
    begun = text.rstrip() + "\ngu\n"
    await change(begun)
    offered = await client.text_document_completion_async(types.CompletionParams(**at(begun, "\ngu", True)))
    items = offered.items if hasattr(offered, "items") else offered
    labels = {one.label for one in items}
    assert {"encrypt", "include", "rules"} <= labels, labels
    documented = [one for one in items if one.label == "encrypt"]
    assert "hashed" in str(documented[0].documentation), documented
    # What is written is the key, and nothing that would have to be taken out again.
    written = {one.label: one.insert_text for one in items}
    for key in ("include", "rules", "encrypt", "format"):
        assert written[key].strip(" \n-$1") == f"{key}:", (key, written[key])
    within = text.replace("  Close:", "  Open:\n    \n  Close:", 1)
    await change(within)
    offered = await client.text_document_completion_async(types.CompletionParams(**at(within, "Open:\n    ", True)))
    items = offered.items if hasattr(offered, "items") else offered
    assert {"type", "min", "desc"} <= {one.label for one in items}, items
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mtp", type=pathlib.Path, required=True)
    parser.add_argument("--node-modules", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    server = arguments.node_modules.resolve() / "yaml-language-server/bin/yaml-language-server"
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary).resolve()
        asyncio.run(run(arguments.mtp.resolve(), server, folder))
    print("yaml-language-server completes, shows and checks by the schema of specs.")


if __name__ == "__main__":
    main()
