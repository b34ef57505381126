//! Templates that are known by name. They state the formats as their models were trained
//! on them; `docs/chat.md` tells where each is from.

/// What a format does with a system message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// It has a place of its own.
    Own,
    /// It stands before the first message of the user.
    InFirstUser,
    /// It takes the place of a text that stands there otherwise.
    Replaces,
}

/// How a format writes tools, their calls, and what they give back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToolForm {
    /// At the end of the system message, as JSON between tags; so are calls and results.
    Tagged,
    /// Before the user's first message; an answer is one call, results are JSON.
    Single,
    /// Between marks before the user's last message; an answer is a list of calls.
    Listed,
}

/// A template that is known by name.
#[derive(Clone, Copy, Debug)]
pub struct Builtin {
    /// The name.
    pub name: &'static str,
    /// Other names for it.
    pub aliases: &'static [&'static str],
    /// The models that it is for.
    pub about: &'static str,
    /// The template.
    pub source: &'static str,
    /// The text of the token that begins a conversation; empty for none.
    pub bos_token: &'static str,
    /// The text of the token that ends an answer.
    pub eos_token: &'static str,
    /// What a system message becomes.
    pub system: System,
    /// How it writes tools, if the models know them.
    pub tools: Option<ToolForm>,
}

impl Builtin {
    /// The template called `name`.
    pub fn find(name: &str) -> Option<&'static Builtin> {
        BUILTINS
            .iter()
            .find(|builtin| builtin.name == name || builtin.aliases.contains(&name))
    }
}

