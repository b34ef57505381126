//! Messages on a stream, as the protocol frames them. What is no message is told apart
//! from the end of the stream, so that a client that sends nonsense gets an answer, and
//! what it sends next is read.

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
/// The header that a message has to have.
const CONTENT_LENGTH: &str = "content-length";
/// So many bytes are read at a time.
const PIECE: u64 = 1 << 20;

/// The messages of a stream.
pub(super) struct Reader<R> {
    input: R,
    rest: Rest,
}

/// What is left of a message that was refused.
#[derive(Clone, Copy)]
enum Rest {
    Nothing,
    /// So many bytes, if its header is right.
    Body(u64),
    /// The header of the next message, which is of so many bytes, was found within it.
    Header(u64),
}

/// What came of the bytes that a header tells of.
enum Body {
    Whole(Vec<u8>),
    /// The stream ended.
    CutOff,
    /// The header of another message, of so many bytes, stands within them.
    Another(u64),
}

impl<R: BufRead> Reader<R> {
    pub(super) fn new(input: R) -> Self {
        Reader {
            input,
            rest: Rest::Nothing,
        }
    }

    /// The next message; `None` at the end of the stream.
    pub(super) fn read(&mut self) -> io::Result<Option<Incoming>> {
        let begun = match std::mem::replace(&mut self.rest, Rest::Nothing) {
            Rest::Nothing => None,
            Rest::Header(length) => Some(length),
            Rest::Body(length) => match self.body(length, false)? {
                Body::Whole(_) => None,
                Body::CutOff => return Ok(None),
                Body::Another(length) => Some(length),
            },
        };
        let length = match self.headers(begun)? {
            Ok(Some(length)) => length,
            Ok(None) => return Ok(None),
            Err(answer) => return Ok(Some(answer)),
        };
        if length > LARGEST {
            // It is answered before it has come, which it may never do.
            self.rest = Rest::Body(length);
            return Ok(Some(nonsense("the message is too large")));
        }
        Ok(match self.body(length, true)? {
            Body::CutOff => None,
            Body::Another(length) => {
                self.rest = Rest::Header(length);
                Some(nonsense("the message is shorter than its `Content-Length`"))
            }
            Body::Whole(body) => {
                let message = serde_json::from_slice(&body);
                let message = message.or_else(|_| serde_json::from_slice(&of_whole_pairs(&body)));
                Some(match message {
                    Ok(message) => Incoming::Message(message),
                    Err(_) => refused(&body),
                })
            }
        })
    }

    /// Reads headers to their end, from which on `length` is what was told of the message.
    /// The length, `None` at the end of the stream; else the answer.
    fn headers(&mut self, mut length: Option<u64>) -> io::Result<Result<Option<u64>, Incoming>> {
        let mut is_nonsense = false;
        loop {
            let mut line = Vec::new();
            let mut input = (&mut self.input).take(LONGEST_HEADER);
            input.read_until(b'\n', &mut line)?;
            if line.is_empty() {
                return Ok(match is_nonsense {
                    true => Err(nonsense("the headers have no end")),
                    false => Ok(None),
                });
            }
            let text = String::from_utf8_lossy(&line);
            let text = text.trim();
            match text.split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case(CONTENT_LENGTH) => {
                    // What stood before is answered once this message is.
                    length = value.trim().parse::<u64>().ok();
                    is_nonsense = length.is_none();
                }
                Some(_) if length.is_some() => {}
                Some((name, _)) if name.eq_ignore_ascii_case("content-type") => {}
                None if text.is_empty() && length.is_some() => return Ok(Ok(length)),
                None if text.is_empty() && is_nonsense => {
                    return Ok(Err(nonsense("no `Content-Length` was given")));
                }
                None if text.is_empty() => {}
                // Behind what is no message, with no line break between the two.
                _ => match header_at_end(&line).filter(|_| length.is_none()) {
                    Some(found) => (length, is_nonsense) = (Some(found), false),
                    None => is_nonsense = true,
                },
            }
        }
    }

    /// Reads a message of so many bytes; unless it `is_kept`, only the end of it is held.
    /// No JSON has the header of a message at the end of a line, so that where one is, the
    /// length was wrong.
    fn body(&mut self, length: u64, is_kept: bool) -> io::Result<Body> {
        let (mut body, mut left) = (Vec::new(), length);
        while left > 0 {
            let mut input = (&mut self.input).take(left.min(PIECE));
            let read = input.read_until(b'\n', &mut body)?;
            if read == 0 {
                return Ok(Body::CutOff);
            }
            left -= read as u64;
            if let Some(length) = header_at_end(&body) {
                return Ok(Body::Another(length));
            }
            if !is_kept {
                body.drain(..body.len().saturating_sub(LONGEST_HEADER as usize));
            }
        }
        Ok(Body::Whole(body))
    }
}

