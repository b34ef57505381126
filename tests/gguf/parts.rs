//! Models in several files.

use super::info;
use super::made::{Maker, model};

#[test]
fn parts_of_a_model_are_read_together() {
    let part = |number: u32| {
        let mut maker = Maker::new(3, false, 1, 3);
        maker.key_text("general.architecture", "llama");
        maker.key_u32("split.no", number).key_u32("split.count", 3);
        maker.tensor(&format!("blk.{number}.w"), &[256, 2], 12, 0);
        maker.with_data(32, 288)
    };
    let parts = [part(0), part(1), part(2)];
    let names = [
        "m-00001-of-00003.gguf",
        "m-00002-of-00003.gguf",
        "m-00003-of-00003.gguf",
    ];
    let all: Vec<(&str, &[u8])> = names
        .iter()
        .copied()
        .zip(parts.iter().map(Vec::as_slice))
        .collect();
    for name in names {
        let (code, told, errors) = info(&all, &[name, "--json"]);
        assert_eq!((code, errors.as_str()), (0, ""));
        let told: serde_json::Value = serde_json::from_str(&told).expect("JSON");
        assert_eq!(told["weights"]["tensors"], 3);
        assert_eq!(told["files"][0]["file"], names[0]);
    }
    let (code, told, errors) = info(&all[..2], &[names[1]]);
    assert_eq!(code, 2);
    assert_eq!(
        errors,
        "mtp: there is no file `m-00003-of-00003.gguf`, a part of the model\n"
    );
    assert!(told.contains("3 parts, of which 2 are there"), "{told}");
}

/// The file of a part, with one tensor.
fn part(number: u32, count: u32, tensors: u32, name: &str) -> Vec<u8> {
    let mut maker = Maker::new(3, false, 1, 4);
    maker.key_text("general.architecture", "llama");
    maker
        .key_u32("split.no", number)
        .key_u32("split.count", count);
    maker.key_u32("split.tensors.count", tensors);
    maker.tensor(name, &[256, 2], 12, 0);
    maker.with_data(32, 288)
}

#[test]
fn parts_that_do_not_belong_together_are_told() {
    let found = |files: &[(&str, &[u8])], code: i32, told: &[&str]| {
        let (real, _, errors) = info(files, &[files[0].0]);
        let told: String = told.iter().map(|line| format!("mtp: {line}\n")).collect();
        assert_eq!((real, errors), (code, told));
    };
    let (first, second) = (part(0, 2, 2, "a"), part(1, 2, 2, "b"));
    let names = ["m-00001-of-00002.gguf", "m-00002-of-00002.gguf"];
    found(&[(names[0], &first), (names[1], &second)], 0, &[]);
    found(
        &[(names[0], &first), (names[1], &part(1, 2, 2, "a"))],
        1,
        &["the tensor `a` stands in `m-00001-of-00002.gguf` and in `m-00002-of-00002.gguf`"],
    );
    found(
        &[(names[0], &first), (names[1], &part(1, 2, 7, "b"))],
        1,
        &["`m-00002-of-00002.gguf` says that the model has 7 tensors, and there are 2"],
    );
    found(
        &[(names[0], &first), (names[1], &part(0, 2, 2, "b"))],
        1,
        &["`m-00002-of-00002.gguf` is part 1 of 2, as its header says"],
    );
    found(
        &[(names[0], &first), (names[1], &part(1, 3, 2, "b"))],
        1,
        &["`m-00002-of-00002.gguf` is part 2 of 3, as its header says"],
    );
    let whole = model(3, false);
    found(
        &[(names[0], &whole)],
        1,
        &["`m-00001-of-00002.gguf` is no part of a model, as its header says"],
    );
    found(
        &[("m.gguf", &part(1, 4, 4, "b"))],
        2,
        &[
            "`m.gguf` is part 2 of 4, but is not called `NAME-00002-of-00004.gguf`",
            "part 1 of the model was not found",
            "parts 3 to 4 of the model were not found",
        ],
    );
    found(
        &[("m-00007-of-00003.gguf", &whole)],
        1,
        &["`m-00007-of-00003.gguf` is called part 7 of 3, which cannot be"],
    );
    found(
        &[("m-00000-of-00000.gguf", &whole)],
        1,
        &["`m-00000-of-00000.gguf` is called part 0 of 0, which cannot be"],
    );
    found(
        &[("m.gguf", &part(7, 3, 1, "b"))],
        1,
        &["`m.gguf` is part 8 of 3, as its header says, which cannot be"],
    );
    found(
        &[("m-00002-of-65535.gguf", &part(1, 65535, 70000, "b"))],
        2,
        &[
            "there is no file `m-00001-of-65535.gguf`, a part of the model",
            "there are no files `m-00003-of-65535.gguf` to `m-65535-of-65535.gguf`, parts of the model",
        ],
    );
    let (_, told, _) = info(
        &[("m-00002-of-65535.gguf", &part(1, 65535, 9, "b"))],
        &["m-00002-of-65535.gguf", "--json"],
    );
    let told: serde_json::Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!(
        told["missing_parts"],
        serde_json::json!([{"from": 1, "to": 1}, {"from": 3, "to": 65535}])
    );
}
