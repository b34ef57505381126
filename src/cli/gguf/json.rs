//! What a model file says, as JSON.

use super::parts::Parts;
use crate::cli::shared::shown;
use crate::gguf::{Agreement, Header, Model, Summary, Text, Value};
use crate::report::write_json;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::io;

/// What `--json` prints.
#[derive(Serialize)]
struct Run<'h> {
    version: u32,
    files: Vec<File>,
    missing_parts: Vec<Range>,
    /// What is wrong with the files.
    faults: &'h [String],
    gguf_version: u32,
    endianness: &'static str,
    architecture: Option<&'h str>,
    name: Option<&'h str>,
    size_label: Option<&'h str>,
    license: Option<&'h str>,
    context_length: Option<u64>,
    tokenizer: Tokenizer<'h>,
    chat_templates: Vec<&'h str>,
    weights: Weights,
    #[serde(skip_serializing_if = "Option::is_none")]
    keys: Option<BTreeMap<&'h str, Typed<'h>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tensors: Option<Vec<Tensor<'h>>>,
}

#[derive(Serialize)]
struct File {
    file: String,
    header_bytes: u64,
    expected_bytes: u64,
    file_bytes: u64,
}

/// Numbers of parts that follow one another, the last one included.
#[derive(Serialize)]
struct Range {
    from: u64,
    to: u64,
}

#[derive(Serialize)]
struct Tokenizer<'h> {
    model: Option<&'h str>,
    pre: Option<&'h str>,
    tokens: Option<u64>,
}

#[derive(Serialize)]
struct Weights {
    tensors: usize,
    weights: u64,
    bytes: u64,
    bits_per_weight: Option<f64>,
    /// `null` without tensors.
    quantisation: Option<&'static str>,
    file_type: Option<FileType>,
    types: Vec<Share>,
    /// The quantisation that the model was made with.
    aim: Option<&'static str>,
    /// Tensors that could not have it, since their rows do not divide by its blocks.
    fallbacks: Vec<String>,
}

#[derive(Serialize)]
struct FileType {
    number: u64,
    name: Option<&'static str>,
    is_guessed: bool,
    /// Whether most weights are of that type; `null` if nothing can be said.
    agrees: Option<bool>,
}

#[derive(Serialize)]
struct Share {
    r#type: &'static str,
    family: &'static str,
    bits_per_weight: f64,
    tensors: u64,
    weights: u64,
    bytes: u64,
}

#[derive(Serialize)]
struct Typed<'h> {
    r#type: String,
    value: Shown<'h>,
}

#[derive(Serialize)]
struct Tensor<'h> {
    name: &'h str,
    r#type: &'static str,
    dimensions: &'h [u64],
    offset: u64,
    bytes: u64,
}

/// A value as JSON has it. Numbers that JSON does not know are texts, and so are the
/// bytes of texts that are no UTF-8, as `{"hex": …}`.
struct Shown<'h>(&'h Value);

/// The same of a value that is made for it.
struct Made(Value);

impl Serialize for Made {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        Shown(&self.0).serialize(out)
    }
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::U8(number) => out.serialize_u8(*number),
            Value::I8(number) => out.serialize_i8(*number),
            Value::U16(number) => out.serialize_u16(*number),
            Value::I16(number) => out.serialize_i16(*number),
            Value::U32(number) => out.serialize_u32(*number),
            Value::I32(number) => out.serialize_i32(*number),
            Value::F32(number) if !number.is_finite() => out.serialize_str(&number.to_string()),
            Value::F64(number) if !number.is_finite() => out.serialize_str(&number.to_string()),
            Value::F32(number) => out.serialize_f32(*number),
            Value::F64(number) => out.serialize_f64(*number),
            Value::Bool(flag) => out.serialize_bool(*flag),
            Value::String(text) => text_of(text, out),
            Value::Array(array) => out.collect_seq(array.values().map(Made)),
            Value::U64(number) => out.serialize_u64(*number),
            Value::I64(number) => out.serialize_i64(*number),
        }
    }
}

