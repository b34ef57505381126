//! The conversation with a client: its beginning and end, what is asked and who answers.

use super::check;
use super::documents::{Document, Documents};
use super::position::Encoding;
use super::state::{Shared, State};
use super::waiting::Waiting;
use super::wire::{self, Incoming, Reader};
use super::{Settings, actions, complete, names, outline, uri};
use crate::source::Overlay;
use lsp_server::{ErrorCode, Message, Notification, Request, Response};
use lsp_types as lsp;
use lsp_types::notification::{self, Notification as _};
use lsp_types::request::{self, Request as _};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

/// Why a request has no answer.
pub(super) struct Refusal(pub(super) ErrorCode, pub(super) String);

impl Refusal {
    pub(super) fn new(why: impl Into<String>) -> Self {
        Refusal(ErrorCode::InvalidParams, why.into())
    }
}

type Answer = Result<Value, Refusal>;

/// The stream to the client, for both threads.
struct Client<W>(Mutex<W>);

impl<W: Write> Client<W> {
    fn send(&self, message: &Message) {
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A client that reads no more will say so, or be gone.
        let _ = message.write(&mut *out);
    }

    fn send_raw(&self, message: &Value) {
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = wire::write_raw(&mut *out, message);
    }

    fn notify<N: notification::Notification>(&self, params: N::Params) {
        let sent = Notification::new(N::METHOD.to_owned(), params);
        self.send(&Message::Notification(sent));
    }
}

pub(super) fn run(
    input: impl BufRead + Send,
    output: impl Write + Send,
    settings: &Settings<'_>,
) -> io::Result<bool> {
    let client = Client(Mutex::new(output));
    let shared = Shared::new(Encoding::Utf16);
    let waiting = Waiting::default();
    let publish = |params| client.notify::<notification::PublishDiagnostics>(params);
    std::thread::scope(|scope| {
        let checker = || {
            // A mistake of ours in one check is not the end of all checks.
            while !shared.lock().is_over {
                let run = || check::run(&shared, settings, &publish);
                let _ = catch_unwind(AssertUnwindSafe(run));
            }
        };
        std::thread::Builder::new()
            .name("check".to_owned())
            .stack_size(STACK)
            .spawn_scoped(scope, checker)?;
        let mut session = Session {
            shared: &shared,
            settings,
            stage: Stage::New,
            may_watch: false,
        };
        // What comes meanwhile is read ahead, so that a request can be taken back.
        let (sender, receiver) = sync_channel(MOST_WAITING);
        let waiting = &waiting;
        let ahead = move || read_ahead(Reader::new(input), waiting, sender);
        std::thread::Builder::new()
            .name("read".to_owned())
            .spawn_scoped(scope, ahead)?;
        let end = session.listen(receiver, waiting, &client);
        shared.lock().is_over = true;
        shared.wake();
        end
    })
}

/// The stack of the thread that checks.
const STACK: usize = 16 << 20;
/// So many messages are read ahead: each may be a whole text.
const MOST_WAITING: usize = 64;

