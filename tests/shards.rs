//! Parts that several processes build join into the very bytes of the whole.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::command::{folder_with, mtp, run};
use std::fs;
use std::path::{Path, PathBuf};

/// The files of a folder by name.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = common::entries(folder);
    let file = |path: PathBuf| {
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        (name, fs::read(&path).expect("a file"))
    };
    entries.into_iter().map(file).collect()
}

/// Builds a spec as a whole and in so many parts, each by a process of its own, all at the
/// same time.
fn check(spec: &Path, parts: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let shown = spec.to_str().expect("UTF-8");
    let build = |more: &[&str], out: &Path| {
        let out = out.to_str().expect("UTF-8");
        mtp(&[&["build", "-q", shown, "-o", out], more].concat())
    };
    let (code, _, told) = run(&mut build(&[], &at("whole")));
    assert_eq!(code, 0, "{shown}: {told}");
    let running: Vec<_> = (1..=parts)
        .map(|number| {
            let shard = format!("{number}/{parts}");
            let mut command = build(&["--shard", &shard], &at("parts"));
            command.spawn().expect("a process")
        })
        .collect();
    for mut child in running {
        assert!(child.wait().expect("an end").success(), "{shown}");
    }
    let mut paths = common::entries(&at("parts"));
    assert_eq!(paths.len(), parts);
    // In whatever order they are named.
    paths.reverse();
    let mut merge = mtp(&["merge", "-q", shown, "-o"]);
    merge.arg(at("merged")).args(paths);
    let (code, _, told) = run(&mut merge);
    assert_eq!((code, told.as_str()), (0, ""), "{shown}");
    assert!(
        files(&at("whole")) == files(&at("merged")),
        "{shown} in {parts} parts"
    );
}

/// The specs that the tests of the compile build.
fn specs() -> Vec<PathBuf> {
    let cases = common::entries(Path::new("tests/compile"));
    let specs = cases.iter().filter_map(|case| {
        let spec = case.join("spec.yaml");
        spec.is_file().then_some(spec)
    });
    let specs: Vec<PathBuf> = specs.collect();
    assert!(specs.len() > 50, "{}", specs.len());
    specs
}

#[test]
fn every_spec_in_three_parts() {
    specs().iter().for_each(|spec| check(spec, 3));
}

#[test]
fn eight_processes_share_the_samples_of_a_spec_and_its_files() {
    let sample = |n: usize, last: &str| {
        format!(
            "{{\"input\": [\"question {n}\"], \"output\": \"é answer {n}\", \"final\": \"{last}\"}}"
        )
    };
    let finals = ["End", "Stop", "Wait"];
    let mut spec =
        "name: shared\ninputs: 1\ncontext: [a, b, c, d, e, f, g, h, i, j]\ntokens: {Talk: , \
End: {type: final}, Stop: {type: final}, Wait: {type: final}}\ninstructions:\n"
            .to_owned();
    let mut add = |name: &str, own: usize, files: &str| {
        spec.push_str(&format!(
            "  {name}:\n    input: [[Talk]]\n    output: [Talk]\n    final: [End, Stop, Wait]\n    samples_from: {files}\n    samples:\n"
        ));
        for n in 0..own {
            spec.push_str(&format!("      - {}\n", sample(n, finals[n * n % 3])));
        }
    };
    add("say", 20, "[a.jsonl, \"more/*.jsonl\", b.csv, c.yaml]");
    add("tell", 9, "[a.jsonl]");
    let lines = |from: usize, count: usize| {
        let lines = (from..from + count).map(|n| sample(n, finals[n * 7 % 3]) + "\n\n");
        lines.collect::<String>()
    };
    let rows = (2000..2100).map(|n| format!("\"question\n{n}\",answer {n},{}\n", finals[n % 3]));
    let rows: String = rows.collect();
    let listed = (3000..3040).map(|n| format!("- {}\n", sample(n, finals[n % 3])));
    let folder = folder_with(&[
        ("spec.yaml", &spec),
        ("a.jsonl", &lines(100, 300)),
        ("more/1.jsonl", &lines(500, 1)),
        ("more/2.jsonl", &lines(600, 77)),
        (
            "b.csv",
            &format!(
                "input,output,final\n{}",
                rows.replace("question\n", "question ")
            ),
        ),
        ("c.yaml", &listed.collect::<String>()),
    ]);
    for parts in [1, 8, 200] {
        check(&folder.path().join("spec.yaml"), parts);
    }
}

