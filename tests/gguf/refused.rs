//! What is no GGUF file, or one that was damaged, cut off or made to do harm.

use super::made::{ARRAY, BOOL, Maker, STRING, Sparse, U32, model};
use super::{header, keys};
use mtp::gguf::{Header, Keep, Value, read};
use std::io::Cursor;

/// What a file is refused with.
fn refused(file: &[u8]) -> String {
    match header(file) {
        Ok(_) => panic!("no fault was found"),
        Err(fault) => fault.to_string(),
    }
}

fn one_tensor(dimensions: &[u64], kind: u32, offset: u64) -> Vec<u8> {
    let mut maker = Maker::new(3, false, 1, 0);
    maker.tensor("t", dimensions, kind, offset);
    maker.bytes
}

#[test]
fn what_is_wrong_is_told_with_its_byte() {
    let mut huge = keys(1);
    huge.text("k").u32(ARRAY).u32(0).u64(1 << 62).raw(&[0; 0]);
    let claims = |noun: &str, left: usize| {
        format!(
            "it claims {} {noun}, for which {left} bytes are left",
            1u64 << 62
        )
    };
    assert_eq!(
        refused(&huge.bytes),
        format!("at byte 41: {}", claims("values of `k`", 0))
    );
    // The file of 49 bytes, texts instead of bytes.
    let mut texts = keys(1);
    texts.text("k").u32(ARRAY).u32(STRING).u64(1 << 62);
    assert_eq!(texts.bytes.len(), 49);
    assert_eq!(
        refused(&texts.bytes),
        format!("at byte 41: {}", claims("values of `k`", 0))
    );
    let mut file = Maker::new(3, false, 1 << 62, 0);
    assert_eq!(
        refused(&file.bytes),
        format!("at byte 8: {}", claims("tensors", 8))
    );
    file = Maker::new(3, false, 0, 1 << 62);
    assert_eq!(
        refused(&file.bytes),
        format!("at byte 16: {}", claims("keys", 0))
    );
    file = keys(1);
    file.text("k").u32(STRING).u64(1 << 40).raw(b"short");
    assert_eq!(
        refused(&file.bytes),
        "at byte 37: `k` claims 1099511627776 bytes, and 5 bytes are left"
    );
    file = keys(1);
    file.u64(u64::MAX).raw(&[0; 16]);
    assert_eq!(
        refused(&file.bytes),
        format!(
            "at byte 24: a key claims {} bytes, and 16 bytes are left",
            u64::MAX
        )
    );
    file = keys(1);
    file.text("k").u32(13).u32(0);
    assert_eq!(
        refused(&file.bytes),
        "at byte 33: `k` has the type 13, which does not exist"
    );
    file = keys(1);
    file.text("k").u32(ARRAY).u32(77).u64(0);
    assert_eq!(
        refused(&file.bytes),
        "at byte 37: `k` has the type 77, which does not exist"
    );
    file = keys(1);
    file.text("k")
        .u32(ARRAY)
        .u32(ARRAY)
        .u64(1)
        .u32(U32)
        .u64(1)
        .u32(7);
    assert_eq!(
        refused(&file.bytes),
        "at byte 37: `k` is an array of arrays"
    );
    file = keys(2);
    file.key_u32("twice", 1).key_u32("twice", 1);
    assert_eq!(
        refused(&file.bytes),
        "at byte 45: the key `twice` stands twice"
    );
    file = keys(1);
    file.u64(2).raw(&[0xff, 0xfe]).u32(U32).u32(1);
    assert_eq!(refused(&file.bytes), "at byte 24: a key is no UTF-8");
    file = keys(1);
    file.key_u32("", 1);
    assert_eq!(refused(&file.bytes), "at byte 24: a key is empty");
    file = keys(1);
    file.text("b").u32(BOOL).raw(&[5]);
    assert_eq!(
        refused(&file.bytes),
        "at byte 37: `b` is a bool of 5, which is neither 0 nor 1"
    );
    file = keys(1);
    file.text("b").u32(ARRAY).u32(BOOL).u64(3).raw(&[0, 1, 2]);
    assert_eq!(
        refused(&file.bytes),
        "at byte 51: `b` is a bool of 2, which is neither 0 nor 1"
    );
    for (alignment, told) in [(0, "0"), (3, "3")] {
        file = keys(1);
        file.key_u32("general.alignment", alignment);
        assert_eq!(
            refused(&file.bytes),
            format!("at byte 49: `general.alignment` is {told}, which is no power of two")
        );
    }
    file = keys(1);
    file.key_text("general.alignment", "32");
    assert_eq!(
        refused(&file.bytes),
        "at byte 49: `general.alignment` is of type string and not u32"
    );
}

