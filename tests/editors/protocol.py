"""`mtp lsp` with a client library that other editors' plugins are tested with: pygls. Every
answer is read into the types of the protocol, so that an answer of another shape fails.

    python tests/editors/protocol.py --mtp target/release/mtp

Needs pygls beside the Python that runs it.
"""

import argparse
import asyncio
import pathlib
import random
import shutil
import tempfile

from lsprotocol import types
from pygls.lsp.client import LanguageClient

ROOT = pathlib.Path(__file__).resolve().parents[2]
LETTERS = "aé🫥 \n-:[]{}\"'#&*"


class Editor:
    """A client with the texts it has open."""

    def __init__(self, encoding: types.PositionEncodingKind) -> None:
        self.client = LanguageClient("editor", "1")
        self.encoding = encoding
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.found: asyncio.Queue = asyncio.Queue()
        self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda found: self.found.put_nowait(found))

    async def start(self, mtp: pathlib.Path) -> types.InitializeResult:
        await self.client.start_io(str(mtp), "lsp", "--stdio")
        general = types.GeneralClientCapabilities(position_encodings=[self.encoding])
        capabilities = types.ClientCapabilities(general=general)
        params = types.InitializeParams(capabilities=capabilities, process_id=None, root_uri=None)
        result = await self.client.initialize_async(params)
        self.client.initialized(types.InitializedParams())
        assert result.capabilities.position_encoding == self.encoding, result
        return result

    async def stop(self) -> None:
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()

    def open(self, path: pathlib.Path) -> str:
        uri, text = path.as_uri(), path.read_text()
        self.texts[uri], self.versions[uri] = text, 1
        item = types.TextDocumentItem(uri, path.suffix[1:], 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    def units(self, text: str) -> int:
        if self.encoding == types.PositionEncodingKind.Utf8:
            return len(text.encode())
        if self.encoding == types.PositionEncodingKind.Utf16:
            return len(text.encode("utf-16-le")) // 2
        return len(text)

    def position(self, uri: str, offset: int) -> types.Position:
        before = self.texts[uri][:offset]
        return types.Position(before.count("\n"), self.units(before[before.rfind("\n") + 1 :]))

    def edit(self, uri: str, *changes: tuple[int, int, str]) -> None:
        """Replaces parts of a text, each of what the one before left."""
        events = []
        for start, end, new in changes:
            range_ = types.Range(self.position(uri, start), self.position(uri, end))
            events.append(types.TextDocumentContentChangePartial(range=range_, text=new))
            text = self.texts[uri]
            self.texts[uri] = text[:start] + new + text[end:]
        self.versions[uri] += 1
        document = types.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, events))

    async def findings(self, uri: str) -> list[types.Diagnostic]:
        """Those of the newest text."""
        while True:
            found = await asyncio.wait_for(self.found.get(), 60)
            if found.uri == uri and found.version == self.versions[uri]:
                return list(found.diagnostics)

    def at(self, uri: str, part: str) -> dict:
        return {
            "text_document": types.TextDocumentIdentifier(uri),
            "position": self.position(uri, self.texts[uri].index(part)),
        }


def shape(found: list[types.Diagnostic]) -> list[tuple]:
    return [(one.code, one.range.start.line, one.range.start.character, one.message) for one in found]


