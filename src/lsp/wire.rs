//! Messages on a stream, as the protocol frames them. What is no message is told apart
//! from the end of the stream, so that a client that sends nonsense gets an answer.

use lsp_server::{ErrorCode, Message};
use serde_json::{Value, json};
use std::io::{self, BufRead, Read, Write};

/// What a client sent.
#[derive(Debug)]
pub(super) enum Incoming {
    Message(Message),
    /// Something that cannot be read: the answer it gets.
    Nonsense(Value),
}

/// Larger messages are not taken.
const LARGEST: u64 = 1 << 30;
/// Longer lines are no headers.
const LONGEST_HEADER: u64 = 4096;

/// The next message; `None` at the end of the stream.
pub(super) fn read(input: &mut impl BufRead) -> io::Result<Option<Incoming>> {
    let mut length = None;
    let mut is_nonsense = false;
    loop {
        let mut line = Vec::new();
        input.take(LONGEST_HEADER).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(is_nonsense.then(|| nonsense("the headers have no end")));
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim();
        match text.split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                if is_nonsense {
                    // What stood before is answered once this message is.
                    is_nonsense = false;
                }
                length = value.trim().parse::<u64>().ok();
                is_nonsense |= length.is_none();
            }
            Some(_) if length.is_some() => {}
            Some((name, _)) if name.eq_ignore_ascii_case("content-type") => {}
            None if text.is_empty() && length.is_some() => break,
            None if text.is_empty() && is_nonsense => {
                return Ok(Some(nonsense("no `Content-Length` was given")));
            }
            None if text.is_empty() => {}
            _ => is_nonsense = true,
        }
    }
    let length = length.unwrap_or_default();
    if length > LARGEST {
        io::copy(&mut input.take(length), &mut io::sink())?;
        return Ok(Some(nonsense("the message is too large")));
    }
    let mut body = Vec::new();
    input.take(length).read_to_end(&mut body)?;
    if (body.len() as u64) < length {
        return Ok(None);
    }
    Ok(Some(match serde_json::from_slice(&body) {
        Ok(message) => Incoming::Message(message),
        Err(_) => refused(&body),
    }))
}

/// The answer to a body that is no message.
fn refused(body: &[u8]) -> Incoming {
    match serde_json::from_slice::<Value>(body) {
        Err(error) => nonsense(&format!("not JSON: {error}")),
        Ok(value) => {
            let id = value.get("id").cloned().unwrap_or_default();
            answer(
                &id,
                ErrorCode::InvalidRequest,
                "no request, answer or notification",
            )
        }
    }
}

fn nonsense(why: &str) -> Incoming {
    answer(&Value::Null, ErrorCode::ParseError, why)
}

fn answer(id: &Value, code: ErrorCode, message: &str) -> Incoming {
    let error = json!({ "code": code as i32, "message": message });
    Incoming::Nonsense(json!({ "jsonrpc": "2.0", "id": id, "error": error }))
}

/// Writes a message as it stands.
pub(super) fn write_raw(out: &mut dyn Write, message: &Value) -> io::Result<()> {
    let body = message.to_string();
    write!(out, "Content-Length: {}\r\n\r\n{body}", body.len())?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::{Incoming, read};
    use lsp_server::Message;

    /// What a stream holds: the method of a message, the code of an answer to nonsense.
    fn all(stream: &[u8]) -> Vec<String> {
        let mut stream = stream;
        let mut all = Vec::new();
        while let Ok(Some(incoming)) = read(&mut stream) {
            all.push(match incoming {
                Incoming::Message(Message::Notification(sent)) => sent.method,
                Incoming::Message(_) => "another".to_owned(),
                Incoming::Nonsense(answer) => answer["error"]["code"].to_string(),
            });
        }
        all
    }

    fn framed(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    #[test]
    fn nonsense_is_answered_and_what_follows_is_read() {
        let good = framed(r#"{"jsonrpc":"2.0","method":"ключ"}"#);
        for nonsense in [
            framed("{"),
            framed("[]"),
            framed("\u{0}"),
            framed(r#"{"id":[],"method":1}"#),
            "Content-Length: x\r\n\r\n".to_owned(),
            "hello\r\n\r\n".to_owned(),
        ] {
            let found = all(format!("{nonsense}{good}{good}").as_bytes());
            assert_eq!(found.len(), 3, "{nonsense:?}: {found:?}");
            assert_eq!(found[1..], ["ключ", "ключ"], "{nonsense:?}");
        }
        // Lines before a header are passed over.
        assert_eq!(all(format!("hello\nthere\n{good}").as_bytes()), ["ключ"]);
    }

    #[test]
    fn a_stream_that_is_cut_off_ends() {
        let good = framed(r#"{"jsonrpc":"2.0","method":"x"}"#);
        for end in 0..good.len() {
            assert!(all(&good.as_bytes()[..end]).len() <= 1);
        }
        assert_eq!(all(b"Content-Length: 99999999999999999\r\n\r\n{}").len(), 1);
    }
}