/// Reads the beginning of a file of 40 GB, behind which nothing was ever written. How many
/// bytes were read for it comes with it.
fn sparse(bytes: &[u8], keep: Keep) -> (Result<Header, String>, u64) {
    let mut file = Sparse::new(bytes.to_vec());
    let header = read(&mut file, 40 << 30, keep);
    (header.map_err(|fault| fault.to_string()), file.taken)
}

#[test]
fn what_a_sparse_file_claims_is_passed_over_or_refused() {
    for (count, value_type) in [(1 << 29, 0), (1 << 26, 10)] {
        let mut file = keys(1);
        file.text("k").u32(ARRAY).u32(value_type).u64(count);
        let (header, taken) = sparse(&file.bytes, Keep::BEGINNINGS);
        assert_eq!(header.expect("a header").keys.len(), 1);
        assert!(taken < 200, "{taken} bytes were read");
    }
    let mut file = keys(1);
    file.text("k").u32(STRING).u64(1 << 29);
    let (header, taken) = sparse(&file.bytes, Keep::BEGINNINGS);
    let header = header.expect("a header");
    let text = header.get("k").and_then(Value::text).expect("a text");
    assert_eq!(
        (text.length, text.bytes.len(), text.exact()),
        (1 << 29, 1 << 16, None)
    );
    assert!(taken < 1 << 17, "{taken} bytes were read");
    let refused = |file: &Maker, keep: Keep| {
        let (header, taken) = sparse(&file.bytes, keep);
        assert!(taken < 200, "{taken} bytes were read");
        header.map(|_| ()).expect_err("a fault")
    };
    assert_eq!(
        refused(&file, Keep::ALL),
        "at byte 37: what is to be kept of it has more than 67108864 bytes"
    );
    file = keys(1);
    file.text("k").u32(ARRAY).u32(0).u64(1 << 29);
    assert_eq!(
        refused(&file, Keep::ALL),
        "at byte 41: `k` has 536870912 values; no more than 2097152 are kept"
    );
    file = keys(1);
    file.text("k").u32(ARRAY).u32(STRING).u64(1 << 26);
    assert_eq!(
        refused(&file, Keep::BEGINNINGS),
        "at byte 41: its arrays have more than 2097152 texts"
    );
    file = keys(1);
    file.text("k").u32(ARRAY).u32(0).u64(1 << 34);
    assert_eq!(
        refused(&file, Keep::BEGINNINGS),
        "at byte 41: it claims 17179869184 values of `k`, for which 1073741775 of the 1073741824 \
         bytes of a header are left"
    );
    file = keys(1);
    file.text("k").u32(STRING).u64(1 << 34);
    assert_eq!(
        refused(&file, Keep::BEGINNINGS),
        "at byte 37: `k` claims 17179869184 bytes, and 1073741779 of the 1073741824 bytes of a \
         header are left"
    );
    file = Maker::new(3, false, 1 << 28, 0);
    assert_eq!(
        refused(&file, Keep::BEGINNINGS),
        "at byte 8: it claims 268435456 tensors, for which 1073741808 of the 1073741824 bytes of \
         a header are left"
    );
    for (file, told) in [
        (
            Maker::new(3, false, 16_385, 0),
            "at byte 8: it claims 16385 tensors; 16384 is the most",
        ),
        (
            keys(8_193),
            "at byte 16: it claims 8193 keys; 8192 is the most",
        ),
        // What was never written are keys and tensors without names.
        (keys(8_192), "at byte 24: a key is empty"),
        (
            Maker::new(3, false, 16_384, 0),
            "at byte 24: the name of a tensor is empty",
        ),
    ] {
        assert_eq!(refused(&file, Keep::BEGINNINGS), told);
    }
}

#[test]
fn a_byte_that_is_another_one_does_no_harm() {
    for version in 1..=3 {
        let file = model(version, version == 2);
        let length = file.len() as u64;
        let header_bytes = header(&file).expect("a header").bytes as usize;
        for at in 0..header_bytes {
            for byte in [0, 1, 9, 0x7f, 0x80, 0xff, file[at] ^ 1, file[at] ^ 0x20] {
                let mut file = file.clone();
                file[at] = byte;
                for keep in [Keep::ALL, Keep::BEGINNINGS] {
                    match read(Cursor::new(&file), length, keep) {
                        Ok(header) => assert!(header.bytes <= length, "{at}: {byte}"),
                        Err(fault) => assert!(fault.offset <= length, "{at}: {byte}: {fault}"),
                    }
                }
            }
        }
    }
}

