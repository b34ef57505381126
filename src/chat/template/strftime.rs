//! The date and time that a template asks for with `strftime_now`.

use jiff::civil::DateTime;
use jiff::fmt::strtime::{BrokenDownTime, Config};
use std::fmt;
use std::str::FromStr;

/// A moment on the wall clock, without a zone, as Python's `datetime.now()` gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now(DateTime);

impl Now {
    /// The moment of the call, in the zone of the system.
    pub fn of_the_clock() -> Now {
        Now(jiff::Zoned::now().datetime())
    }

    /// The moment as a C program writes it; directives are those of `strftime`.
    /// Directives that are unknown, or ask for a zone, stay as they are or empty.
    pub(super) fn format(self, format: &str) -> String {
        let format = &self.spelled_out(format);
        let broken = BrokenDownTime::from(self.0);
        let config = Config::new().lenient(true);
        let mut out = String::new();
        match broken.format_with_config(&config, format, &mut out) {
            Ok(()) => out,
            Err(_) => format.clone(),
        }
    }

    /// A format without the directives that say something else in the locale C.
    fn spelled_out(self, format: &str) -> String {
        let mut out = String::with_capacity(format.len());
        let mut characters = format.chars();
        while let Some(c) = characters.next() {
            if c != '%' {
                out.push(c);
                continue;
            }
            match characters.next() {
                Some('c') => out.push_str("%a %b %e %H:%M:%S %Y"),
                Some('x') => out.push_str("%m/%d/%y"),
                Some('X') => out.push_str("%H:%M:%S"),
                Some('f') => {
                    let microseconds = self.0.subsec_nanosecond() / 1000;
                    out.push_str(&format!("{microseconds:06}"));
                }
                other => {
                    out.push('%');
                    out.extend(other);
                }
            }
        }
        out
    }
}

/// The text is no date, and no date with a time.
#[derive(Clone, Copy, Debug)]
pub struct NowError;

impl fmt::Display for NowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("write it like 2024-07-26 or 2024-07-26T12:30:00")
    }
}

impl std::error::Error for NowError {}

impl FromStr for Now {
    type Err = NowError;

    fn from_str(text: &str) -> Result<Now, NowError> {
        text.parse().map(Now).map_err(|_| NowError)
    }
}