/// The length in the header that a text ends with.
fn header_at_end(text: &[u8]) -> Option<u64> {
    let line = text.strip_suffix(b"\n")?;
    let line = line.get(line.len().saturating_sub(64)..)?;
    let line = String::from_utf8_lossy(line).to_ascii_lowercase();
    let (_, value) = line.rsplit_once(CONTENT_LENGTH)?;
    value.strip_prefix(':')?.trim().parse().ok()
}

/// JSON in which `\ufffd` stands for every half of a pair of UTF-16 that is alone: an editor may
/// send a change that parts one.
fn of_whole_pairs(body: &[u8]) -> Vec<u8> {
    let unit = |at: usize| {
        let escape = body.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u16::from_str_radix(std::str::from_utf8(escape).ok()?, 16).ok()
    };
    let (mut whole, mut at) = (Vec::with_capacity(body.len()), 0);
    while let Some(byte) = body.get(at) {
        let length = match (byte, unit(at), unit(at + 6)) {
            (b'\\', Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (b'\\', Some(0xd800..=0xdfff), _) => {
                whole.extend_from_slice(b"\\ufffd");
                at += 6;
                continue;
            }
            (b'\\', _, _) => 2,
            _ => 1,
        };
        let end = body.len().min(at + length);
        whole.extend_from_slice(body.get(at..end).unwrap_or_default());
        at = end;
    }
    whole
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
    use super::{Incoming, Reader};
    use lsp_server::Message;

    /// What a stream holds: the method of a message, the code of an answer to nonsense.
    fn all(stream: &[u8]) -> Vec<String> {
        let mut reader = Reader::new(stream);
        let mut all = Vec::new();
        while let Ok(Some(incoming)) = reader.read() {
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
    fn a_length_that_is_wrong_swallows_nothing() {
        let good = framed(r#"{"jsonrpc":"2.0","method":"ключ"}"#);
        let long = "x".repeat(3 << 20);
        for length in ["99999999999999", "18446744073709551615", "4000000"] {
            for body in ["{}", "", "\"Content-Length: 5\"\n", long.as_str()] {
                let wrong = format!("Content-Length: {length}\r\n\r\n{body}");
                let found = all(format!("{wrong}{good}{good}").as_bytes());
                assert_eq!(found.last().map(String::as_str), Some("ключ"), "{length}");
                assert!(found[..found.len() - 2].iter().all(|code| code == "-32700"));
                assert_eq!(found[found.len() - 2..], ["ключ", "ключ"], "{length}");
            }
        }
        // A second one that is wrong, and a length that is right but too large.
        let wrong = "Content-Length: 99999999999999\r\n\r\n{}".repeat(2);
        let found = all(format!("{wrong}{good}").as_bytes());
        assert_eq!(found, ["-32700", "-32700", "ключ"]);
    }

    #[test]
    fn a_half_of_a_pair_that_is_alone_is_replaced() {
        for (sent, read) in [
            (r#"\ud83d"#, "\u{fffd}"),
            (r#"a\ude00b"#, "a\u{fffd}b"),
            (r#"\ud83d\ud83d\ude00\n"#, "\u{fffd}😀\n"),
            (r#"\\ud83d \ud83d"#, "\\ud83d \u{fffd}"),
        ] {
            let stream = framed(&format!(r#"{{"jsonrpc":"2.0","method":"{sent}"}}"#));
            assert_eq!(all(stream.as_bytes()), [read], "{sent}");
        }
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
