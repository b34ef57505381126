//! Python's questions about one character.
//!
//! `char::is_alphanumeric` and its neighbours follow the Unicode version of the
//! Rust toolchain and draw some lines elsewhere, so the answers come from
//! tables written by the reference's own interpreter. ASCII, which is nearly
//! everything ever asked, is answered without a search.

use std::cmp::Ordering;

use super::tables;

/// `c.isalnum()`: the character is a letter or a number of any script
/// (Unicode categories `L*` and `N*`).
///
/// Combining marks are not: a vowel sign of Devanagari is `false` here, though
/// `char::is_alphanumeric` accepts it.
pub fn is_alphanumeric(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric()
    } else {
        contains(tables::ALPHANUMERIC, c)
    }
}

/// `emoji.is_emoji(c)`: the character alone is one emoji.
///
/// Variation selectors, joiners, keycap digits and single regional indicators
/// are parts of emoji, not emoji.
pub fn is_emoji(c: char) -> bool {
    // No ASCII character is one; `python_facts.py` refuses to write a table
    // in which one is.
    !c.is_ascii() && contains(tables::EMOJI, c)
}

/// `c.isprintable()`: `repr` shows the character as it is.
///
/// Of all separators only the ASCII space is printable, and a code point
/// unassigned in Unicode 15.1 is not.
pub fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        matches!(c, ' '..='~')
    } else {
        contains(tables::PRINTABLE, c)
    }
}

/// `c.lower()` for a string of this one character.
///
/// This is `char::to_lowercase`, withheld from what Python 3.13 does not print:
/// capitals that Unicode added after 15.1 are unassigned to it and stay as they
/// are. For every alphanumeric character the two are equal.
///
/// A string of several characters is not always the sum of its characters:
/// Python, like `str::to_lowercase`, turns a capital sigma at the end of a word
/// into `ς`, and this function, seeing no word, into `σ`.
pub fn lower(c: char) -> impl Iterator<Item = char> {
    let (mapped, kept) = if is_printable(c) {
        (Some(c.to_lowercase()), None)
    } else {
        (None, Some(c))
    };
    mapped.into_iter().flatten().chain(kept)
}

/// Whether one of the sorted, disjoint, inclusive `ranges` holds `c`.
fn contains(ranges: &[(u32, u32)], c: char) -> bool {
    let point = u32::from(c);
    ranges
        .binary_search_by(|&(first, last)| {
            if last < point {
                Ordering::Less
            } else if first > point {
                Ordering::Greater
            } else {
                Ordering::Equal
            }
        })
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_numbers_of_every_script_are_alphanumeric() {
        for c in "aZ0éßª²½Ⅷ٣一가𝟘".chars() {
            assert!(is_alphanumeric(c), "{c:?}");
        }
        for c in "_- \u{7f}€\u{301}\u{200d}😀\u{10ffff}".chars() {
            assert!(!is_alphanumeric(c), "{c:?}");
        }
    }

    #[test]
    fn alphanumeric_is_not_rusts() {
        // A dependent vowel sign, a circled letter: alphabetic, but no letters.
        for c in "\u{93e}Ⓐ".chars() {
            assert!(c.is_alphanumeric() && !is_alphanumeric(c), "{c:?}");
        }
        // Garay, added by Unicode 16.
        assert!(!is_alphanumeric('\u{10d50}'));
    }

    #[test]
    fn an_emoji_is_one_character() {
        for c in "©®‼™❤😀🪿🏽".chars() {
            assert!(is_emoji(c), "{c:?}");
        }
        for c in "1#a\u{fe0f}\u{200d}\u{20e3}🇦→".chars() {
            assert!(!is_emoji(c), "{c:?}");
        }
    }

    #[test]
    fn only_the_plain_space_is_a_printable_separator() {
        for c in " ~¡é\u{301}😀\u{e0100}".chars() {
            assert!(is_printable(c), "{c:?}");
        }
        for c in "\n\u{7f}\u{a0}\u{ad}\u{200b}\u{2028}\u{3000}".chars() {
            assert!(!is_printable(c), "{c:?}");
        }
        for c in "\u{e000}\u{fdd0}\u{10d50}\u{10ffff}".chars() {
            assert!(!is_printable(c), "{c:?}");
        }
    }

    #[test]
    fn lower_knows_unicode_15_1() {
        let text = |c| lower(c).collect::<String>();
        assert_eq!(text('A'), "a");
        assert_eq!(text('a'), "a");
        assert_eq!(text('Σ'), "σ");
        assert_eq!(text('İ'), "i\u{307}");
        assert_eq!(text('Ⓐ'), "ⓐ");
        // A capital for Unicode 16, nothing for 15.1.
        assert_eq!(text('\u{10d50}'), "\u{10d50}");
    }

    #[test]
    fn tables_are_sorted_and_disjoint() {
        for table in [tables::ALPHANUMERIC, tables::EMOJI, tables::PRINTABLE] {
            assert!(table.iter().all(|&(first, last)| first <= last));
            assert!(table.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0));
        }
    }
}
