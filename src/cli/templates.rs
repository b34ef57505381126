//! The options by which commands are told of a chat template, and how samples become
//! messages.

mod variables;

use super::gguf;
use super::shared::{Failure, shown};
use crate::chat::template::{
    BUILTINS, Call, Chosen, Fault, LLM_TEMPLATES, Now, Template, Value, from_tokenizer_config,
};
use crate::chat::{self, Named, Platform};
use crate::diagnostics::{self, Diagnostics};
use crate::report::Checked;
use crate::source::{Disk, Files, SourceMap, Span};
use clap::{Args, ValueEnum};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How samples become messages.
#[derive(Debug, Args)]
#[command(next_help_heading = "Messages")]
pub(super) struct MappingArgs {
    /// What stands before each input line: nothing but numbers, the names of its tokens, or
    /// their keys
    #[arg(long, value_enum, default_value = "names")]
    header: Header,
    /// Explain in the system message the tokens that have a description
    #[arg(long)]
    legend: bool,
    /// What becomes of the final token: the last line of the answer, a call of a tool, or a
    /// field of a JSON answer
    #[arg(
        long = "final",
        value_enum,
        default_value = "line",
        value_name = "FORM"
    )]
    finals: Final,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Header {
    None,
    Names,
    Keys,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Final {
    Line,
    Tool,
    Json,
}

impl MappingArgs {
    pub(super) fn options(&self) -> chat::Options {
        chat::Options {
            header: match self.header {
                Header::None => chat::Header::None,
                Header::Names => chat::Header::Names,
                Header::Keys => chat::Header::Keys,
            },
            legend: self.legend,
            finals: match self.finals {
                Final::Line => chat::FinalForm::Line,
                Final::Tool => chat::FinalForm::Tool,
                Final::Json => chat::FinalForm::Json,
            },
        }
    }
}

/// What a template is called with.
#[derive(Debug, Args)]
#[command(next_help_heading = "Template")]
pub(super) struct TemplateArgs {
    /// Which of several templates of a model to take, such as tool_use [default: default]
    #[arg(long, value_name = "NAME", requires = "template")]
    template_name: Option<String>,
    /// Write what this package writes: llm-templates (0.2.0), for the eight models that it knows
    #[arg(long, value_enum, value_name = "PACKAGE", requires = "template")]
    style: Option<PackageStyle>,
    /// A JSON file with a list of tools, in OpenAI's form
    #[arg(long, value_name = "FILE", requires = "template")]
    tools: Option<PathBuf>,
    /// A variable of the template; the value is JSON, or else text. documents takes a list
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = variables::read, requires = "template")]
    variables: Vec<(String, String)>,
    /// The date, and time, that strftime_now tells [default: the clock's]
    #[arg(long, value_name = "DATE", requires = "template")]
    now: Option<Now>,
}

/// A package whose own way of writing formats can be had.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum PackageStyle {
    LlmTemplates,
}

/// The platform of this name.
pub(super) fn platform(name: &str) -> Result<Platform, String> {
    Platform::parse(name).ok_or_else(|| super::shared::did_you_mean(name, &Platform::NAMES))
}

/// The most bytes of a file with a template.
const BYTES: u64 = 64 << 20;

/// Why a template cannot be used.
pub(super) enum Refused {
    /// What to show.
    Shown(Checked),
    /// What to tell.
    Told(Failure),
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Refused::Told(failure)
    }
}

impl TemplateArgs {
    /// Whether formats are written as their models know them, and not in a package's style.
    pub(super) fn is_plain(&self) -> bool {
        self.style.is_none()
    }

    /// The files that are read for the template that `wanted` names, besides those that a
    /// model's folder holds: they may not be written over.
    pub(super) fn files<'a>(&'a self, wanted: Option<&'a str>) -> Vec<&'a Path> {
        let wanted = wanted.map(Path::new).filter(|path| path.is_file());
        wanted.into_iter().chain(self.tools.as_deref()).collect()
    }

