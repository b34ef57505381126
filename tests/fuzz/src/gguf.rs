//! GGUF files: every file is read or refused, and no promise of a header is believed.

use mtp::gguf::{Keep, Model, Summary, read};

/// Any bytes as a model file.
pub fn gguf(data: &[u8]) {
    for keep in [Keep::ALL, Keep::BEGINNINGS, Keep::VOCABULARY] {
        // A file may be longer than what is there of it.
        for length in [data.len() as u64, 1 << 40] {
            let Ok(header) = read(std::io::Cursor::new(data), length, keep) else {
                continue;
            };
            let model = Model::new(&header);
            let _ = (
                model.architecture(),
                model.context_length(),
                model.file_type(),
                model.vocabulary(),
            );
            let _ = (
                model.chat_templates().len(),
                model.token("tokenizer.ggml.bos_token_id"),
            );
            let _ = (header.data_start(), header.expected_bytes());
            let tensors: Vec<_> = header.tensors.iter().collect();
            let _ = Summary::of(&header, &tensors).bits();
        }
    }
}
