//! Tools in rendered text: the list of them, their calls, what they gave back. Only the
//! formats that are part of the program are known; of others, calls stay text.

use super::forms::{
    json, leading_tools, listed_calls, single_call, tagged_calls, tagged_results, tagged_tools,
};
use super::read::Parsed;
use super::shape::Shape;
use crate::chat::check::Named;
use crate::chat::message::Role;
use crate::chat::template::{Builtin, Fault, ToolForm, Value};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::ops::Range;

/// Reads what a template writes.
#[derive(Clone, Debug)]
pub struct Reader {
    shape: Shape,
    /// What is written around messages where there are tools, if that is another shape.
    with_tools: Option<Shape>,
    form: Option<ToolForm>,
}

/// What a text says.
#[derive(Clone, Debug, Default)]
pub struct Talk<'t> {
    /// Its messages.
    pub messages: Vec<Turn<'t>>,
    /// The tools that can be called, each as its JSON.
    pub tools: Vec<&'t str>,
}

/// A message.
#[derive(Clone, Debug)]
pub struct Turn<'t> {
    /// Who says it.
    pub role: Role,
    /// What is said.
    pub content: Cow<'t, str>,
    /// Where it stands in the text, with the calls that belong to it.
    pub range: Range<usize>,
    /// The tools that are called.
    pub calls: Vec<Called<'t>>,
    /// The call that a tool answers.
    pub call_id: Option<String>,
}

/// A call of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called<'t> {
    /// Its id, as the text has it, or else counted through.
    pub id: String,
    /// The tool.
    pub name: Cow<'t, str>,
    /// Its arguments: JSON.
    pub arguments: &'t str,
}

impl Reader {
    /// Learns to read a template. A fault tells why it cannot be read back.
    pub fn of(template: &Named) -> Result<Reader, Fault> {
        let own = template.is_own.then(|| Builtin::find(&template.name));
        let form = own.flatten().and_then(|builtin| builtin.tools);
        let shape = Shape::of(template)?;
        // With an empty list, all is written but the tools.
        let with_tools =
            form.and_then(|_| Shape::with_tools(template, Value::from(Vec::<Value>::new())));
        Ok(Reader {
            with_tools: with_tools.filter(|other| *other != shape),
            shape,
            form,
        })
    }

