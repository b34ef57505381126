//! All files of one compile, and the way from a [`Span`] back to them.

use super::{Excerpt, LineIndex, Origin, Position, Span};
use elsa::sync::FrozenVec;
use std::sync::OnceLock;

/// A file that was read, under the path that people see.
#[derive(Debug)]
pub struct SourceFile {
    /// The path as given on the command line, or joined to the path of the file
    /// that names it.
    pub path: String,
    /// The text, whole but for an [`Excerpt`]; offsets count its bytes, a byte order mark
    /// included.
    pub text: String,
    /// Where a spec names the file, if it is a file of data.
    pub named_at: Option<Span>,
    /// Whether the text is what the file holds, byte for byte, and not what was made of
    /// it, such as the content of an archive. Only then can an edit be made in it.
    pub is_verbatim: bool,
    /// Which lines of the file the text holds, if not all.
    excerpt: Option<Excerpt>,
    lines: OnceLock<LineIndex>,
}

impl SourceFile {
    /// Whether it is a spec or a fragment, and not a file of data.
    pub fn is_spec(&self) -> bool {
        self.named_at.is_none() && self.is_verbatim
    }

    /// Whether the text is but a part of what the file holds.
    pub fn is_excerpt(&self) -> bool {
        self.excerpt.is_some()
    }

    /// The number in the file, from 0, of the line of the text with the number `line`.
    pub fn line(&self, line: usize) -> usize {
        let excerpt = self.excerpt.as_ref();
        excerpt.map_or(line, |excerpt| excerpt.line(line))
    }

    /// The place in the file of the byte at `offset` of the text.
    pub fn byte(&self, offset: usize) -> u64 {
        let excerpt = self.excerpt.as_ref();
        excerpt.map_or(offset as u64, |excerpt| excerpt.byte(offset))
    }

    /// The index of the text's lines, made at the first call.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// Line and column in the file of a byte offset in the text.
    pub fn position(&self, offset: usize) -> Position {
        let position = self.lines().position(&self.text, offset);
        Position {
            line: self.line(position.line - 1) + 1,
            ..position
        }
    }
}

/// Where a span leads: the file, the bytes in it that stand at the place of use,
/// and, when an alias or merge key brought the text there, the place it is from.
#[derive(Clone, Copy, Debug)]
pub struct Place<'m> {
    /// The file the bytes are in.
    pub file: &'m SourceFile,
    /// The bytes, in the file's own origin.
    pub span: Span,
    /// What the alias stands for, in the file's own origin.
    pub definition: Option<Span>,
}

#[derive(Debug)]
struct OriginData {
    file: usize,
    /// The alias that brings the text here.
    used_at: Option<Span>,
}

/// The files of one compile. It only grows, so texts can be borrowed from it
/// while further files are read.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: FrozenVec<Box<SourceFile>>,
    origins: FrozenVec<Box<OriginData>>,
}

impl SourceMap {
    /// Takes a text in, to be shown under `path`.
    pub fn add(&self, path: impl Into<String>, text: String) -> Origin {
        self.add_data(path, text, None, true)
    }

    /// Takes a text in with what is known of the file; see [`SourceFile`].
    pub fn add_data(
        &self,
        path: impl Into<String>,
        text: String,
        named_at: Option<Span>,
        is_verbatim: bool,
    ) -> Origin {
        self.add_file(SourceFile {
            path: path.into(),
            text,
            named_at,
            is_verbatim,
            excerpt: None,
            lines: OnceLock::new(),
        })
    }

    /// Takes some lines of a file of data in, which is named at `named_at`; see [`SourceFile`].
    pub fn add_excerpt(
        &self,
        path: impl Into<String>,
        (text, is_verbatim): (String, bool),
        named_at: Span,
        excerpt: Excerpt,
    ) -> Origin {
        self.add_file(SourceFile {
            path: path.into(),
            text,
            named_at: Some(named_at),
            is_verbatim,
            excerpt: Some(excerpt),
            lines: OnceLock::new(),
        })
    }

    /// Takes the file that a span of another map is in over, as one that is named at
    /// `named_at`; the same span of this map. `None` if the other has no such file.
    pub fn adopt(&self, other: &SourceMap, span: Span, named_at: Span) -> Option<Span> {
        let file = other.file(span)?;
        let origin = self.add_file(SourceFile {
            path: file.path.clone(),
            text: file.text.clone(),
            named_at: Some(named_at),
            is_verbatim: file.is_verbatim,
            excerpt: file.excerpt.clone(),
            lines: OnceLock::new(),
        });
        Some(Span { origin, ..span })
    }

    fn add_file(&self, file: SourceFile) -> Origin {
        let index = self.files.push_get_index(Box::new(file));
        self.origin(OriginData {
            file: index,
            used_at: None,
        })
    }

    /// An origin for what the alias at `used_at` stands for. Spans with it count
    /// in the file of the alias, which is also the file of its anchor.
    pub fn alias(&self, used_at: Span) -> Origin {
        let file = self.data(used_at.origin).map_or(0, |data| data.file);
        self.origin(OriginData {
            file,
            used_at: Some(used_at),
        })
    }

    /// Where a span is to be shown. `None` only for a span of another map.
    pub fn place(&self, span: Span) -> Option<Place<'_>> {
        let mut at = span;
        let file = self.data(span.origin)?.file;
        while let Some(used_at) = self.data(at.origin)?.used_at {
            at = used_at;
        }
        let definition = (at != span).then_some(Span {
            origin: at.origin,
            ..span
        });
        Some(Place {
            file: self.files.get(file)?,
            span: at,
            definition,
        })
    }

    /// The file a span is in.
    pub fn file(&self, span: Span) -> Option<&SourceFile> {
        self.files.get(self.data(span.origin)?.file)
    }

    /// The whole text of an origin's file.
    pub fn whole(&self, origin: Origin) -> &str {
        self.file(Span::new(origin, 0, 0))
            .map_or("", |file| &file.text)
    }

    /// The text that is written at a span, empty if it lies outside its file.
    pub fn text(&self, span: Span) -> &str {
        self.file(span)
            .and_then(|file| file.text.get(span.range()))
            .unwrap_or_default()
    }

    /// All files, in the order they were read.
    pub fn files(&self) -> impl Iterator<Item = &SourceFile> {
        (0..self.files.len()).filter_map(|n| self.files.get(n))
    }

    fn origin(&self, data: OriginData) -> Origin {
        let index = self.origins.push_get_index(Box::new(data));
        Origin(u32::try_from(index).unwrap_or(u32::MAX))
    }

    fn data(&self, origin: Origin) -> Option<&OriginData> {
        self.origins.get(origin.0 as usize)
    }
}
