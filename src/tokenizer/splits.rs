//! The patterns by which texts are split before byte pairs are joined, by what
//! `tokenizer.ggml.pre` calls them.
//!
//! They are those of the models' own `tokenizer.json`; what llama.cpp calls them is in its
//! `llama-vocab.cpp`. A name that is not here is refused, never guessed.

use crate::diagnostics::nearest;

/// How texts are split.
#[derive(Debug)]
pub(super) struct Splitting {
    /// What it is called.
    names: &'static [&'static str],
    /// Each splits what the one before left whole; what matches and what does not are
    /// parts.
    pub(super) patterns: &'static [&'static str],
    /// Whether a part that is a token is that token, however pairs would be joined.
    pub(super) prefers_whole: bool,
}

/// What does without a name that is known.
const WAY_OUT: &str = "--tokenizer takes the model's tokenizer.json instead";

/// All names that are known.
pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().flat_map(|known| known.names.iter().copied())
}

/// The splitting of this name.
pub(super) fn find(name: Option<&str>) -> Result<&'static Splitting, String> {
    let Some(name) = name else {
        return Err(format!(
            "it does not say how texts are split (`tokenizer.ggml.pre`); {WAY_OUT}"
        ));
    };
    let found = ALL.iter().find(|known| known.names.contains(&name));
    found.ok_or_else(|| {
        let near =
            nearest(name, names()).map(|near| format!("; the nearest one is `{}`", near.name));
        format!(
            "how `{name}` splits texts (`tokenizer.ggml.pre`) is not known{}; {WAY_OUT}",
            near.unwrap_or_default()
        )
    })
}

const GPT_2: &str = r#"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)"#;

const LLAMA_3: &str = r#"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#;

const QWEN_2: &str = r#"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#;

const QWEN_3_5: &str = r#"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#;

const GPT_4O: &str = r#"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#;

const TEKKEN: &str = r#"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#;

const DEEPSEEK_LETTERS: &str = r#"\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-ώᾀ-ᾴᾶ-ᾼιῂ-ῄῆ-ῌῐ-ΐῖ-Ίῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤΩℨK-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃]+"#;

const DEEPSEEK_3: &str = r##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"##;

static ALL: &[Splitting] = &[
    Splitting {
        names: &[
            "gpt-2",
            "mpt",
            "olmo",
            "jais",
            "phi-2",
            "jina-es",
            "jina-de",
            "jina-v2-es",
            "jina-v2-de",
            "gigachat",
            "a.x-4.0",
            "mellum",
            "modern-bert",
            "trillion",
            "granite-docling",
            "exaone4",
            "roberta-bpe",
            "jina-v1-en",
            "jina-v2-code",
        ],
        patterns: &[GPT_2],
        prefers_whole: false,
    },
    Splitting {
        names: &[
            "llama3",
            "llama-v3",
            "llama-bpe",
            "falcon3",
            "falcon-h1",
            "pixtral",
            "midm-2.0",
            "lfm2",
            "jina-v5-nano",
        ],
        patterns: &[LLAMA_3],
        prefers_whole: true,
    },
    Splitting {
        names: &["dbrx", "smaug-bpe", "chatglm-bpe"],
        patterns: &[LLAMA_3],
        prefers_whole: false,
    },
    Splitting {
        names: &["glm4", "glm5"],
        patterns: &[LLAMA_3],
        prefers_whole: true,
    },
    Splitting {
        names: &[
            "qwen2",
            "deepseek-r1-qwen",
            "kormo",
            "f2llmv2",
            "stablelm2",
            "hunyuan",
            "solar-open",
            "megrez",
            "grok-2",
        ],
        patterns: &[QWEN_2],
        prefers_whole: false,
    },
    Splitting {
        names: &["qwen35"],
        patterns: &[QWEN_3_5],
        prefers_whole: false,
    },
    Splitting {
        names: &[
            "starcoder",
            "refact",
            "command-r",
            "smollm",
            "codeshell",
            "exaone",
            "minerva-7b",
            "mellum2",
        ],
        patterns: &[r#"\p{N}"#, GPT_2],
        prefers_whole: false,
    },
    Splitting {
        names: &["falcon"],
        patterns: &[r#"[\p{P}\$\+<=>\^~\|`]+"#, GPT_2, r#"[0-9][0-9][0-9]"#],
        prefers_whole: false,
    },
    Splitting {
        names: &["deepseek-llm"],
        patterns: &[
            r#"[\r\n]"#,
            DEEPSEEK_LETTERS,
            r#"\s?[!-/:-~！-／：-～‘-‟　-。]+"#,
            r#"\s+$"#,
            r#"[一-龥ࠀ-一가-퟿]+"#,
            r#"\p{N}+"#,
        ],
        prefers_whole: false,
    },
    Splitting {
        names: &["deepseek-coder"],
        patterns: &[
            r#"[\r\n]"#,
            r#"\s?\p{L}+"#,
            r#"\s?\p{P}+"#,
            r#"[一-龥ࠀ-一가-퟿]+"#,
            r#"\p{N}"#,
        ],
        prefers_whole: false,
    },
    Splitting {
        names: &["deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4"],
        patterns: &[r#"\p{N}{1,3}"#, r#"[一-龥぀-ゟ゠-ヿ]+"#, DEEPSEEK_3],
        prefers_whole: false,
    },
    Splitting {
        names: &["gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2"],
        patterns: &[GPT_4O],
        prefers_whole: false,
    },
    Splitting {
        names: &["tekken"],
        patterns: &[TEKKEN],
        prefers_whole: true,
    },
];

#[cfg(test)]
mod tests {
    use super::super::splitter::Splitter;
    use super::*;

    #[test]
    fn every_pattern_can_be_looked_for() {
        for known in ALL {
            let splitter = Splitter::new(known.patterns);
            assert!(splitter.is_ok(), "{:?}: {splitter:?}", known.names);
        }
    }
}