/// Reads messages until the client is done.
fn read_ahead(
    mut reader: Reader<impl BufRead>,
    waiting: &Waiting,
    sender: SyncSender<io::Result<Incoming>>,
) {
    loop {
        let incoming = match reader.read() {
            Ok(None) => return,
            Ok(Some(incoming)) => incoming,
            Err(error) => {
                // Nobody listens to one that ended.
                let _ = sender.send(Err(error));
                return;
            }
        };
        let mut is_last = false;
        match &incoming {
            Incoming::Message(Message::Request(request)) => waiting.add(&request.id),
            Incoming::Message(Message::Notification(sent)) => {
                is_last = sent.method == notification::Exit::METHOD;
                if sent.method == notification::Cancel::METHOD {
                    waiting.take_back(&sent.params);
                }
            }
            _ => {}
        }
        if sender.send(Ok(incoming)).is_err() || is_last {
            return;
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    New,
    Open,
    Closed,
}

struct Session<'s> {
    shared: &'s Shared,
    settings: &'s Settings<'s>,
    stage: Stage,
    /// The client tells of files that change on the disk, if it is asked to.
    may_watch: bool,
}

impl Session<'_> {
    /// Answers until the client is done; whether it had asked to end.
    fn listen<W: Write>(
        &mut self,
        incoming: Receiver<io::Result<Incoming>>,
        waiting: &Waiting,
        client: &Client<W>,
    ) -> io::Result<bool> {
        for incoming in incoming {
            match incoming? {
                Incoming::Nonsense(answer) => client.send_raw(&answer),
                Incoming::Message(Message::Request(request)) => {
                    let response = match waiting.begin(&request.id) {
                        true => self.request(request),
                        false => {
                            let why = "the request was taken back".to_owned();
                            Response::new_err(request.id, ErrorCode::RequestCanceled as i32, why)
                        }
                    };
                    client.send(&Message::Response(response));
                }
                Incoming::Message(Message::Notification(sent)) => {
                    if sent.method == notification::Exit::METHOD {
                        break;
                    }
                    if sent.method == notification::Initialized::METHOD && self.may_watch {
                        client.send(&Message::Request(watch()));
                    }
                    self.notification(sent);
                }
                Incoming::Message(Message::Response(_)) => {}
            }
        }
        Ok(self.stage == Stage::Closed)
    }

    fn request(&mut self, request: Request) -> Response {
        let Request { id, method, params } = request;
        let answer = || self.answer(&method, params);
        let answer = catch_unwind(AssertUnwindSafe(answer)).unwrap_or_else(|_| {
            let why = "internal mistake; please report this with the file";
            Err(Refusal(ErrorCode::InternalError, why.to_owned()))
        });
        match answer {
            Ok(value) => Response::new_ok(id, value),
            Err(Refusal(code, why)) => Response::new_err(id, code as i32, why),
        }
    }

    fn answer(&mut self, method: &str, params: Value) -> Answer {
        match (self.stage, method) {
            (Stage::New, request::Initialize::METHOD) => return self.initialize(read(params)?),
            (Stage::New, _) => {
                let why = "the first request has to be `initialize`".to_owned();
                return Err(Refusal(ErrorCode::ServerNotInitialized, why));
            }
            (Stage::Open, request::Shutdown::METHOD) => {
                self.stage = Stage::Closed;
                return Ok(Value::Null);
            }
            (Stage::Open, request::Initialize::METHOD) => {
                let why = "the server was initialized before".to_owned();
                return Err(Refusal(ErrorCode::InvalidRequest, why));
            }
            (Stage::Open, _) => {}
            (Stage::Closed, _) => {
                let why = "the server was shut down".to_owned();
                return Err(Refusal(ErrorCode::InvalidRequest, why));
            }
        }
        let mut state = self.shared.lock();
        let state = &mut *state;
        let settings = self.settings;
        match method {
            request::HoverRequest::METHOD => write(names::hover(state, settings, read(params)?)),
            request::GotoDefinition::METHOD => {
                write(names::definition(state, settings, read(params)?))
            }
            request::References::METHOD => write(names::references(state, settings, read(params)?)),
            request::PrepareRenameRequest::METHOD => {
                write(names::prepare_rename(state, settings, read(params)?))
            }
            request::Rename::METHOD => write(names::rename(state, settings, read(params)?)?),
            request::Completion::METHOD => {
                write(complete::complete(state, settings, read(params)?))
            }
            request::CodeActionRequest::METHOD => {
                write(actions::actions(state, settings, read(params)?))
            }
            request::DocumentSymbolRequest::METHOD => write(outline::symbols(
                state,
                read::<lsp::DocumentSymbolParams>(params)?,
            )),
            request::FoldingRangeRequest::METHOD => write(outline::folds(state, read(params)?)),
            request::Formatting::METHOD => write(actions::format(state, read(params)?)?),
            request::SemanticTokensFullRequest::METHOD => {
                write(names::semantic_tokens(state, settings, read(params)?))
            }
            other => {
                let why = format!("`{other}` is not known here");
                Err(Refusal(ErrorCode::MethodNotFound, why))
            }
        }
    }

    fn initialize(&mut self, params: lsp::InitializeParams) -> Answer {
        let workspace = params.capabilities.workspace;
        let watching = workspace.and_then(|workspace| workspace.did_change_watched_files);
        self.may_watch = watching.and_then(|watching| watching.dynamic_registration) == Some(true);
        let offered = params
            .capabilities
            .general
            .and_then(|general| general.position_encodings);
        let encoding = Encoding::agreed(offered.as_deref());
        self.shared.lock().encoding = encoding;
        self.stage = Stage::Open;
        let (name, version) = ("mtp", self.settings.version);
        write(json!({
            "capabilities": capabilities(encoding),
            "serverInfo": { "name": name, "version": version },
        }))
    }

    fn notification(&mut self, sent: Notification) {
        let Notification { method, params } = sent;
        if self.stage != Stage::Open {
            return;
        }
        let mut state = self.shared.lock();
        match method.as_str() {
            notification::DidOpenTextDocument::METHOD => {
                if let Ok(params) = read::<lsp::DidOpenTextDocumentParams>(params) {
                    let item = params.text_document;
                    let path = path_of(&item.uri, &item.language_id);
                    let document = Document::new(item.uri, path, item.version, item.text);
                    let key = state.documents.open(document);
                    state.touch(key);
                }
            }
            notification::DidChangeTextDocument::METHOD => {
                if let Ok(params) = read::<lsp::DidChangeTextDocumentParams>(params) {
                    change(&mut state, params);
                }
            }
            notification::DidCloseTextDocument::METHOD => {
                if let Ok(params) = read::<lsp::DidCloseTextDocumentParams>(params)
                    && let Some(key) = state.documents.close(&params.text_document.uri)
                {
                    state.touch(key);
                }
            }
            notification::DidSaveTextDocument::METHOD
            | notification::DidChangeWatchedFiles::METHOD => {
                // What is on the disk may be read by any of them.
                let keys: Vec<PathBuf> = state.documents.keys().cloned().collect();
                keys.into_iter().for_each(|key| state.touch(key));
            }
            _ => {}
        }
        drop(state);
        self.shared.wake();
    }
}

