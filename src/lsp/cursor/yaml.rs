//! What is open before the cursor in YAML: keys and items by their indent, brackets, blocks of
//! text.

use super::super::schema::Step;
use super::{Scan, entry, unquoted};

/// What is known of a line of YAML that something can be in.
struct Block {
    indent: usize,
    step: Step,
}

impl Scan {
    pub(super) fn yaml(&mut self, before: &str) {
        let mut blocks: Vec<Block> = Vec::new();
        // The indent of a key whose text is a block of lines.
        let mut literal: Option<usize> = None;
        let mut at = 0;
        for line in before.split_inclusive('\n') {
            let is_last = !line.ends_with('\n');
            let start = at;
            at += line.len();
            if !self.open.is_empty() || self.quote.is_some() {
                self.feed(line, start);
                continue;
            }
            let content = line.trim_start_matches(' ');
            let mut indent = line.len() - content.len();
            let is_blank = content.trim().is_empty();
            if literal.is_some_and(|least| is_blank || indent > least) {
                self.word = at;
                continue;
            }
            literal = None;
            if content.starts_with('#') || is_blank && !is_last {
                self.is_comment = is_last;
                self.word = start + indent;
                continue;
            }
            self.is_comment = false;
            let is_item = content.starts_with("- ") || content.trim_end() == "-";
            blocks.retain(|block| {
                block.indent < indent
                    || is_item && block.indent == indent && matches!(block.step, Step::Key(_))
            });
            let mut rest = content;
            let mut dash = None;
            while rest.starts_with("- ") || rest.trim_end() == "-" {
                let behind = rest.get(1..).unwrap_or_default().trim_start_matches(' ');
                blocks.push(Block {
                    indent,
                    step: Step::Item,
                });
                dash = Some(indent);
                indent += rest.len() - behind.len();
                rest = behind;
            }
            self.word = at - rest.len();
            if let Some((key, value)) = entry(rest) {
                blocks.push(Block {
                    indent,
                    step: Step::Key(unquoted(key)),
                });
                let header = value.trim();
                if header.starts_with(['|', '>']) {
                    literal = Some(indent);
                    continue;
                }
                let is_anchor = header.starts_with('&') && !header.contains(' ');
                self.word = at - value.len();
                if !is_anchor {
                    self.feed(value, self.word);
                }
            } else if rest.starts_with(['|', '>']) {
                literal = dash;
                continue;
            } else {
                self.feed(rest, self.word);
            }
            if !is_last && self.open.is_empty() {
                (self.quote, self.is_comment) = (None, false);
            }
        }
        if before.ends_with('\n') && self.open.is_empty() && self.quote.is_none() {
            self.word = before.len();
            blocks.clear();
        }
        self.base = blocks.into_iter().map(|block| block.step).collect();
    }
}