fn text_of<S: Serializer>(text: &Text, out: S) -> Result<S::Ok, S::Error> {
    match text.exact() {
        Some(text) => out.serialize_str(text),
        None => {
            let hex: String = text
                .bytes
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            out.collect_map([("hex", hex)])
        }
    }
}

pub(super) fn write(
    parts: &Parts,
    with_keys: bool,
    with_tensors: bool,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let Some(header) = parts.header() else {
        return Ok(());
    };
    let model = Model::new(header);
    let files = parts.parts.iter().map(|part| File {
        file: shown(&part.path),
        header_bytes: part.header.bytes,
        expected_bytes: part.header.expected_bytes(),
        file_bytes: part.header.file_bytes,
    });
    let missing = parts.missing.iter().map(|range| Range {
        from: *range.start(),
        to: *range.end(),
    });
    let keys = || {
        let keys = header.keys.iter().map(|(key, value)| {
            let typed = Typed {
                r#type: value.type_name(),
                value: Shown(value),
            };
            (key.as_str(), typed)
        });
        keys.collect()
    };
    let tensors = || {
        let tensors = parts.tensors().into_iter().map(|tensor| Tensor {
            name: &tensor.name,
            r#type: tensor.tensor_type.name,
            dimensions: &tensor.dimensions,
            offset: tensor.offset,
            bytes: tensor.bytes,
        });
        tensors.collect()
    };
    let run = Run {
        version: 1,
        files: files.collect(),
        missing_parts: missing.collect(),
        faults: &parts.faults,
        gguf_version: header.version,
        endianness: if header.is_big_endian {
            "big"
        } else {
            "little"
        },
        architecture: model.architecture(),
        name: model.text("general.name"),
        size_label: model.text("general.size_label"),
        license: model.text("general.license"),
        context_length: model.context_length(),
        tokenizer: Tokenizer {
            model: model.text("tokenizer.ggml.model"),
            pre: model.text("tokenizer.ggml.pre"),
            tokens: model.vocabulary(),
        },
        chat_templates: model
            .chat_templates()
            .iter()
            .filter(|template| template.wrong().is_none())
            .map(|template| template.name)
            .collect(),
        weights: weights(parts, header),
        keys: with_keys.then(keys),
        tensors: with_tensors.then(tensors),
    };
    write_json(&run, out)
}

fn weights(parts: &Parts, header: &Header) -> Weights {
    let tensors = parts.tensors();
    let summary = parts.summary(header);
    let Summary {
        shares, fallbacks, ..
    } = &summary;
    let model = Model::new(header);
    let file_type = model.number("general.file_type").map(|number| {
        let known = model.file_type();
        FileType {
            number,
            name: known.map(|(known, _)| known.name),
            is_guessed: known.is_some_and(|(_, is_guessed)| is_guessed),
            agrees: match summary.agreement {
                Agreement::Agrees => Some(true),
                Agreement::Differs(_) => Some(false),
                Agreement::Unknown => None,
            },
        }
    });
    let types = shares.iter().map(|share| Share {
        r#type: share.tensor_type.name,
        family: share.tensor_type.family.name(),
        bits_per_weight: share.tensor_type.bits(),
        tensors: share.tensors,
        weights: share.weights,
        bytes: share.bytes,
    });
    let fallbacks = fallbacks.iter().filter_map(|at| tensors.get(*at));
    Weights {
        tensors: tensors.len(),
        weights: summary.weights,
        bytes: summary.bytes,
        bits_per_weight: summary.bits(),
        quantisation: (!tensors.is_empty()).then(|| summary.kind.name()),
        file_type,
        types: types.collect(),
        aim: summary.aim.map(|aim| aim.name),
        fallbacks: fallbacks.map(|tensor| tensor.name.clone()).collect(),
    }
}
