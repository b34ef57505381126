//! Where text comes from and where a piece of it stands.
//!
//! Everything that is reported points into a file, so files, places in them and
//! the way from a byte to a line and column live here. This module knows nothing
//! of YAML, of protocols or of how a place is shown.

mod excerpt;
mod files;
mod lines;
mod map;
mod overlay;
mod seen;
mod span;
mod spill;

pub use excerpt::Excerpt;
pub use files::{Disk, Files, Opened, ReadError, fixed_part, is_pattern, pattern};
pub use lines::{LineIndex, Position};
pub use map::{Place, SourceFile, SourceMap};
pub use overlay::Overlay;
pub use seen::Seen;
pub use span::{Origin, Span, Spanned, Text};
pub use spill::Spill;