/// Asks to be told of files that specs may read, and of `mtp.toml`.
fn watch() -> Request {
    let glob = "**/*.{yaml,yml,toml,json,jsonl,ndjson,csv,tsv,gz,zst,parquet}";
    let registration = json!({
        "id": "files",
        "method": notification::DidChangeWatchedFiles::METHOD,
        "registerOptions": { "watchers": [{ "globPattern": glob }] },
    });
    let params = json!({ "registrations": [registration] });
    let id = "watch".to_owned().into();
    Request::new(id, request::RegisterCapability::METHOD.to_owned(), params)
}

fn change(state: &mut State, params: lsp::DidChangeTextDocumentParams) {
    let encoding = state.encoding;
    let id = params.text_document;
    let Some((key, document)) = state.documents.find_mut(&id.uri) else {
        return;
    };
    document.change(params.content_changes, encoding);
    document.version = id.version;
    let key = key.clone();
    state.touch(key);
}

/// The path of a text; one that is no file yet gets a name by its language.
fn path_of(address: &lsp::Uri, language: &str) -> PathBuf {
    uri::path(address).unwrap_or_else(|| {
        let ending = match language {
            "toml" | "json" => language,
            _ => "yaml",
        };
        let name = address
            .as_str()
            .rsplit([':', '/'])
            .next()
            .unwrap_or("untitled");
        PathBuf::from(format!("{name}.{ending}"))
    })
}

fn read<P: DeserializeOwned>(params: Value) -> Result<P, Refusal> {
    serde_json::from_value(params).map_err(|error| Refusal::new(error.to_string()))
}

fn write(answer: impl serde::Serialize) -> Answer {
    let failed = |error: serde_json::Error| Refusal(ErrorCode::InternalError, error.to_string());
    serde_json::to_value(answer).map_err(failed)
}

/// The files as they would be with one text changed.
pub(super) fn overlay_with(
    documents: &Documents,
    changed: impl IntoIterator<Item = (PathBuf, String)>,
) -> Overlay {
    let mut overlay = documents.overlay();
    for (path, text) in changed {
        overlay.put(&path, text);
    }
    overlay
}

/// What the server can do.
fn capabilities(encoding: Encoding) -> Value {
    json!({
        "positionEncoding": encoding.kind(),
        "textDocumentSync": { "openClose": true, "change": 2, "save": true },
        "hoverProvider": true,
        "definitionProvider": true,
        "referencesProvider": true,
        "renameProvider": { "prepareProvider": true },
        "completionProvider": { "triggerCharacters": ["[", "{", " ", "\"", "("] },
        "codeActionProvider": { "codeActionKinds": ["quickfix", "source.fixAll.mtp"] },
        "documentSymbolProvider": true,
        "foldingRangeProvider": true,
        "documentFormattingProvider": true,
        "semanticTokensProvider": {
            "legend": { "tokenTypes": names::TOKEN_TYPES, "tokenModifiers": ["declaration"] },
            "full": true,
        },
    })
}
