//! The language server while somebody edits: every request gets an answer, no answer is a
//! mistake of ours, and every text is checked.

use mtp::lsp::{Project, Settings, serve};
use mtp::source::Files;
use serde_json::{Value, json};
use std::io::{self, BufReader, Read, Write};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// What is typed.
const PIECES: [&str; 16] = [
    "",
    "x",
    "\n",
    " ",
    "- ",
    ": ",
    "[",
    "{",
    "\"",
    "# mtp: allow(",
    "🫥",
    "&a ",
    "*a",
    "<<: ",
    "tokens",
    "\r\n",
];
const REQUESTS: [&str; 8] = [
    "hover",
    "definition",
    "references",
    "prepareRename",
    "rename",
    "completion",
    "codeAction",
    "formatting",
];
const OF_FILES: [&str; 3] = ["documentSymbol", "foldingRange", "semanticTokens/full"];
const URI: &str = "file:///there/is/no/such/folder/spec";
/// What takes longer is stuck.
const PATIENCE: Duration = Duration::from_secs(20);

/// A notation, how many steps of four bytes follow, the steps, and a text: first it is
/// opened, then edited and asked about.
pub fn lsp(data: &[u8]) {
    let [notation, count, rest @ ..] = data else {
        return;
    };
    let (ending, steps) = match notation {
        b't' => ("toml", usize::from(count % 32) * 4),
        b'j' => ("json", usize::from(count % 32) * 4),
        _ => ("yaml", usize::from(count % 32) * 4),
    };
    let Some((steps, text)) = rest.split_at_checked(steps) else {
        return;
    };
    let text = String::from_utf8_lossy(text);
    let uri = format!("{URI}.{ending}");
    let document = json!({ "uri": uri });
    let opened = json!({ "uri": uri, "languageId": ending, "version": 1, "text": text });
    let encoding = ["utf-8", "utf-16", "utf-32"][usize::from(*count) % 3];
    let encodings = json!({ "general": { "positionEncodings": [encoding] } });
    let mut script = Script::default();
    script.request("initialize", json!({ "capabilities": encodings }));
    script.notify("initialized", json!({}));
    script.notify("textDocument/didOpen", json!({ "textDocument": opened }));
    let mut version = 1;
    for step in steps.chunks_exact(4) {
        let [kind, line, column, length] = step else {
            continue;
        };
        let at = json!({ "line": line, "character": column });
        let kind = usize::from(*kind);
        if kind < 128 {
            version += 1;
            let end = json!({ "line": u32::from(*line) + u32::from(length / 64), "character": column.saturating_add(length % 64) });
            let change = json!([{ "range": { "start": at, "end": end }, "text": PIECES[kind % PIECES.len()] }]);
            let versioned = json!({ "uri": uri, "version": version });
            script.notify(
                "textDocument/didChange",
                json!({ "textDocument": versioned, "contentChanges": change }),
            );
        } else if let Some(what) = REQUESTS.get(kind % (REQUESTS.len() + OF_FILES.len())) {
            let params = json!({
                "textDocument": document, "position": at, "newName": "Neu", "context": { "includeDeclaration": true, "diagnostics": [] },
                "range": { "start": at, "end": at }, "options": { "tabSize": 2, "insertSpaces": true },
            });
            script.request(&format!("textDocument/{what}"), params);
        } else {
            let what = OF_FILES[kind % OF_FILES.len()];
            script.request(
                &format!("textDocument/{what}"),
                json!({ "textDocument": document }),
            );
        }
    }
    // Formatting reads the text as it is now; the end waits for its findings.
    let until = format!("\"version\":{version}");
    let mut end = Script {
        id: script.id,
        ..Script::default()
    };
    end.request("shutdown", Value::Null);
    end.notify("exit", Value::Null);
    let requests = end.id;
    let output = Output::default();
    let input = Input {
        first: script.bytes,
        then: end.bytes,
        at: 0,
        until,
        output: output.clone(),
    };
    let settings = Settings {
        project: &|_: &Path, _: &dyn Files| Project::default(),
        files: &|_| Vec::new(),
        version: "0",
    };
    let ended = serve(BufReader::new(input), output.clone(), &settings);
    assert!(ended.expect("a stream"), "it has not ended as it was told");
    let all = output.0.0.lock().expect("no panic");
    let all = String::from_utf8_lossy(&all);
    assert!(
        !all.contains("internal mistake"),
        "a mistake of ours: {all}"
    );
    assert_eq!(all.matches("\"id\":").count(), requests, "answers: {all}");
}

/// What a client sends.
#[derive(Default)]
struct Script {
    bytes: Vec<u8>,
    id: usize,
}

impl Script {
    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.bytes
            .extend(format!("Content-Length: {}\r\n\r\n{body}", body.len()).bytes());
    }

    fn request(&mut self, method: &str, params: Value) {
        self.id += 1;
        let id = self.id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
    }

    fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }
}

/// What the server sends.
#[derive(Clone, Default)]
struct Output(Arc<(Mutex<Vec<u8>>, Condvar)>);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.0.lock().expect("no panic").extend(bytes);
        self.0.1.notify_all();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a client sends, the end once the server has sent `until`.
struct Input {
    first: Vec<u8>,
    then: Vec<u8>,
    at: usize,
    until: String,
    output: Output,
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.first.len() && !self.then.is_empty() {
            let is_waiting = |out: &mut Vec<u8>| {
                !out.windows(self.until.len())
                    .any(|part| part == self.until.as_bytes())
            };
            let out = self.output.0.0.lock().expect("no panic");
            let (_out, waited) = self
                .output
                .0
                .1
                .wait_timeout_while(out, PATIENCE, is_waiting)
                .expect("no panic");
            assert!(!waited.timed_out(), "no findings of the last text");
            self.first = std::mem::take(&mut self.then);
            self.at = 0;
        }
        let count = buffer.len().min(self.first.len() - self.at);
        buffer[..count].copy_from_slice(&self.first[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}
