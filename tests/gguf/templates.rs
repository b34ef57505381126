//! The chat templates of model files.

use super::made::STRING;
use super::{common, keys};

#[test]
fn a_template_whose_tokens_are_not_there_is_refused() {
    let mut maker = keys(3);
    maker
        .key_text("tokenizer.chat_template", "{{ bos_token }}")
        .key_texts("tokenizer.ggml.tokens", &["<unk>", "<s>"])
        .key_u32("tokenizer.ggml.bos_token_id", 2);
    let folder =
        common::command::folder_with(&[("talk.json", r#"[{"role": "user", "content": "Hi"}]"#)]);
    std::fs::write(folder.path().join("m.gguf"), &maker.bytes).expect("a file");
    let mut command = common::command::mtp(&["render", "talk.json", "-t", "m.gguf"]);
    let (code, _, errors) = common::command::run(command.current_dir(folder.path()));
    assert_eq!(
        (code, errors.as_str()),
        (
            2,
            "mtp: cannot use `m.gguf`: `tokenizer.ggml.bos_token_id` is 2, and there are 2 tokens\n"
        )
    );
}

#[test]
fn a_template_that_is_no_text_is_told() {
    let mut bytes = keys(1);
    bytes.text("tokenizer.chat_template").u32(STRING).count(2);
    bytes.raw(&[0xc3, 0x28]);
    let mut number = keys(1);
    number.key_u32("tokenizer.chat_template", 7);
    let mut long = keys(1);
    // Only the beginning is looked at for it, which ends within a character.
    let text = format!("a{}", "é".repeat(1 << 16));
    long.key_text("tokenizer.chat_template", &text);
    for (file, shown, reason) in [
        (bytes, "default (no UTF-8)", "no UTF-8"),
        (
            number,
            "default (of type u32 and not string)",
            "of type u32 and not string",
        ),
        (long, "default", ""),
    ] {
        let told = format!("`tokenizer.chat_template` is {reason}\n");
        let (code, out, errors) = super::info(&[("m.gguf", &file.bytes)], &["m.gguf"]);
        assert!(
            out.contains(&format!("chat templates   {shown}\n")),
            "{out}"
        );
        if reason.is_empty() {
            assert_eq!((code, errors.as_str()), (0, ""));
            continue;
        }
        assert_eq!((code, errors), (1, format!("mtp: `m.gguf`: {told}")));
        let folder =
            common::command::folder_with(&[("t.json", r#"[{"role": "user", "content": "Hi"}]"#)]);
        std::fs::write(folder.path().join("m.gguf"), &file.bytes).expect("a file");
        let mut command = common::command::mtp(&["render", "t.json", "-t", "m.gguf"]);
        let (code, _, errors) = common::command::run(command.current_dir(folder.path()));
        assert_eq!(
            (code, errors),
            (2, format!("mtp: cannot use `m.gguf`: {told}"))
        );
    }
}

/// A model file with two templates and the tokens they name.
fn with_templates() -> Vec<u8> {
    let mut maker = keys(6);
    maker
        .key_text(
            "tokenizer.chat_template",
            "{{ bos_token }}{{ messages[-1]['content'] }}{{ eos_token }}",
        )
        .key_text(
            "tokenizer.chat_template.tool_use",
            "tools:{{ messages[-1]['content'] }}",
        )
        .key_texts("tokenizer.chat_templates", &["tool_use"])
        .key_texts("tokenizer.ggml.tokens", &["<unk>", "<s>", "</s>"])
        .key_u32("tokenizer.ggml.bos_token_id", 1)
        .key_u32("tokenizer.ggml.eos_token_id", 2);
    maker.bytes.clone()
}

#[test]
fn the_templates_of_a_model_file_render() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let put =
        |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).expect("a file");
    put("model.gguf", &with_templates());
    put("without-ending", &with_templates());
    put("bare.gguf", &keys(0).bytes);
    put("talk.json", br#"[{"role": "user", "content": "Hi"}]"#);
    put("tools.json", b"[]");
    let mtp = |arguments: &[&str]| {
        common::command::run(common::command::mtp(arguments).current_dir(folder.path()))
    };
    let render =
        |model: &str, more: &[&str]| mtp(&[&["render", "talk.json", "-t", model], more].concat());
    for model in ["model.gguf", "without-ending"] {
        assert_eq!(
            render(model, &[]),
            (0, "<s>Hi</s>".to_owned(), String::new())
        );
    }
    assert_eq!(
        render("model.gguf", &["--template-name", "tool_use"]).1,
        "tools:Hi"
    );
    assert_eq!(
        render("model.gguf", &["--tools", "tools.json"]).1,
        "tools:Hi"
    );
    assert_eq!(
        render("model.gguf", &["--template-name", "default"]).1,
        "<s>Hi</s>"
    );
    let (code, _, errors) = render("model.gguf", &["--template-name", "rag"]);
    assert_eq!(code, 2);
    assert_eq!(
        errors,
        "mtp: cannot use `model.gguf`: it has no template called `rag`; it has `default`, `tool_use`\n"
    );
    let (code, _, errors) = render("bare.gguf", &[]);
    assert_eq!(
        (code, errors.as_str()),
        (2, "mtp: `bare.gguf` has no chat template\n")
    );
    let spec = std::fs::canonicalize("specs/wonderland.yaml").expect("a path");
    let spec = spec.to_string_lossy();
    let (code, told, errors) = mtp(&[
        "export",
        &spec,
        "--to",
        "text",
        "--template",
        "model.gguf",
        "-o",
        "rows.jsonl",
    ]);
    assert_eq!(code, 0, "{told}{errors}");
    let rows = std::fs::read_to_string(folder.path().join("rows.jsonl")).expect("rows");
    assert!(
        rows.starts_with("{\"text\":") && rows.contains("<s>"),
        "{rows}"
    );
    let (code, told, _) = mtp(&["validate", &spec, "--template", "model.gguf"]);
    assert_eq!(code, 0, "{told}");
}