/// Their list, in the order of the documentation.
pub const BUILTINS: &[Builtin] = &[
    Builtin {
        name: "chatml",
        aliases: &[],
        about: "models trained on ChatML, such as Hermes and Yi",
        source: include_str!("builtin/chatml.jinja"),
        bos_token: "",
        eos_token: "<|im_end|>",
        system: System::Own,
        tools: None,
    },
    Builtin {
        name: "qwen2.5",
        aliases: &["qwen2"],
        about: "Qwen 2 and 2.5 Instruct: ChatML with a system message of its own",
        source: include_str!("builtin/qwen2.5.jinja"),
        bos_token: "",
        eos_token: "<|im_end|>",
        system: System::Replaces,
        tools: Some(ToolForm::Tagged),
    },
    Builtin {
        name: "zephyr",
        aliases: &[],
        about: "Zephyr 7B",
        source: include_str!("builtin/zephyr.jinja"),
        bos_token: "<s>",
        eos_token: "</s>",
        system: System::Own,
        tools: None,
    },
    Builtin {
        name: "llama2",
        aliases: &["llama-2"],
        about: "Llama 2 Chat",
        source: include_str!("builtin/llama2.jinja"),
        bos_token: "<s>",
        eos_token: "</s>",
        system: System::InFirstUser,
        tools: None,
    },
    Builtin {
        name: "llama3",
        aliases: &["llama-3"],
        about: "Llama 3 Instruct",
        source: include_str!("builtin/llama3.jinja"),
        bos_token: "<|begin_of_text|>",
        eos_token: "<|eot_id|>",
        system: System::Own,
        tools: None,
    },
    Builtin {
        name: "llama3.1",
        aliases: &["llama31", "llama-3.1"],
        about: "Llama 3.1 and 3.3 Instruct",
        source: include_str!("builtin/llama3.1.jinja"),
        bos_token: "<|begin_of_text|>",
        eos_token: "<|eot_id|>",
        system: System::Own,
        tools: Some(ToolForm::Single),
    },
    Builtin {
        name: "mistral",
        aliases: &["mistral-v1"],
        about: "Mistral 7B Instruct 0.1 and 0.2, Mixtral 8x7B Instruct",
        source: include_str!("builtin/mistral.jinja"),
        bos_token: "<s>",
        eos_token: "</s>",
        system: System::InFirstUser,
        tools: None,
    },
    Builtin {
        name: "mistral-v3",
        aliases: &[],
        about: "Mistral 7B Instruct 0.3",
        source: include_str!("builtin/mistral-v3.jinja"),
        bos_token: "<s>",
        eos_token: "</s>",
        system: System::InFirstUser,
        tools: Some(ToolForm::Listed),
    },
    Builtin {
        name: "mistral-tekken",
        aliases: &["mistral-nemo"],
        about: "Mistral Nemo and others with the Tekken tokenizer",
        source: include_str!("builtin/mistral-tekken.jinja"),
        bos_token: "<s>",
        eos_token: "</s>",
        system: System::InFirstUser,
        tools: Some(ToolForm::Listed),
    },
    Builtin {
        name: "gemma",
        aliases: &["gemma2", "gemma3"],
        about: "Gemma 1 to 3; a system message goes to the first user message, as in Gemma 3",
        source: include_str!("builtin/gemma.jinja"),
        bos_token: "<bos>",
        eos_token: "<eos>",
        system: System::InFirstUser,
        tools: None,
    },
    Builtin {
        name: "command-r",
        aliases: &["cohere"],
        about: "Command R and R+",
        source: include_str!("builtin/command-r.jinja"),
        bos_token: "<BOS_TOKEN>",
        eos_token: "<|END_OF_TURN_TOKEN|>",
        system: System::Own,
        tools: None,
    },
    Builtin {
        name: "phi3",
        aliases: &["phi-3"],
        about: "Phi 3 and 3.5",
        source: include_str!("builtin/phi3.jinja"),
        bos_token: "",
        eos_token: "<|endoftext|>",
        system: System::Own,
        tools: None,
    },
    Builtin {
        name: "vicuna-1.1",
        aliases: &["vicuna"],
        about: "Vicuna 1.1 to 1.5",
        source: include_str!("builtin/vicuna-1.1.jinja"),
        bos_token: "",
        eos_token: "</s>",
        system: System::Replaces,
        tools: None,
    },
    Builtin {
        name: "alpaca",
        aliases: &[],
        about: "models trained on Stanford Alpaca's prompt",
        source: include_str!("builtin/alpaca.jinja"),
        bos_token: "",
        eos_token: "</s>",
        system: System::Replaces,
        tools: None,
    },
    Builtin {
        name: "airoboros-1.4",
        aliases: &[],
        about: "airoboros 1.4, also on MPT; the prompt ends in one space",
        source: include_str!("builtin/airoboros-1.4.jinja"),
        bos_token: "<|endoftext|>",
        eos_token: "<|endoftext|>",
        system: System::Replaces,
        tools: None,
    },
    Builtin {
        name: "airoboros-2",
        aliases: &[],
        about: "airoboros 2.x",
        source: include_str!("builtin/airoboros-2.jinja"),
        bos_token: "<s>",
        eos_token: "</s>",
        system: System::Replaces,
        tools: None,
    },
    Builtin {
        name: "airoboros-3",
        aliases: &[],
        about: "airoboros 3.x, the format of Llama 2 Chat with a system message of its own",
        source: include_str!("builtin/airoboros-3.jinja"),
        bos_token: "<s>",
        eos_token: "</s>",
        system: System::InFirstUser,
        tools: None,
    },
    Builtin {
        name: "mpt-chat",
        aliases: &["mpt-30b-chat"],
        about: "MPT 30B Chat: ChatML with a system message of its own",
        source: include_str!("builtin/mpt-chat.jinja"),
        bos_token: "",
        eos_token: "<|im_end|>",
        system: System::Replaces,
        tools: None,
    },
    Builtin {
        name: "mpt-instruct",
        aliases: &["mpt-30b-instruct"],
        about: "MPT 30B Instruct",
        source: include_str!("builtin/mpt-instruct.jinja"),
        bos_token: "",
        eos_token: "<|endoftext|>",
        system: System::Replaces,
        tools: None,
    },
];

/// The templates of the package llm-templates 0.2.0, by the names that it knows: what it
/// writes, faults and all. The text is our own.
pub const LLM_TEMPLATES: &[(&str, &str)] = &[
    ("zephyr", include_str!("builtin/llm-templates/zephyr.jinja")),
    ("llama2", include_str!("builtin/llm-templates/llama2.jinja")),
    ("llama3", include_str!("builtin/llm-templates/llama3.jinja")),
    (
        "llama31",
        include_str!("builtin/llm-templates/llama31.jinja"),
    ),
    (
        "mistral",
        include_str!("builtin/llm-templates/mistral.jinja"),
    ),
    ("gemma", include_str!("builtin/llm-templates/gemma.jinja")),
    ("cohere", include_str!("builtin/llm-templates/cohere.jinja")),
    ("phi3", include_str!("builtin/llm-templates/phi3.jinja")),
];
