//! How Python spells a floating-point number.

use std::fmt;

/// A number that displays as Python's `repr(float)`: the shortest digits that
/// read back as the same number, always recognisable as a float.
///
/// The exponent form is used for magnitudes below `1e-04` and from `1e+16` on,
/// with a sign and two digits at least. Infinities and not-a-number are `inf`,
/// `-inf` and `nan`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Float(
    /// The number.
    pub f64,
);

impl fmt::Display for Float {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_nan() {
            return f.write_str("nan");
        }
        if self.0.is_sign_negative() {
            f.write_str("-")?;
        }
        let magnitude = self.0.abs();
        if magnitude.is_infinite() {
            return f.write_str("inf");
        }

        let scientific = shortest(magnitude);
        // `{:e}` always writes an exponent within the range of `i32`.
        let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
        let exponent: i32 = exponent.parse().unwrap_or(0);
        if !(-4..16).contains(&exponent) {
            return write!(f, "{mantissa}e{exponent:+03}");
        }

        let (first, rest) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if let Ok(shift) = usize::try_from(exponent) {
            match rest.split_at_checked(shift) {
                Some((whole, fraction)) if !fraction.is_empty() => {
                    write!(f, "{first}{whole}.{fraction}")
                }
                _ => write!(f, "{first}{rest:0<shift$}.0"),
            }
        } else {
            let zeros = match exponent {
                -1 => "",
                -2 => "0",
                -3 => "00",
                _ => "000",
            };
            write!(f, "0.{zeros}{first}{rest}")
        }
    }
}

/// The shortest digits that read back as `magnitude`, as `d.ddde-x`; of several
/// the nearest, of two equally near the even one.
///
/// `{:e}` differs in the last respect: it rounds a tie up. A tie needs a number
/// whose exact decimals end one digit, a 5, after the shortest digits. As 17
/// digits always suffice, that digit is the 18th at the latest, so at most 25
/// binary places stand behind the point. `{:.n$e}`, correctly rounded, takes
/// the even neighbour, but may not be asked alone: next to a power of two the
/// nearest digits of that length can read back as another number.
fn shortest(magnitude: f64) -> String {
    const TWO_TO_25: f64 = 33_554_432.0;

    let rounded_up = format!("{magnitude:e}");
    if (magnitude * TWO_TO_25).fract() != 0.0 {
        return rounded_up;
    }
    let mantissa = rounded_up.find('e').unwrap_or(rounded_up.len());
    // A sole digit has no point; of the others the point is one character.
    let places = mantissa.saturating_sub(2);
    // With fewer digits, half a unit of the last is farther than any neighbour.
    if places < 15 {
        return rounded_up;
    }
    let even = format!("{magnitude:.places$e}");
    if even.parse() == Ok(magnitude) {
        even
    } else {
        rounded_up
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(number: f64, expected: &str) {
        assert_eq!(Float(number).to_string(), expected);
    }

    #[test]
    fn a_float_always_looks_like_one() {
        check(0.0, "0.0");
        check(-0.0, "-0.0");
        check(0.5, "0.5");
        check(10.0, "10.0");
        check(-1200.0, "-1200.0");
        check(123_456_789_012_345.6, "123456789012345.6");
        check(0.1 + 0.2, "0.30000000000000004");
    }

    #[test]
    fn the_exponent_form_starts_at_both_ends() {
        check(0.0001, "0.0001");
        check(0.000_123, "0.000123");
        check(0.000_01, "1e-05");
        check(1e-7, "1e-07");
        check(1.5e-7, "1.5e-07");
        check(1e15, "1000000000000000.0");
        check(9_999_999_999_999_998.0, "9999999999999998.0");
        check(1e16, "1e+16");
        check(-1.25e100, "-1.25e+100");
    }

    #[test]
    fn the_ends_of_the_range() {
        check(5e-324, "5e-324");
        check(f64::MIN_POSITIVE, "2.2250738585072014e-308");
        check(f64::MAX, "1.7976931348623157e+308");
        check(f64::INFINITY, "inf");
        check(f64::NEG_INFINITY, "-inf");
        check(f64::NAN, "nan");
        check(-f64::NAN, "nan");
    }

    #[test]
    fn a_tie_goes_to_the_even_digit() {
        // Exactly 2.98023223876953125e-08; `{:e}` ends in 3.
        check(2f64.powi(-25), "2.9802322387695312e-08");
        check(-5.0 * 2f64.powi(-25), "-1.4901161193847656e-07");
        // The nearest 16 digits, ending in 2 and in 1, belong to a neighbour.
        check(2f64.powi(-24), "5.960464477539063e-08");
        check(2f64.powi(-44), "5.684341886080802e-14");
    }
}
