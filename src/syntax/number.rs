//! Numbers as people write them: whole ones exactly, others as binary floats.

use crate::python::float;
use std::cmp::Ordering;
use std::fmt;

/// A finite number.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// A whole number, written without point and exponent.
    Whole(i128),
    /// A number with a point or an exponent; never infinite, never no number.
    Float(f64),
}

impl Number {
    /// Reads the decimal text of a JSON or TOML number.
    pub fn parse(text: &str) -> Option<Number> {
        if !text.contains(['.', 'e', 'E', 'n', 'f']) {
            return text.parse().ok().map(Number::Whole);
        }
        text.parse()
            .ok()
            .filter(|float: &f64| float.is_finite())
            .map(Number::Float)
    }

    /// Reads a plain YAML scalar by the core schema of YAML 1.2 (10.3.2): decimal,
    /// `0o` octal and `0x` hexadecimal whole numbers, and floats. `Some(None)` is a
    /// number that is too large or infinite, `None` is no number.
    pub fn parse_plain(text: &str) -> Option<Option<Number>> {
        let radix = |digits: &str, radix| {
            let all = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
            all.then(|| i128::from_str_radix(digits, radix).ok().map(Number::Whole))
        };
        if let Some(digits) = text.strip_prefix("0o") {
            return radix(digits, 8);
        }
        if let Some(digits) = text.strip_prefix("0x") {
            return radix(digits, 16);
        }
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN")
        {
            return Some(None);
        }
        let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
            Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
            None => (unsigned, None),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (mantissa, None),
        };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let exponent_digits = exponent.map(|text| text.strip_prefix(['+', '-']).unwrap_or(text));
        let shaped = digits(whole)
            && digits(fraction.unwrap_or_default())
            && !(whole.is_empty() && fraction.unwrap_or_default().is_empty())
            && exponent_digits.is_none_or(|text| !text.is_empty() && digits(text));
        shaped.then(|| Number::parse(text.strip_prefix('+').unwrap_or(text)))
    }

    /// The whole number this is, `5.0` being 5; none for one too large to be held.
    pub fn whole(self) -> Option<i128> {
        match self {
            Number::Whole(whole) => Some(whole),
            // Every float of this size is exact in 128 bits.
            Number::Float(float) if float.fract() == 0.0 && float.abs() < 1e38 => {
                Some(float as i128)
            }
            Number::Float(_) => None,
        }
    }

    /// Whether it has no fraction.
    pub fn is_whole(self) -> bool {
        match self {
            Number::Whole(_) => true,
            Number::Float(float) => float.fract() == 0.0,
        }
    }

    /// Compares by value, exactly even where a float cannot hold the whole number.
    pub fn compare(self, other: Number) -> Ordering {
        match (self, other) {
            (Number::Whole(a), Number::Whole(b)) => a.cmp(&b),
            (Number::Float(a), Number::Float(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
            (Number::Whole(a), Number::Float(b)) => compare_mixed(a, b),
            (Number::Float(a), Number::Whole(b)) => compare_mixed(b, a).reverse(),
        }
    }
}

fn compare_mixed(whole: i128, float: f64) -> Ordering {
    if float >= 1e38 {
        return Ordering::Less;
    }
    if float <= -1e38 {
        return Ordering::Greater;
    }
    let floor = float.floor();
    match whole.cmp(&(floor as i128)) {
        Ordering::Equal if float > floor => Ordering::Less,
        order => order,
    }
}

/// As Python prints it: `5`, `0.5`, `10.0`, `1e-07`.
impl fmt::Display for Number {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Whole(whole) => whole.fmt(out),
            Number::Float(float) => float::Float(*float).fmt(out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_are_numbers_by_the_core_schema_only() {
        for text in [
            "5", "-5", "+5", "0o17", "0xfF", "1.", ".5", "1e3", "-1.5E-3", "007",
        ] {
            assert!(matches!(Number::parse_plain(text), Some(Some(_))), "{text}");
        }
        for text in [
            "", ".", "+", "1_000", "0b1", "1e", "e5", "five", "1.2.3", "0x", "- 5", "5 ", "inf",
            "nan",
        ] {
            assert!(Number::parse_plain(text).is_none(), "{text}");
        }
        for text in [".inf", "-.Inf", ".nan", "1e999", &"9".repeat(60)] {
            assert!(matches!(Number::parse_plain(text), Some(None)), "{text}");
        }
    }

    #[test]
    fn comparison_is_exact_between_whole_numbers_and_floats() {
        let whole = Number::Whole(9_007_199_254_740_993);
        let float = Number::Float(9_007_199_254_740_992.0);
        assert_eq!(whole.compare(float), Ordering::Greater);
        assert_eq!(float.compare(whole), Ordering::Less);
        assert_eq!(
            Number::Whole(5).compare(Number::Float(5.0)),
            Ordering::Equal
        );
        assert_eq!(
            Number::Whole(-1).compare(Number::Float(-0.5)),
            Ordering::Less
        );
        assert_eq!(
            Number::Whole(0).compare(Number::Float(-0.5)),
            Ordering::Greater
        );
        assert_eq!(
            Number::Whole(i128::MAX).compare(Number::Float(1e300)),
            Ordering::Less
        );
    }
}
