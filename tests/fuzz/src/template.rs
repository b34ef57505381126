//! Chat templates: whatever one says, it ends.

use mtp::chat::template::{Call, Template, Value};
use std::collections::BTreeMap;

/// Any bytes as a chat template.
pub fn template(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(template) = Template::new(&text, None) else {
        return;
    };
    let message = |role: &str, content: &str| {
        Value::from_iter([
            ("role", Value::from(role)),
            ("content", Value::from(content)),
        ])
    };
    let messages = [
        message("system", "Be kind."),
        message("user", "Grüße 🫥?"),
        message("assistant", " Hello.\n"),
    ];
    for mask in [false, true] {
        let call = Call {
            messages: Value::from_iter(messages.clone()),
            add_generation_prompt: !mask,
            mask,
            variables: BTreeMap::from([
                ("bos_token".to_owned(), Value::from("<s>")),
                ("eos_token".to_owned(), Value::from("</s>")),
            ]),
            ..Call::default()
        };
        if let Ok(rendered) = template.render(&call) {
            let mut end = 0;
            for range in rendered.trained {
                assert!(
                    range.start >= end && rendered.text.get(range.clone()).is_some(),
                    "{range:?}"
                );
                end = range.end;
            }
        }
    }
}