    /// The messages of a rendered text; `None` if it does not begin as the template begins
    /// one.
    pub fn read<'t>(&self, text: &'t str) -> Option<Talk<'t>> {
        let mut talk = Talk::default();
        let levelled = self.levelled(text, &mut talk);
        let (shape, parsed) = match self.shape.parse(&levelled.text) {
            Some(parsed) => (&self.shape, parsed),
            None => {
                let other = self.with_tools.as_ref()?;
                (other, other.parse(&levelled.text)?)
            }
        };
        let Parsed { messages, .. } = parsed;
        for (role, range) in messages {
            let range = levelled.original(range.start)..levelled.original(range.end);
            self.message(shape, text, role, range, &mut talk);
        }
        Some(talk)
    }

    /// What of a model's raw output is the answer.
    pub fn answer<'t>(&self, output: &'t str) -> Talk<'t> {
        let mut talk = Talk::default();
        let range = self.shape.answer(output);
        self.answered(output, range, &mut talk);
        talk
    }

    /// The text as it would be without tools between its messages; the list of them goes to
    /// `talk`.
    fn levelled<'t>(&self, text: &'t str, talk: &mut Talk<'t>) -> Levelled<'t> {
        let mut levelled = Levelled {
            text: Cow::Borrowed(text),
            moved: Vec::new(),
        };
        if self.form != Some(ToolForm::Listed) {
            return levelled;
        }
        if let Some((range, tools)) = list(text) {
            talk.tools = tools;
            levelled.moved.push((range.start, range.len(), 0));
            levelled.text = Cow::Owned([&text[..range.start], &text[range.end..]].concat());
        }
        // The blank before an answer is not written before a call.
        let lead = self.lead();
        if !lead.is_empty() {
            let parts = levelled.text.split(CALLED_AT_ONCE);
            let parts: Vec<String> = parts.map(str::to_owned).collect();
            let (opening, call) = CALLED_AT_ONCE.split_at("[/INST]".len());
            let mut joined = String::new();
            for (number, part) in parts.iter().enumerate() {
                if number > 0 {
                    joined += opening;
                    joined += lead;
                    levelled.moved.push((joined.len(), 0, lead.len()));
                    joined += call;
                }
                joined += part;
            }
            levelled.text = Cow::Owned(joined);
        }
        levelled
    }

    /// What stands before an answer and does not belong to the prompt.
    fn lead(&self) -> &str {
        let mut all = self.shape.plain.iter().chain(&self.shape.with_system);
        let lead = all.find_map(|pieces| pieces.to_answer.strip_prefix(pieces.prompt.as_str()));
        lead.unwrap_or_default()
    }

    /// Adds a message of the shape, taken apart.
    fn message<'t>(
        &self,
        shape: &Shape,
        text: &'t str,
        role: Role,
        range: Range<usize>,
        talk: &mut Talk<'t>,
    ) {
        let content = &text[range.clone()];
        match (role, self.form) {
            (Role::Assistant, Some(_)) => self.answered(text, range, talk),
            (Role::System, Some(ToolForm::Tagged)) => {
                let (content, tools) = tagged_tools(content);
                let has_tools = !tools.is_empty();
                talk.tools.extend(tools);
                // What the template itself says where there is no system message.
                if !has_tools || shape.own_system() != Some(content) {
                    let range = range.start..range.start + content.len();
                    talk.messages.push(Turn::new(role, text, range));
                }
            }
            (Role::User, Some(ToolForm::Tagged)) => match tagged_results(content) {
                Some(results) => {
                    for result in results {
                        let start = range.start + result.start;
                        let range = start..start + result.len();
                        self.result(Turn::new(Role::Tool, text, range), talk);
                    }
                }
                None => talk.messages.push(Turn::new(role, text, range)),
            },
            (Role::User, Some(ToolForm::Single)) if talk.said_by(Role::User) == 0 => {
                let (start, tools) = leading_tools(content);
                talk.tools.extend(tools);
                let range = range.start + start..range.end;
                talk.messages.push(Turn::new(role, text, range));
            }
            _ => talk.messages.push(Turn::new(role, text, range)),
        }
    }

    /// Adds the messages from one of the user to the next: an answer, or calls of tools, what
    /// they gave back, and what is said then.
    fn answered<'t>(&self, text: &'t str, range: Range<usize>, talk: &mut Talk<'t>) {
        let Some(form) = self.form else {
            talk.messages.push(Turn::new(Role::Assistant, text, range));
            return;
        };
        let mut at = range.start;
        loop {
            let rest = &text[at..range.end];
            let (said, written, length) = match form {
                ToolForm::Tagged => tagged_calls(rest),
                ToolForm::Single => single_call(rest),
                ToolForm::Listed => listed_calls(rest),
            }
            .unwrap_or((rest, Vec::new(), rest.len()));
            let mut turn = Turn::new(Role::Assistant, text, at..at + length);
            turn.content = Cow::Borrowed(said);
            let before = talk.calls();
            let calls = written.into_iter().enumerate();
            turn.calls = calls
                .map(|(number, call)| Called {
                    id: call.id.unwrap_or_else(|| id(before + number)),
                    name: call.name,
                    arguments: call.arguments.get(),
                })
                .collect();
            talk.messages.push(turn);
            at += length;
            match form {
                ToolForm::Tagged => return,
                ToolForm::Single => at = self.single_results(text, at..range.end, talk),
                ToolForm::Listed => at = self.listed_results(text, at..range.end, talk),
            }
            if at >= range.end {
                return;
            }
        }
    }

    /// Adds what tools gave back behind a call of Llama 3.1; where to go on.
    fn single_results<'t>(&self, text: &'t str, range: Range<usize>, talk: &mut Talk<'t>) -> usize {
        const OPEN: &str = "<|eot_id|><|start_header_id|>ipython<|end_header_id|>\n\n";
        const ANSWER: &str = "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n";
        let mut at = range.start;
        while let Some(rest) = text[at..range.end].strip_prefix(OPEN) {
            let Some((content, length)) = json::<Cow<'t, str>>(rest) else {
                break;
            };
            let start = at + OPEN.len();
            at = start + length;
            let mut turn = Turn::new(Role::Tool, text, start..at);
            turn.content = content;
            self.result(turn, talk);
        }
        match text[at..range.end].strip_prefix(ANSWER) {
            Some(_) => at + ANSWER.len(),
            None => range.end,
        }
    }

    /// Adds what tools gave back behind calls of Mistral; where to go on.
    fn listed_results<'t>(&self, text: &'t str, range: Range<usize>, talk: &mut Talk<'t>) -> usize {
        const OPEN: &str = "[TOOL_RESULTS]";
        const CLOSE: &str = "\"}[/TOOL_RESULTS]";
        const ID: &str = ", \"call_id\": \"";
        let eos = self.shape.eos_token.as_deref().unwrap_or_default();
        let mut at = range.start;
        at += if text[at..range.end].starts_with(eos) {
            eos.len()
        } else {
            0
        };
        while let Some(rest) = text[at..range.end].strip_prefix(OPEN) {
            let blank = rest.len() - rest.trim_start_matches(' ').len();
            let read = rest[blank..]
                .strip_prefix("{\"content\": ")
                .and_then(|result| {
                    let (result, behind) = result.split_once(CLOSE)?;
                    let (content, id) = result.rsplit_once(ID)?;
                    Some((content, id, behind))
                });
            let Some((content, id, behind)) = read else {
                break;
            };
            let start = content.as_ptr() as usize - text.as_ptr() as usize;
            let mut turn = Turn::new(Role::Tool, text, start..start + content.len());
            turn.call_id = Some(id.to_owned());
            talk.messages.push(turn);
            at = range.end - behind.len();
        }
        match text[at..range.end].strip_prefix(self.lead()) {
            Some(answer) => range.end - answer.len(),
            None => at,
        }
    }

    /// Adds what a tool gave back: the answer to the first call that has none.
    fn result<'t>(&self, mut turn: Turn<'t>, talk: &mut Talk<'t>) {
        let calls = talk.messages.iter().flat_map(|message| &message.calls);
        let answered = talk.said_by(Role::Tool);
        turn.call_id = Some(
            calls
                .map(|call| call.id.clone())
                .nth(answered)
                .unwrap_or_else(|| id(answered)),
        );
        talk.messages.push(turn);
    }
}

