//! What Python means by a character, a float and a `repr`.
//!
//! The reference implementation of the format is a Python program, so the
//! format's text rules are Python's: which characters may stand in a word,
//! which of them count as an emoji, how a number and a string are spelled
//! inside a message. Rust's own answers to these questions are close, but they
//! follow another Unicode version and other layouts; output that must be equal
//! byte for byte cannot use them. This module holds the differences, in one
//! place, as facts about the language.
//!
//! It knows characters, numbers and strings, and nothing else. What a token, an
//! instruction or a spec is, and which of them asks these questions, must stay
//! out of here: everything below can be checked against a bare Python
//! interpreter, and `tests/reference/python_facts.py` does so.
//!
//! The facts are those of Python 3.13 (Unicode 15.1) and of its package `emoji`
//! 2.16.0.

#![forbid(unsafe_code)]

pub mod characters;
pub mod float;
pub mod repr;

mod tables;