#[test]
fn tensors_that_cannot_be_are_refused() {
    for (file, told) in [
        (
            one_tensor(&[1 << 33, 1 << 33], 0, 0),
            "at byte 37: tensor `t` has too many weights to count",
        ),
        (
            one_tensor(&[1 << 33, 1 << 33, 0], 0, 0),
            "at byte 37: tensor `t` has too many weights to count",
        ),
        (
            one_tensor(&[1 << 61, 2], 0, 0),
            "at byte 37: tensor `t` has too many weights to count",
        ),
        (
            one_tensor(&[4; 5], 0, 0),
            "at byte 33: tensor `t` claims 5 dimensions; there are 4 at most",
        ),
        (
            one_tensor(&[4], 4, 0),
            "at byte 45: tensor `t` has the type 4, which does not exist",
        ),
        (
            one_tensor(&[255], 12, 0),
            "at byte 37: tensor `t` has rows of 255 weights, which are no blocks of 256 (Q4_K)",
        ),
        (
            one_tensor(&[4], 0, 7),
            "at byte 49: tensor `t` begins at 7, no multiple of 32",
        ),
        (
            one_tensor(&[4], 0, u64::MAX - 31),
            "at byte 49: tensor `t` ends behind any file",
        ),
    ] {
        let at = told.split(": ").next().expect("a place");
        let found = refused(&file);
        // A tensor of two dimensions has its type eight bytes later.
        assert_eq!(found, told, "{at}");
    }
    let mut twice = Maker::new(3, false, 2, 0);
    twice.tensor("t", &[4], 0, 0).tensor("t", &[4], 0, 32);
    assert_eq!(
        refused(&twice.bytes),
        "at byte 57: the tensor `t` stands twice"
    );
    assert_eq!(
        refused(b"GGML\x03\0\0\0"),
        "at byte 0: it does not begin with `GGUF`"
    );
    assert_eq!(refused(b""), "at byte 0: it does not begin with `GGUF`");
    assert_eq!(
        refused(b"GGUF\x09\0\0\0"),
        "at byte 4: it is of version 9; versions 1 to 3 are known"
    );
    assert_eq!(
        refused(b"GGUF\0\0\0\0"),
        "at byte 4: it is of version 0; versions 1 to 3 are known"
    );
}

#[test]
fn a_file_that_is_cut_off_is_refused_at_every_byte_of_its_header() {
    for version in 1..=3 {
        let file = model(version, false);
        let whole = header(&file).expect("a header");
        for length in 0..file.len() {
            match header(&file[..length]) {
                Ok(cut) => {
                    assert!(length as u64 >= whole.bytes, "cut at {length}");
                    assert!(cut.expected_bytes() > length as u64, "cut at {length}");
                }
                Err(fault) => {
                    assert!((length as u64) < whole.bytes, "cut at {length}: {fault}");
                    assert!(fault.offset <= length as u64, "cut at {length}: {fault}");
                }
            }
            // The file may also be shorter than it was when it was opened.
            let shorter = read(Cursor::new(&file[..length]), file.len() as u64, Keep::ALL);
            assert_eq!(
                shorter.is_ok(),
                length as u64 >= whole.bytes,
                "cut at {length}"
            );
        }
    }
}

mod damaged {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        /// What is read is never more than a few times what is there.
        #[test]
        fn no_damage_does_harm(
            version in 1u32..=3,
            is_big_endian: bool,
            edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u64>(), 1usize..9), 1..6),
            cut in any::<prop::sample::Index>(),
            is_cut: bool,
        ) {
            let mut file = model(version, is_big_endian);
            for (at, number, count) in edits {
                let at = at.index(file.len());
                for (byte, new) in file[at..].iter_mut().zip(&number.to_le_bytes()[..count]) {
                    *byte = *new;
                }
            }
            if is_cut {
                file.truncate(cut.index(file.len()));
            }
            let length = file.len();
            match header(&file) {
                Ok(header) => {
                    let held = header.keys.iter().map(|(key, value)| key.len() + held(value));
                    prop_assert!(held.sum::<usize>() <= length);
                    prop_assert!(header.tensors.len() * 16 <= length);
                    prop_assert!(header.bytes <= length as u64);
                }
                Err(fault) => prop_assert!(fault.offset <= length as u64, "{fault}"),
            }
        }
    }

    /// The bytes that a value holds.
    fn held(value: &Value) -> usize {
        match value {
            Value::String(text) => text.bytes.len(),
            Value::Array(array) => {
                array.values().map(|value| held(&value)).sum::<usize>() + array.kept
            }
            _ => 1,
        }
    }
}