#[test]
fn parts_of_samples_that_are_not_held_join_into_the_whole() {
    let long = |n: usize| format!("é number {n}, {}.", "and so on, ".repeat(260).trim_end());
    let finals = ["End", "Stop", "Wait", "End", "End"];
    let spec = "name: large\ninputs: 1\ncontext: [a, b, c, d, e, f, g, h, i, j]\ntokens: {Talk: , \
End: {type: final}, Stop: {type: final}, Wait: {type: final}}\ninstructions:\n  say:\n    input: [[Talk]]\n    \
output: [Talk]\n    final: [End, Stop, Wait]\n    samples_from: [a.jsonl, few.jsonl, b.csv, c.csv.gz]\n    samples:\n      - \
{input: [x], output: y, final: Wait}\n";
    let lines = |from: usize, count: usize| -> String {
        let lines = (from..from + count).map(|n| {
            let last = finals[n % finals.len()];
            format!(
                "{{\"input\": [\"{}\"], \"output\": \"b {n}\", \"final\": \"{last}\"}}\n\n",
                long(n)
            )
        });
        lines.collect()
    };
    let table = |from: usize, count: usize| -> String {
        let rows = (from..from + count).map(|n| {
            format!(
                "{};\"b \"\"{n}\"\"\";{}\r\n",
                long(n),
                finals[n % finals.len()]
            )
        });
        "sep=;\r\ninput;output;final\r\n".to_owned() + &rows.collect::<String>()
    };
    let files = [
        ("spec.yaml", spec.to_owned()),
        ("a.jsonl", lines(0, 1600)),
        ("few.jsonl", lines(5000, 9)),
        ("b.csv", table(7000, 1600)),
    ];
    let folder = folder_with(&files.each_ref().map(|(name, text)| (*name, text.as_str())));
    let size = |name: &str| {
        fs::metadata(folder.path().join(name))
            .expect("a file")
            .len()
    };
    assert!(size("a.jsonl") > 4 << 20 && size("b.csv") > 4 << 20);
    // Bytes that cannot be packed well, so that the file is large.
    let mut noise = 1u64;
    let mut word = || {
        noise = noise
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        format!("{:x}", noise >> 8)
    };
    let rows = (0..900).map(|n| {
        let words: Vec<String> = (0..180).map(|_| word()).collect();
        format!("{},b {n},Stop\n", words.join(" "))
    });
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let text = "input,output,final\n".to_owned() + &rows.collect::<String>();
    std::io::Write::write_all(&mut packed, text.as_bytes()).expect("memory");
    fs::write(
        folder.path().join("c.csv.gz"),
        packed.finish().expect("memory"),
    )
    .expect("a file");
    assert!(size("c.csv.gz") > 1 << 20);
    check(&folder.path().join("spec.yaml"), 3);
}