async def answers(editor: Editor, folder: pathlib.Path) -> None:
    """Every kind of question about a spec of several files."""
    spec = editor.open(folder / "harbour.yaml")
    assert await editor.findings(spec) == []
    client = editor.client
    document = types.TextDocumentIdentifier(spec)
    hover = await client.text_document_hover_async(types.HoverParams(**editor.at(spec, "Wait]")))
    assert "token **Wait**" in hover.contents.value, hover
    params = types.DefinitionParams(**editor.at(spec, "Wait]"))
    (defined,) = await client.text_document_definition_async(params)
    assert defined.uri.endswith("parts/words.yaml"), defined
    context = types.ReferenceContext(include_declaration=True)
    params = types.ReferenceParams(context=context, **editor.at(spec, "Wait]"))
    used = await client.text_document_references_async(params)
    assert len({place.uri for place in used}) >= 3, used
    params = types.RenameParams(new_name="Stay", **editor.at(spec, "Wait]"))
    renamed = await client.text_document_rename_async(params)
    assert set(renamed.changes) == {place.uri for place in used}, renamed
    params = types.DocumentSymbolParams(document)
    symbols = await client.text_document_document_symbol_async(params)
    assert symbols and symbols[0].name == "name", symbols
    folds = await client.text_document_folding_range_async(types.FoldingRangeParams(document))
    assert folds
    tokens = await client.text_document_semantic_tokens_full_async(types.SemanticTokensParams(document))
    assert tokens.data and len(tokens.data) % 5 == 0
    options = types.FormattingOptions(tab_size=2, insert_spaces=True)
    params = types.DocumentFormattingParams(document, options)
    assert not await client.text_document_formatting_async(params), "an example is laid out"
    gap = editor.texts[spec].index("inputs: ") + len("inputs: ")
    editor.edit(spec, (gap, gap, "  "))
    await editor.findings(spec)
    (edit,) = await client.text_document_formatting_async(params)
    assert "inputs: 2" in edit.new_text, edit
    editor.edit(spec, (gap, gap + 2, ""))
    await editor.findings(spec)
    start = editor.texts[spec].index("Wait]")
    editor.edit(spec, (start, start + 4, "Wiat"))
    found = await editor.findings(spec)
    (wrong,) = [one for one in found if one.code == "undefined-token"]
    params = types.CodeActionParams(document, wrong.range, types.CodeActionContext([wrong]))
    actions = await client.text_document_code_action_async(params)
    assert any(action.edit for action in actions), actions
    completed = await client.text_document_completion_async(types.CompletionParams(**editor.at(spec, "Wiat]")))
    labels = [item.label for item in completed]
    assert "Wait" in labels, labels
    editor.edit(spec, (start, start + 4, "Wait"))
    assert await editor.findings(spec) == []


async def edits(editor: Editor, folder: pathlib.Path, random_: random.Random) -> None:
    """After any changes the findings are those of the text that they make."""
    uri = editor.open(folder / "wonderland.yaml")
    await editor.findings(uri)
    for _ in range(200):
        changes, text = [], editor.texts[uri]
        for _ in range(random_.randint(1, 4)):
            start = random_.randrange(len(text) + 1)
            end = min(len(text), start + random_.choice([0, 0, 1, 3, 40]))
            new = "".join(random_.choices(LETTERS, k=random_.randint(0, 3)))
            changes.append((start, end, new))
            text = text[:start] + new + text[end:]
        editor.edit(uri, *changes)
        after_edits = await editor.findings(uri)
        # The same text at once.
        whole = types.TextDocumentContentChangeWholeDocument(text=editor.texts[uri])
        editor.versions[uri] += 1
        document = types.VersionedTextDocumentIdentifier(editor.versions[uri], uri)
        editor.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [whole]))
        assert shape(await editor.findings(uri)) == shape(after_edits), changes


async def run(mtp: pathlib.Path, seed: int) -> None:
    for encoding in types.PositionEncodingKind:
        with tempfile.TemporaryDirectory() as temporary:
            folder = pathlib.Path(temporary).resolve()
            shutil.copytree(ROOT / "specs/split", folder, dirs_exist_ok=True)
            shutil.copy(ROOT / "specs/wonderland.yaml", folder)
            (folder / "mtp.toml").touch()
            editor = Editor(encoding)
            await editor.start(mtp)
            await answers(editor, folder)
            await edits(editor, folder, random.Random(seed))
            await editor.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mtp", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    asyncio.run(run(arguments.mtp.resolve(), arguments.seed))
    print("Every answer is one of the protocol's, in UTF-8, UTF-16 and UTF-32.")


if __name__ == "__main__":
    main()
