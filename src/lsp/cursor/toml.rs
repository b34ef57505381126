//! What is open before the cursor in TOML: the table of the last header, a key, brackets.

use super::super::schema::Step;
use super::{Scan, unquoted};

impl Scan {
    pub(super) fn toml(&mut self, before: &str) {
        let mut header = Vec::new();
        let mut at = 0;
        let mut key = Vec::new();
        for line in before.split_inclusive('\n') {
            let trimmed = line.trim();
            let start = at + (line.len() - line.trim_start().len());
            if !self.open.is_empty() || self.quote.is_some() {
                self.feed(line, at);
            } else if let Some(name) = trimmed.strip_prefix('[') {
                let is_array = name.starts_with('[');
                if !line.ends_with('\n') && !name.contains(']') {
                    self.word = at + line.rfind(['.', '[']).map_or(0, |at| at + 1);
                    self.header = Some(is_array);
                    let name = name.trim_start_matches('[');
                    let above = name.rsplit_once('.').map(|(above, _)| above.split('.'));
                    let above = above.into_iter().flatten();
                    self.base = above.map(|part| Step::Key(unquoted(part))).collect();
                    return;
                }
                let name = name.trim_start_matches('[').trim_end_matches(']');
                header = name
                    .split('.')
                    .map(|part| Step::Key(unquoted(part)))
                    .collect();
                header.extend(is_array.then_some(Step::Item));
                (self.word, key) = (start, Vec::new());
            } else if let Some((name, value)) = line.split_once('=') {
                key = name
                    .split('.')
                    .map(|part| Step::Key(unquoted(part)))
                    .collect();
                self.word = at + name.len() + 1;
                self.feed(value, self.word);
            } else {
                (self.word, key) = (start, Vec::new());
                self.is_comment = trimmed.starts_with('#') && !line.ends_with('\n');
            }
            if line.ends_with('\n') && self.open.is_empty() {
                (self.word, key, self.quote, self.is_comment) =
                    (at + line.len(), Vec::new(), None, false);
            }
            at += line.len();
        }
        self.base = header;
        self.base.extend(key);
    }
}