/// A spec of three samples and its parts, and what `merge` makes of changed ones.
fn refused(change: impl FnOnce(&Path)) -> String {
    let spec = "name: small\ninputs: 1\ncontext: [a, b, c, d, e, f, g, h, i, j]\ntokens: {Talk: }\n\
instructions:\n  say:\n    input: [[Talk]]\n    output: [Talk]\n    samples:\n      - {input: [a], output: b}\n      \
- {input: [c], output: d}\n      - {input: [e], output: f}\n";
    let folder = folder_with(&[("spec.yaml", spec)]);
    for shard in ["1/2", "2/2"] {
        let mut build = mtp(&["build", "-q", "spec.yaml", "--shard", shard]);
        assert_eq!(run(build.current_dir(folder.path())).0, 0);
    }
    change(folder.path());
    let parts = common::entries(folder.path()).into_iter();
    let parts = parts.filter(|path| path.extension().is_some_and(|ending| ending == "part"));
    let names: Vec<String> = parts
        .map(|path| {
            path.file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let mut merge = mtp(&["merge", "spec.yaml"]);
    let (code, _, told) = run(merge.args(names).current_dir(folder.path()));
    assert_ne!(code, 0, "{told}");
    assert!(!folder.path().join("small_model.json").exists());
    told
}

#[test]
fn parts_that_do_not_belong_together_are_refused() {
    let told = refused(|at| fs::remove_file(at.join("small_1-of-2.part")).expect("a file"));
    assert_eq!(told, "mtp: of the 2 parts, one is missing: 1\n");
    let told = refused(|at| {
        fs::copy(at.join("small_1-of-2.part"), at.join("again.part")).expect("a file");
    });
    assert_eq!(
        told,
        "mtp: `again.part` and `small_1-of-2.part` are both part 1\n"
    );
    let edit = |at: &Path, name: &str, from: &str, to: &str| {
        let text = fs::read_to_string(at.join(name)).expect("a file");
        assert!(text.contains(from));
        fs::write(at.join(name), sealed(&text.replace(from, to))).expect("a file");
    };
    let told = refused(|at| edit(at, "spec.yaml", "[a, b,", "[a, bb,"));
    assert!(
        told.contains("was made of another spec than `spec.yaml`"),
        "{told}"
    );
    let cut = |at: &Path, from: &str| {
        let text = fs::read_to_string(at.join("small_2-of-2.part")).expect("a file");
        let start = text.find(from).expect("the end");
        fs::write(at.join("small_2-of-2.part"), &text[..start]).expect("a file");
    };
    let told = refused(|at| cut(at, "{\"end\""));
    assert!(
        told.contains("the file ends too early: is it complete?"),
        "{told}"
    );
    let told = refused(|at| edit(at, "small_2-of-2.part", "{\"result\"", "{\"resul\""));
    assert!(told.contains("this is no line of a part file"), "{told}");
    let told = refused(|at| fs::write(at.join("a.part"), "{}").expect("a file"));
    assert!(told.contains("`a.part` is no part file"), "{told}");
    let told = refused(|at| {
        for name in ["small_1-of-2.part", "small_2-of-2.part"] {
            fs::rename(at.join(name), at.join(name).with_extension("gone")).expect("a file");
        }
        fs::create_dir(at.join("a.part")).expect("a folder");
    });
    assert!(told.starts_with("mtp: cannot read `a.part`"), "{told}");
    assert!(!told.contains("os error"), "{told}");
    let told = refused(|at| edit(at, "small_2-of-2.part", "\"of\":2", "\"of\":3"));
    assert!(told.contains("do not belong together"), "{told}");
    // Each part is checked when it is built, and what all of them must have when they join.
    let told = refused(|at| {
        for name in ["small_1-of-2.part", "small_2-of-2.part"] {
            let text = fs::read_to_string(at.join(name)).expect("a file");
            let lines = text
                .lines()
                .filter(|line| !line.contains("\"remember\":{\"input\": [\"c\"]"));
            let text = lines.collect::<Vec<_>>().join("\n") + "\n";
            fs::write(at.join(name), sealed(&text)).expect("a file");
        }
    });
    assert!(told.contains("too-few-samples"), "{told}");
}

/// A part with the hash of its lines in the last one, if it has such a line.
fn sealed(text: &str) -> String {
    let Some(end) = text.find("{\"end\"") else {
        return text.to_owned();
    };
    let mut hasher = sha2::Sha256::default();
    sha2::Digest::update(&mut hasher, &text[..end]);
    format!(
        "{}{{\"end\":\"{}\"}}\n",
        &text[..end],
        mtp::emit::digest(hasher)
    )
}

#[test]
fn parts_with_other_bytes_than_were_written_are_refused() {
    for (from, to) in [("b", "B"), ("\"c\"", "\"C\""), ("\"part\":2", "\"part\":1")] {
        let told = refused(|at| {
            let path = at.join("small_2-of-2.part");
            let text = fs::read_to_string(&path).expect("a file");
            fs::write(path, text.replacen(from, to, 1)).expect("a file");
        });
        assert!(
            told.contains("not what was written") || told.contains("no line"),
            "{told}"
        );
    }
}

#[test]
fn parts_of_data_that_changed_in_between_are_refused() {
    let spec = "name: small\ninputs: 1\ncontext: [a, b, c, d, e, f, g, h, i, j]\ntokens: {Talk: }\n\
instructions:\n  say:\n    input: [[Talk]]\n    output: [Talk]\n    samples_from: [a.jsonl, b.csv]\n";
    let lines = |count: usize| -> String {
        let lines = (0..count).map(|n| format!("{{\"input\": [\"a {n}\"], \"output\": \"b\"}}\n"));
        lines.collect()
    };
    let table = "input,output\nx,y\n";
    let folder = folder_with(&[
        ("spec.yaml", spec),
        ("a.jsonl", &lines(9)),
        ("b.csv", table),
    ]);
    let build = |shard: &str| {
        let mut build = mtp(&["build", "-q", "spec.yaml", "--shard", shard]);
        assert_eq!(run(build.current_dir(folder.path())).0, 0);
    };
    let merge = || {
        let parts = ["small_1-of-2.part", "small_2-of-2.part"];
        let mut merge = mtp(&["merge", "-q", "spec.yaml"]);
        run(merge.args(parts).current_dir(folder.path()))
    };
    build("1/2");
    for (name, text) in [
        ("a.jsonl", lines(10)),
        ("b.csv", table.to_owned() + "z,z\n"),
    ] {
        fs::write(folder.path().join(name), text).expect("a file");
        build("2/2");
        let (code, _, told) = merge();
        assert_eq!(code, 2, "{told}");
        assert!(told.contains("were made of different samples"), "{told}");
        assert!(!folder.path().join("small_model.json").exists());
        build("1/2");
        assert_eq!(merge().0, 0);
        fs::remove_file(folder.path().join("small_model.json")).expect("a file");
    }
}

#[test]
fn a_spec_that_was_forgotten_is_asked_for() {
    let told = run(&mut mtp(&[
        "merge",
        "parts/small_1-of-2.part",
        "parts/small_2-of-2.part",
    ]));
    assert_eq!(told.0, 2);
    let wanted = "mtp: `parts/small_1-of-2.part` is a part; the spec that the parts were made of comes first";
    assert!(told.2.starts_with(wanted), "{}", told.2);
}

#[test]
fn a_part_with_a_mistake_is_not_written() {
    let spec = "name: small\ninputs: 1\ncontext: [a, b, c, d, e, f, g, h, i, j]\ntokens: {Talk: }\n\
instructions:\n  say:\n    input: [[Talk]]\n    output: [Talk]\n    samples_from: a.jsonl\n";
    let lines =
        "{\"input\": [\"a\"], \"output\": \"b\"}\n".repeat(5) + "{\"input\": [], \"output\": 1}\n";
    let folder = folder_with(&[("spec.yaml", spec), ("a.jsonl", &lines)]);
    let mut build = mtp(&[
        "build",
        "-q",
        "spec.yaml",
        "--shard",
        "2/2",
        "--output-format",
        "short",
    ]);
    let (code, _, told) = run(build.current_dir(folder.path()));
    assert_eq!(code, 1);
    assert!(told.contains("a.jsonl:6:"), "{told}");
    assert_eq!(files(folder.path()).len(), 2);
    let mut build = mtp(&["build", "spec.yaml", "--shard", "3/2"]);
    let (code, _, told) = run(build.current_dir(folder.path()));
    assert_eq!(code, 2);
    assert!(
        told.contains("write it as I/N, such as 1/8 to 8/8"),
        "{told}"
    );
}