    /// Finds the template that `wanted` names: one that is known, or a file or folder. The
    /// text of a file goes to `sources`.
    pub(super) fn find(&self, wanted: &str, sources: &SourceMap) -> Result<Named, Refused> {
        let tools = self.tools.as_deref().map(tools).transpose()?;
        let mut named = match chat::Named::builtin(wanted) {
            _ if self.style.is_some() => self.of_package(wanted)?,
            Some(_) if self.template_name.is_some() => {
                return Err(Refused::Told(Failure::Told(format!(
                    "`{wanted}` is one template; --template-name is for files with several"
                ))));
            }
            Some(builtin) => Named {
                template: self.compiled(builtin.template.source(), wanted)?,
                ..builtin
            },
            None => self.of_file(wanted, tools.is_some(), sources)?,
        };
        named.call.tools = tools;
        for (name, value) in &self.variables {
            variables::set(&mut named.call, name, value)?;
        }
        Ok(named)
    }

    /// A template as the package llm-templates writes it.
    fn of_package(&self, wanted: &str) -> Result<Named, Refused> {
        let found = LLM_TEMPLATES.iter().find(|(name, _)| *name == wanted);
        let Some((name, source)) = found else {
            let names: Vec<&str> = LLM_TEMPLATES.iter().map(|(name, _)| *name).collect();
            return Err(Refused::Told(Failure::Told(format!(
                "llm-templates does not know `{wanted}`; it knows {}",
                names.join(", ")
            ))));
        };
        Ok(Named {
            name: (*name).to_owned(),
            template: self.compiled(source, name)?,
            origin: None,
            is_own: true,
            call: Call::default(),
        })
    }

    /// A template that is part of the program.
    fn compiled(&self, source: &str, name: &str) -> Result<Template, Refused> {
        Template::new(source, self.now).map_err(|fault| {
            Refused::Told(Failure::of(
                format!("cannot use the template `{name}`"),
                fault.message,
            ))
        })
    }

    fn of_file(
        &self,
        wanted: &str,
        has_tools: bool,
        sources: &SourceMap,
    ) -> Result<Named, Refused> {
        let found = self.read(Path::new(wanted), has_tools)?;
        let shown_path = shown(&found.path);
        let origin = sources.add(shown_path.clone(), found.source.clone());
        let template = Template::new(&found.source, self.now).map_err(|fault| {
            let Fault { message, range, .. } = fault;
            let span = range.map_or(Span::new(origin, 0, 0), |range| {
                Span::new(origin, range.start, range.end)
            });
            let mut findings = Diagnostics::default();
            findings.push(diagnostics::syntax::not_valid(
                span,
                "chat template",
                &message,
            ));
            let own = SourceMap::default();
            own.add(shown_path.clone(), found.source.clone());
            Refused::Shown(Checked {
                diagnostics: findings.finish(sources, &Default::default()),
                sources: own,
            })
        })?;
        Ok(Named {
            name: shown_path,
            template,
            origin: Some(origin),
            is_own: false,
            call: Call {
                variables: found.variables,
                ..Call::default()
            },
        })
    }

    /// The template's text at a path: a template, a file of a model, or its folder.
    fn read(&self, path: &Path, has_tools: bool) -> Result<Found, Failure> {
        if path.is_dir() {
            return self.of_folder(path, has_tools);
        }
        let is_json = path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        if !path.exists() {
            return Err(no_such(path));
        }
        if gguf::is_model_file(path) {
            let name = self.template_name.as_deref();
            let (source, variables) = gguf::template(path, name, has_tools)?;
            return Ok(Found {
                path: path.to_path_buf(),
                source,
                variables,
            });
        }
        let text = text(path)?;
        if is_json {
            let Chosen { source, variables } = self.chosen(path, &text, has_tools)?;
            let mut variables = variables;
            if path
                .file_name()
                .is_some_and(|name| name == "chat_template.json")
            {
                variables.extend(self.tokens_beside(path, has_tools)?);
            }
            let source = source.ok_or_else(|| {
                Failure::Told(format!("`{}` has no `chat_template`", shown(path)))
            })?;
            return Ok(Found {
                path: path.to_path_buf(),
                source,
                variables,
            });
        }
        Ok(Found {
            path: path.to_path_buf(),
            source: text,
            variables: self.tokens_beside(path, has_tools)?,
        })
    }

