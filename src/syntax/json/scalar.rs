//! Text and numbers of JSON.

use super::{Reader, Refused};
use std::borrow::Cow;

impl<'s> Reader<'s, '_> {
    /// Reads the text whose opening quote stands here.
    pub(super) fn string(&mut self) -> Result<Cow<'s, str>, Refused> {
        let open = self.at;
        let start = open + 1;
        let mut decoded: Option<String> = None;
        let mut copied = start;
        self.at = start;
        loop {
            match self.peek() {
                Some(b'"') => {
                    let rest = self.text.get(copied..self.at).unwrap_or_default();
                    self.at += 1;
                    return Ok(match decoded {
                        None => Cow::Borrowed(rest),
                        Some(mut text) => {
                            text.push_str(rest);
                            Cow::Owned(text)
                        }
                    });
                }
                Some(b'\\') => {
                    let before = self.text.get(copied..self.at).unwrap_or_default();
                    let character = self.escape(open)?;
                    let text = decoded.get_or_insert_default();
                    text.push_str(before);
                    text.push(character);
                    copied = self.at;
                }
                Some(0..=0x1f) | None => return Err(self.broken_text(open)),
                Some(_) => self.at += 1,
            }
        }
    }

    /// Reads the escape sequence whose backslash stands here.
    fn escape(&mut self, open: usize) -> Result<char, Refused> {
        let start = self.at;
        self.at += 1;
        let character = match self.peek() {
            Some(b'u') => {
                self.at += 1;
                return self.unicode(start);
            }
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(0..=0x1f) | None => return Err(self.broken_text(open)),
            Some(_) => return Err(self.unknown_escape(start)),
        };
        self.at += 1;
        Ok(character)
    }

    /// Reads the digits behind `\u`, and a second escape where it takes two.
    fn unicode(&mut self, start: usize) -> Result<char, Refused> {
        let first = self.digits(start)?;
        let code = match first {
            0xd800..=0xdbff => {
                let alone = self.at;
                if !self
                    .text
                    .get(self.at..)
                    .is_some_and(|rest| rest.starts_with("\\u"))
                {
                    return Err(self.lone_surrogate(start));
                }
                self.at += 2;
                let second = self.digits(alone)?;
                if !(0xdc00..=0xdfff).contains(&second) {
                    self.at = alone;
                    return Err(self.lone_surrogate(start));
                }
                0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
            }
            _ => first,
        };
        char::from_u32(code).ok_or_else(|| self.lone_surrogate(start))
    }

    /// Reads four hexadecimal digits of the escape at `start`.
    fn digits(&mut self, start: usize) -> Result<u32, Refused> {
        let digits = self.text.get(self.at..self.at + 4).unwrap_or_default();
        let code = u32::from_str_radix(digits, 16)
            .ok()
            .filter(|_| !digits.starts_with('+'));
        match code {
            Some(code) => {
                self.at += 4;
                Ok(code)
            }
            None => Err(self.short_escape(start)),
        }
    }

    /// Reads a number.
    pub(super) fn number(&mut self) -> Result<Cow<'s, str>, Refused> {
        let start = self.at;
        let written = self.word();
        match number_fault(written) {
            None => {
                self.at += written.len();
                Ok(Cow::Borrowed(written))
            }
            Some(fault) => Err(self.bad_number(start, written, fault)),
        }
    }
}

/// What keeps `written` from being a number of JSON.
fn number_fault(written: &str) -> Option<&'static str> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = written.strip_prefix('-').unwrap_or(written);
    let whole = digits(rest);
    if whole == 0 {
        return Some("a digit has to follow the `-`");
    }
    if whole > 1 && rest.starts_with('0') {
        return Some("a number may not begin with `0`");
    }
    let mut rest = rest.get(whole..).unwrap_or_default();
    if let Some(fraction) = rest.strip_prefix('.') {
        let length = digits(fraction);
        if length == 0 {
            return Some("a digit has to follow the `.`");
        }
        rest = fraction.get(length..).unwrap_or_default();
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        let length = digits(exponent);
        if length == 0 {
            return Some("a digit has to follow the `e`");
        }
        rest = exponent.get(length..).unwrap_or_default();
    }
    if rest.is_empty() {
        None
    } else {
        Some("it is no decimal number")
    }
}
