//! What is said to people: findings, the rules behind them and their wording.
//!
//! A rule is one file here, `NAME.rs`, with all of its wording, beside `NAME.md`,
//! the page that explains it, and one line in the list below. Whether a rule is
//! broken is decided elsewhere; how a finding is shown is decided in `report`.

mod model;
mod sink;
mod suggest;

pub use model::{Diagnostic, Edit, Fix, Label, Level, Rule, Safety, Severity};
pub use sink::{Diagnostics, Levels};
pub use suggest::{nearest, quoted_list};

macro_rules! rules {
    ($($name:ident)*) => {
        $(pub mod $name;)*
        /// Every rule, in the order of the list.
        pub static RULES: &[&Rule] = &[$(&$name::RULE),*];
    };
}

rules! {
    syntax
    limit_exceeded
    unreadable_file
    duplicate_key
    unknown_key
    missing_key
    wrong_type
    invalid_value
    unused_key
    invalid_length
    undefined_token
    undefined_token_set
    undefined_guardrail
    duplicate_definition
    not_a_final_token
    final_required
    final_not_allowed
    guardrail_index
}

/// The rule with this id.
pub fn rule(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name).copied()
}
