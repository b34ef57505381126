//! `mtp`: a Model Train Protocol spec in, the model and template files out.

pub mod source;
pub mod diagnostics;
pub mod python;
pub mod syntax;
pub mod ast;
pub mod report;
