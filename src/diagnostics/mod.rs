//! What is said to people: findings, the rules behind them and their wording.
//!
//! A rule is one file here, `NAME.rs`, with all of its wording, beside `NAME.md`,
//! the page that explains it, and one line in the list below. Whether a rule is
//! broken is decided elsewhere; how a finding is shown is decided in `report`.

mod allow;
mod edit;
mod model;
mod removal;
mod sink;
mod suggest;

pub use allow::Comment;
pub use edit::{in_place_of, in_place_of_cell};
pub use model::{Change, Diagnostic, Edit, Fix, Label, Level, Rule, Safety, Severity};
pub use sink::{Diagnostics, Levels};
pub use suggest::{Comparisons, Near, nearest, quoted_list};

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
    duplicate_definition
    unknown_key
    missing_key
    wrong_type
    invalid_value
    unused_key
    empty_name
    unsafe_name
    undefined_token
    undefined_token_set
    undefined_guardrail
    not_a_final_token
    token_characters
    duplicate_token_key
    token_substring
    number_range
    invalid_length
    empty_token_set
    repeated_token
    final_token_in_set
    number_token_in_output
    input_count
    sample_input_count
    too_few_samples
    too_few_samples_for_final
    missing_numbers
    unexpected_numbers
    missing_number_lists
    unexpected_number_lists
    number_list_length
    number_out_of_range
    non_integer_number
    final_required
    final_not_allowed
    missing_value
    unexpected_value
    undeclared_state
    unused_state
    missing_label
    unknown_label
    undeclared_label_value
    mixed_instruction_types
    several_state_machines
    unsupported_by_format
    text_too_long
    long_text
    too_little_context
    guardrail_index
    too_few_guardrail_samples
    empty_text
    guardrail_digits
    no_instructions
    unused_token
    unused_token_set
    unused_guardrail
    unused_allow
    duplicate_sample
    conflicting_samples
    guardrail_overlap
    control_text
    untrimmed_text
    empty_snippet
    unbalanced_finals
    unrenderable_sample
    answer_mismatch
    delimiter_in_text
    role_order
    no_generation_prompt
    platform_limit
    too_many_tokens
}

/// The rule with this id.
pub fn rule(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name).copied()
}
