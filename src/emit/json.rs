//! JSON laid out as Python's `json.dump(…, indent=4, ensure_ascii=False)` does.

use crate::ir::Number;
use crate::python::float::Float;
use serde::{Serialize, Serializer};
use serde_json::ser::Formatter;
use std::io::{self, Write};

/// A value a line, indented by four spaces; floats as Python has them. Serde's own pretty
/// layout is the same but for those, and writes every four spaces apart.
#[derive(Default)]
struct Layout<'w> {
    /// How many lists and maps are open.
    depth: usize,
    /// Something stands in the innermost of them.
    is_filled: bool,
    /// Writes what stands for a raw fragment.
    splice: Option<&'w mut Splice<'w>>,
}

/// Writes a value of its own in place of a number that stands for it.
pub(super) type Splice<'w> = dyn FnMut(&str, &mut dyn Write) -> io::Result<()> + 'w;

/// A line break and the deepest indent that is written in one piece.
const INDENT: &[u8] = b"\n                                                                ";
const STEP: usize = 4;

impl Layout<'_> {
    fn open<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.is_filled = false;
        out.write_all(bracket)
    }

    fn close<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth -= 1;
        if self.is_filled {
            self.line(out)?;
        }
        self.is_filled = true;
        out.write_all(bracket)
    }

    fn next<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if !first {
            out.write_all(b",")?;
        }
        self.line(out)
    }

    fn line<W: ?Sized + Write>(&self, out: &mut W) -> io::Result<()> {
        let mut left = STEP * self.depth;
        let at_once = left.min(INDENT.len() - 1);
        out.write_all(&INDENT[..=at_once])?;
        left -= at_once;
        while left > 0 {
            let at_once = left.min(INDENT.len() - 1);
            out.write_all(&INDENT[1..=at_once])?;
            left -= at_once;
        }
        Ok(())
    }
}

impl Formatter for Layout<'_> {
    fn write_f64<W: ?Sized + Write>(&mut self, out: &mut W, value: f64) -> io::Result<()> {
        write!(out, "{}", Float(value))
    }
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"[")
    }
    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"]")
    }
    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.next(out, first)
    }
    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.is_filled = true;
        Ok(())
    }
    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"{")
    }
    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"}")
    }
    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.next(out, first)
    }
    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }
    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.is_filled = true;
        Ok(())
    }
    fn write_raw_fragment<W: ?Sized + Write>(
        &mut self,
        mut out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        match &mut self.splice {
            Some(splice) => splice(fragment, &mut out),
            None => out.write_all(fragment.as_bytes()),
        }
    }
}

/// Writes `value`, through a buffer of 256 KiB, without a line break at the end.
pub(super) fn write(value: &impl Serialize, out: impl Write) -> io::Result<()> {
    let mut out = io::BufWriter::with_capacity(1 << 15, out);
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, Layout::default());
    value.serialize(&mut serializer)?;
    out.flush()
}

/// Writes `value` as [`write`] does, with what `splice` writes where a raw fragment stands.
pub(super) fn write_spliced<'w>(
    value: &impl Serialize,
    out: impl Write,
    splice: &'w mut Splice<'w>,
) -> io::Result<()> {
    let mut out = io::BufWriter::with_capacity(1 << 15, out);
    let layout = Layout {
        splice: Some(splice),
        ..Layout::default()
    };
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, layout);
    value.serialize(&mut serializer)?;
    out.flush()
}

/// Writes `value` as it stands in so many lists and maps.
pub(super) fn write_inside(
    value: &impl Serialize,
    depth: usize,
    out: &mut impl Write,
) -> io::Result<()> {
    let layout = Layout {
        depth,
        ..Layout::default()
    };
    let mut serializer = serde_json::Serializer::with_formatter(out, layout);
    value.serialize(&mut serializer)?;
    Ok(())
}

/// Writes the indent of what stands in so many lists and maps.
pub(super) fn indent(depth: usize, out: &mut impl Write) -> io::Result<()> {
    out.write_all(&b" ".repeat(STEP * depth))
}

/// A list that is made while it is written.
pub(super) struct Each<F>(pub(super) F);

impl<F, I> Serialize for Each<F>
where
    F: Fn() -> I,
    I: Iterator<Item: Serialize>,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0())
    }
}

/// A number as it is written in the spec.
pub(super) struct AsWritten(pub(super) Number);

impl Serialize for AsWritten {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Number::Whole(whole) => serializer.serialize_i128(whole),
            Number::Float(float) => serializer.serialize_f64(float),
        }
    }
}

/// A number that has to be whole: `5.0` is written `5`.
pub(super) struct AsWhole(pub(super) Number);

impl Serialize for AsWhole {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.whole() {
            Some(whole) => serializer.serialize_i128(whole),
            None => AsWritten(self.0).serialize(serializer),
        }
    }
}