/// Where a call of Mistral follows a question.
const CALLED_AT_ONCE: &str = "[/INST][TOOL_CALLS]";

/// A text that was changed so that its messages can be told apart.
struct Levelled<'t> {
    text: Cow<'t, str>,
    /// From where on how many bytes were taken away, and put in.
    moved: Vec<(usize, usize, usize)>,
}

impl Levelled<'_> {
    /// Where in the original a byte stands.
    fn original(&self, at: usize) -> usize {
        // The places that were put in count in the text as it is then.
        let put: usize = self
            .moved
            .iter()
            .filter(|(from, _, _)| *from <= at)
            .map(|(_, _, put)| put)
            .sum();
        let at = at - put;
        let cut: usize = self
            .moved
            .iter()
            .filter(|(from, cut, _)| *cut > 0 && *from <= at)
            .map(|(_, cut, _)| cut)
            .sum();
        at + cut
    }
}

/// The list of tools between marks, and where it stands.
fn list(text: &str) -> Option<(Range<usize>, Vec<&str>)> {
    const OPEN: &str = "[AVAILABLE_TOOLS]";
    const CLOSE: &str = "[/AVAILABLE_TOOLS]";
    let start = text.find(OPEN)?;
    let from = start + OPEN.len();
    let (tools, length) = json::<Vec<&RawValue>>(&text[from..])?;
    text[from + length..].starts_with(CLOSE).then(|| {
        let tools = tools.into_iter().map(RawValue::get).collect();
        (start..from + length + CLOSE.len(), tools)
    })
}

impl<'t> Turn<'t> {
    /// A message that is the bytes `range` of a text.
    pub fn new(role: Role, text: &'t str, range: Range<usize>) -> Turn<'t> {
        Turn {
            role,
            content: Cow::Borrowed(&text[range.clone()]),
            range,
            calls: Vec::new(),
            call_id: None,
        }
    }
}

impl Talk<'_> {
    fn said_by(&self, role: Role) -> usize {
        self.messages
            .iter()
            .filter(|message| message.role == role)
            .count()
    }

    fn calls(&self) -> usize {
        self.messages
            .iter()
            .map(|message| message.calls.len())
            .sum()
    }
}

/// The id of a call, from 0: nine letters and digits, as Mistral wants them.
fn id(number: usize) -> String {
    format!("call{:05}", number + 1)
}