    /// The template of a model's folder, by the order in which `transformers` looks.
    fn of_folder(&self, folder: &Path, has_tools: bool) -> Result<Found, Failure> {
        let named = self
            .template_name
            .as_deref()
            .filter(|name| *name != "default");
        let additional = |name: &str| {
            folder
                .join("additional_chat_templates")
                .join(format!("{name}.jinja"))
        };
        let mut candidates = Vec::new();
        match named {
            Some(name) => candidates.push(additional(name)),
            None if has_tools => candidates.push(additional("tool_use")),
            None => {}
        }
        if named.is_none() {
            candidates.push(folder.join("chat_template.jinja"));
        }
        candidates.push(folder.join("chat_template.json"));
        for path in candidates.iter().filter(|path| path.is_file()) {
            let tokens = self.tokens(&folder.join("tokenizer_config.json"), has_tools)?;
            if path.extension().is_some_and(|ending| ending == "json") {
                let text = text(path)?;
                if let Some(source) = self.chosen(path, &text, has_tools)?.source {
                    return Ok(Found {
                        path: path.clone(),
                        source,
                        variables: tokens,
                    });
                }
                continue;
            }
            return Ok(Found {
                path: path.clone(),
                source: text(path)?,
                variables: tokens,
            });
        }
        let config = folder.join("tokenizer_config.json");
        if !config.is_file() {
            return Err(Failure::Told(format!(
                "`{}` holds no chat template: no chat_template.jinja, tokenizer_config.json or chat_template.json",
                shown(folder)
            )));
        }
        self.read(&config, has_tools)
    }

    /// The special tokens in the `tokenizer_config.json` that lies beside a file.
    fn tokens_beside(
        &self,
        path: &Path,
        has_tools: bool,
    ) -> Result<BTreeMap<String, Value>, Failure> {
        self.tokens(&path.with_file_name("tokenizer_config.json"), has_tools)
    }

    fn tokens(&self, path: &Path, has_tools: bool) -> Result<BTreeMap<String, Value>, Failure> {
        if !path.is_file() {
            return Ok(BTreeMap::new());
        }
        // Whatever templates it has, another one was chosen.
        let text = text(path)?;
        let chosen = from_tokenizer_config(&text, None, has_tools);
        Ok(chosen.map(|chosen| chosen.variables).unwrap_or_default())
    }

    fn chosen(&self, path: &Path, text: &str, has_tools: bool) -> Result<Chosen, Failure> {
        let name = self.template_name.as_deref();
        from_tokenizer_config(text, name, has_tools)
            .map_err(|fault| Failure::of(format!("cannot use `{}`", shown(path)), fault.message))
    }
}

/// A template's text, from where, and the special tokens beside it.
struct Found {
    path: PathBuf,
    source: String,
    variables: BTreeMap<String, Value>,
}

fn text(path: &Path) -> Result<String, Failure> {
    let failure = |error: &dyn std::fmt::Display| {
        Failure::of(format!("cannot read `{}`", shown(path)), error)
    };
    let bytes = Disk.read(path, BYTES).map_err(|error| failure(&error))?;
    String::from_utf8(bytes).map_err(|_| failure(&"it is no UTF-8"))
}

fn tools(path: &Path) -> Result<Value, Failure> {
    let text = text(path)?;
    let refused = |reason: &dyn std::fmt::Display| {
        Failure::of(format!("cannot use the tools in `{}`", shown(path)), reason)
    };
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|error| refused(&error))?;
    if !value.is_array() {
        return Err(refused(&"they have to be a JSON list"));
    }
    let items: Vec<&serde_json::value::RawValue> =
        serde_json::from_str(&text).map_err(|error| refused(&error))?;
    for item in items {
        let tool: serde_json::Value =
            serde_json::from_str(item.get()).map_err(|error| refused(&error))?;
        // Some templates take the function alone.
        let function = tool.get("function").unwrap_or(&tool);
        if !function
            .get("name")
            .is_some_and(serde_json::Value::is_string)
        {
            let start = item.get().as_ptr() as usize - text.as_ptr() as usize;
            let before = &text[..start];
            let line = before.matches('\n').count() + 1;
            let column = before[before.rfind('\n').map_or(0, |at| at + 1)..]
                .chars()
                .count()
                + 1;
            return Err(refused(&format!(
                "line {line}, column {column}: a tool is an object with `type` and `function`, \
                 which has a `name`"
            )));
        }
    }
    serde_json::from_str(&text).map_err(|error| refused(&error))
}

fn no_such(path: &Path) -> Failure {
    let name = shown(path);
    let names: Vec<&str> = BUILTINS.iter().map(|builtin| builtin.name).collect();
    let hint = match diagnostics::nearest(&name, names.iter().copied()) {
        Some(near) => format!("did you mean `{}`?", near.name),
        None => format!("the known ones are {}", names.join(", ")),
    };
    Failure::Told(format!(
        "`{name}` is neither the name of a template nor a file or folder; {hint}"
    ))
}
