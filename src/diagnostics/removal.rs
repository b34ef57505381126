//! Which bytes go when an entry of a map is taken out: its line in block notation, its
//! comma in a list of entries, and nothing that somebody else needs.

use std::ops::Range;

/// An entry of a map in a YAML, TOML or JSON text.
pub(super) struct Entry<'t> {
    /// The whole text.
    pub(super) text: &'t str,
    /// The key's bytes.
    pub(super) key: Range<usize>,
    /// The value's bytes; the key's if nothing is written.
    pub(super) value: Range<usize>,
    /// Whether the text is YAML.
    pub(super) is_yaml: bool,
}

impl Entry<'_> {
    /// What to take out; `None` where that is not plain.
    pub(super) fn bytes(&self) -> Option<Range<usize>> {
        let (start, mut end) = (self.key.start, self.value.end.max(self.key.end));
        if self.value.end <= self.key.end {
            let rest = self.text.get(end..)?;
            let colon = rest.trim_start_matches([' ', '\t']).strip_prefix(':');
            end = colon.map_or(end, |behind| self.text.len() - behind.len());
        }
        let removed = self.text.get(start..end)?;
        if self.is_yaml && removed.contains('&') {
            // An alias elsewhere may need the anchor.
            return None;
        }
        let behind = self.text.get(end..)?;
        match next(behind)? {
            Next::Comma(length) => {
                self.flow_before(start)?;
                Some(self.with_line(start, end + length))
            }
            Next::Close => self.with_comma_before(start, end),
            Next::Other => self.lines(start, end),
        }
    }

    /// The bytes with the white space behind them, or their lines if nothing else
    /// stands on them.
    fn with_line(&self, start: usize, end: usize) -> Range<usize> {
        let line = line_start(self.text, start);
        let behind = self.text.get(end..).unwrap_or_default();
        let spaces = behind.len() - behind.trim_start_matches([' ', '\t']).len();
        let line_break = line_break(behind.get(spaces..).unwrap_or_default());
        match line_break {
            Some(length) if is_blank(self.text, line, start) => line..end + spaces + length,
            Some(_) => start..end,
            None => start..end + spaces,
        }
    }

    /// The last of a list of entries: the comma before it goes too.
    fn with_comma_before(&self, start: usize, end: usize) -> Option<Range<usize>> {
        let before = self.flow_before(start)?;
        let comma = before.strip_suffix(',');
        Some(match comma {
            Some(before) => before.len()..end,
            None => {
                let behind = self.text.get(end..).unwrap_or_default();
                before.len()..self.text.len() - behind.trim_start().len()
            }
        })
    }

    /// The text before an entry in flow notation, up to the bracket or comma there;
    /// `None` if something else stands between, such as a comment or an anchor.
    fn flow_before(&self, start: usize) -> Option<&str> {
        let before = self.text.get(..start)?.trim_end();
        let line = before.get(line_start(before, before.len())..)?;
        let is_plain = before.ends_with(['{', ',']) && !line.contains('#');
        is_plain.then_some(before)
    }

    /// The entry's own lines; `None` if something else stands on them.
    fn lines(&self, start: usize, end: usize) -> Option<Range<usize>> {
        let line = line_start(self.text, start);
        let before = self.text.get(line..start)?.trim_start();
        let is_alone = before.is_empty();
        // `[tokens.Tree]` and `tokens.Tree = …` of TOML.
        let is_named_whole = !self.is_yaml
            && before.ends_with('.')
            && before
                .chars()
                .all(|c| c.is_alphanumeric() || "[.\"'-_ ".contains(c));
        let is_whole_key = !self.text.get(self.key.end..)?.starts_with('.');
        if !(is_alone || is_named_whole) || !is_whole_key {
            return None;
        }
        // The value of a table stands on further lines, none of which begins another.
        let tables = self.text.get(line..end)?.lines().skip(1);
        if !self.is_yaml
            && tables
                .map(str::trim_start)
                .any(|line| line.starts_with('['))
        {
            return None;
        }
        if self.text.get(..end)?.ends_with('\n') {
            return Some(line..self.gap_closed(line, end));
        }
        let behind = self.text.get(end..)?;
        let rest = behind.get(..behind.find('\n').map_or(behind.len(), |at| at + 1))?;
        let is_comment = rest.trim_start().starts_with('#');
        let whole = self.text.get(line..end + rest.len())?;
        if whole.replace("\r\n", "").contains('\r') {
            // To YAML a new line begins there.
            return None;
        }
        (rest.trim().is_empty() || is_comment)
            .then(|| line..self.gap_closed(line, end + rest.len()))
    }

    /// Where the removal of whole lines ends, so that of the empty lines before and
    /// behind them one is left.
    fn gap_closed(&self, start: usize, end: usize) -> usize {
        let before = self.text.get(..start).unwrap_or_default();
        let is_gap = before.is_empty() || before.ends_with("\n\n") || before.ends_with("\n\r\n");
        let behind = self.text.get(end..).unwrap_or_default();
        let next = line_break(behind).filter(|_| is_gap && !behind.is_empty());
        end + next.unwrap_or(0)
    }
}

/// What follows an entry.
enum Next {
    /// A comma, and the bytes up to behind it.
    Comma(usize),
    /// The end of the map, in flow notation.
    Close,
    /// Anything else: the entry stands in block notation.
    Other,
}

/// What stands next; `None` if a comment stands between an entry and its comma.
fn next(behind: &str) -> Option<Next> {
    let mut rest = behind.trim_start();
    let mut commented = false;
    while rest.starts_with('#') {
        commented = true;
        let end = rest.find('\n').unwrap_or(rest.len());
        rest = rest.get(end..).unwrap_or_default().trim_start();
    }
    let kind = match rest.bytes().next() {
        Some(b',') => Next::Comma(behind.len() - rest.len() + 1),
        Some(b'}') => Next::Close,
        _ => return Some(Next::Other),
    };
    (!commented).then_some(kind)
}

fn line_start(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    before.rfind('\n').map_or(0, |at| at + 1)
}

fn is_blank(text: &str, start: usize, end: usize) -> bool {
    text.get(start..end)
        .is_some_and(|text| text.trim().is_empty())
}

/// The length of the line break that stands here, 0 at the end of the text.
fn line_break(text: &str) -> Option<usize> {
    if text.is_empty() || text.starts_with('\n') {
        return Some(text.len().min(1));
    }
    text.starts_with("\r\n").then_some(2)
}
