//! An editor: it starts the server, sends messages and waits for the answers.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// What takes longer is stuck.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Client {
    child: Child,
    input: Option<ChildStdin>,
    output: Receiver<Value>,
    /// What came while something else was waited for.
    kept: Vec<Value>,
    last_id: i64,
    version: i64,
}

/// The address of a file.
pub(crate) fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

pub(crate) fn position(line: usize, character: usize) -> Value {
    json!({ "line": line, "character": character })
}

pub(crate) fn range(from: (usize, usize), to: (usize, usize)) -> Value {
    json!({ "start": position(from.0, from.1), "end": position(to.0, to.1) })
}

impl Client {
    /// Starts a server and nothing else.
    pub(crate) fn start() -> Client {
        let mut child = Command::new(env!("CARGO_BIN_EXE_mtp"))
            .args(["lsp", "--stdio"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a server");
        let (sender, output) = channel();
        let stdout = child.stdout.take().expect("a pipe");
        std::thread::spawn(move || {
            let mut stdout = BufReader::new(stdout);
            loop {
                let mut length = 0;
                loop {
                    let mut line = String::new();
                    if stdout.read_line(&mut line).unwrap_or(0) == 0 {
                        return;
                    }
                    if let Some(value) = line.strip_prefix("Content-Length: ") {
                        length = value.trim().parse().expect("a length");
                    }
                    if line == "\r\n" {
                        break;
                    }
                }
                let mut body = vec![0; length];
                if stdout.read_exact(&mut body).is_err() {
                    return;
                }
                let message = serde_json::from_slice(&body).expect("JSON");
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        Client {
            input: child.stdin.take(),
            child,
            output,
            kept: Vec::new(),
            last_id: 0,
            version: 0,
        }
    }

    /// Starts a server and agrees on an encoding of positions.
    pub(crate) fn open(encodings: &[&str]) -> Client {
        let mut client = Client::start();
        let general = json!({ "positionEncodings": encodings });
        let params =
            json!({ "capabilities": { "general": general }, "processId": null, "rootUri": null });
        let answer = client.request("initialize", params);
        let agreed = answer["result"]["capabilities"]["positionEncoding"].clone();
        let wanted = encodings.first().copied().unwrap_or("utf-16");
        assert_eq!(agreed, wanted, "{answer}");
        client.notify("initialized", json!({}));
        client
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("an open pipe");
        input.write_all(bytes).expect("a server that reads");
        input.flush().expect("a server that reads");
    }

    pub(crate) fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request and waits for its answer.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> Value {
        self.last_id += 1;
        let id = self.last_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        self.wait(|message| message["id"] == id)
    }

    /// The result of a request that has to have one.
    pub(crate) fn result(&mut self, method: &str, params: Value) -> Value {
        let answer = self.request(method, params);
        assert!(answer["error"].is_null(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// The next message of a kind; others are kept.
    pub(crate) fn wait(&mut self, is_wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.kept.iter().position(&is_wanted) {
            return self.kept.remove(at);
        }
        loop {
            let message = self.output.recv_timeout(PATIENCE).expect("an answer");
            if is_wanted(&message) {
                return message;
            }
            self.kept.push(message);
        }
    }

    pub(crate) fn did_open(&mut self, path: &Path, text: &str) {
        self.version += 1;
        let language = path.extension().and_then(|ending| ending.to_str());
        self.notify(
            "textDocument/didOpen",
            json!({ "textDocument": {
                "uri": uri(path), "languageId": language, "version": self.version, "text": text
            } }),
        );
    }

    pub(crate) fn did_change(&mut self, path: &Path, changes: Value) {
        self.version += 1;
        self.notify(
            "textDocument/didChange",
            json!({
                "textDocument": { "uri": uri(path), "version": self.version },
                "contentChanges": changes,
            }),
        );
    }

    pub(crate) fn did_close(&mut self, path: &Path) {
        let params = json!({ "textDocument": { "uri": uri(path) } });
        self.notify("textDocument/didClose", params);
    }

    /// The findings of the newest text of a file.
    pub(crate) fn findings(&mut self, path: &Path) -> Vec<Value> {
        let version = self.version;
        self.findings_of(path, |message| message["params"]["version"] == version)
    }

    /// The findings in the first message about a file that is wanted.
    pub(crate) fn findings_of(
        &mut self,
        path: &Path,
        is_wanted: impl Fn(&Value) -> bool,
    ) -> Vec<Value> {
        let uri = uri(path);
        let message = self.wait(|message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
                && is_wanted(message)
        });
        let found = message["params"]["diagnostics"].as_array();
        found.expect("a list").clone()
    }

    /// A place in a text, to be sent along.
    pub(crate) fn at(path: &Path, line: usize, character: usize) -> Value {
        json!({
            "textDocument": { "uri": uri(path) },
            "position": position(line, character),
        })
    }

    /// Ends as an editor does; the exit code.
    pub(crate) fn end(mut self) -> Option<i32> {
        self.result("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.child.wait().expect("an end").code()
    }

    /// The pipe to the server breaks.
    pub(crate) fn hang_up(mut self) -> Option<i32> {
        drop(self.input.take());
        self.child.wait().expect("an end").code()
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().expect("a server that runs");
        self.child.wait().expect("an end");
    }
}

/// The rules of findings.
pub(crate) fn rules(found: &[Value]) -> Vec<&str> {
    found
        .iter()
        .filter_map(|found| found["code"].as_str())
        .collect()
}

/// A text with edits applied, as an editor does it with columns of UTF-8.
pub(crate) fn applied(text: &str, edits: &Value) -> String {
    let offset = |position: &Value| {
        let number = |key: &str| position[key].as_u64().expect("a number") as usize;
        let lines: usize = text
            .split_inclusive('\n')
            .take(number("line"))
            .map(str::len)
            .sum();
        lines + number("character")
    };
    let mut edits: Vec<(usize, usize, &str)> = edits
        .as_array()
        .expect("a list")
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            let new = edit["newText"].as_str().expect("a text");
            (offset(&range["start"]), offset(&range["end"]), new)
        })
        .collect();
    edits.sort_unstable();
    let mut text = text.to_owned();
    for (start, end, new) in edits.into_iter().rev() {
        text.replace_range(start..end, new);
    }
    text
}
