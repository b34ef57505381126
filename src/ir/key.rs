//! The keys that tokens get when none is written.

use sha2::{Digest, Sha256};

/// The first 6 hexadecimal digits of SHA-256 over the token's value, or the value
/// itself where keys are not hashed.
pub fn generated(value: &str, encrypt: bool) -> String {
    if !encrypt {
        return value.to_owned();
    }
    let digest = Sha256::digest(value.as_bytes());
    digest
        .iter()
        .take(3)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_key_is_the_start_of_the_hash_or_the_value() {
        assert_eq!(super::generated("abc", true), "ba7816");
        assert_eq!(super::generated("Cat_", false), "Cat_");
    }
}
