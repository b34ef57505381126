//! What a template writes around a question and its answer, so that not every row needs the
//! engine: of the samples of one instruction, nothing else differs.
//!
//! A frame is only learnt of templates that are part of the program. They never look at what
//! a message says, except that they take the blanks around it away; a test holds that what a
//! frame makes is what the engine makes.

use crate::chat::check::Named;
use crate::chat::mapping::Mapping;
use crate::chat::message::{Conversation, Message, Role};
use crate::chat::template::{Call, Rendered};
use crate::chat::values::{messages, tools};

/// What stands around a question and an answer.
#[derive(Debug)]
pub(super) struct Frame {
    before: String,
    between: String,
    after: String,
    question: Blanks,
    answer: Blanks,
    /// Where in `between` begins, and where in `after` ends, what is trained on.
    trained: (usize, usize),
    /// How much of `between` belongs to the prompt that asks for an answer; `None` if the
    /// prompt is not the beginning of the whole text.
    prompt: Option<usize>,
}

/// Which blanks around a message stay.
#[derive(Clone, Copy, Debug)]
struct Blanks {
    before: bool,
    behind: bool,
}

/// Blanks that no template of ours writes.
const BLANKS: &str = "\t \t";
const QUESTION: &str = "Qxquestionq";
const ANSWER: &str = "Qxanswerq";

/// The frames of all instructions, where there are any.
pub(super) fn of_all(mapping: &Mapping<'_, '_>, template: Option<&Named>) -> Vec<Option<Frame>> {
    let template = template.filter(|template| template.is_own);
    let known = mapping.instructions.iter();
    known
        .map(|known| {
            let conversation = Conversation {
                messages: match known.system.is_empty() {
                    true => Vec::new(),
                    false => vec![Message::new(Role::System, known.system.as_str())],
                },
                tools: &known.tools,
            };
            Frame::learn(template?, conversation)
        })
        .collect()
}

impl Frame {
    /// Learns what `template` writes behind the system message, if there is one; `None` if
    /// it does more than put texts between others.
    fn learn(template: &Named, conversation: Conversation<'_>) -> Option<Frame> {
        let Conversation {
            messages: mut all,
            tools: own,
        } = conversation;
        let own = tools(own).or_else(|| template.call.tools.clone());
        let render = |all: &[Message<'_>], is_prompt: bool| -> Option<Rendered> {
            let call = Call {
                messages: messages(all),
                tools: own.clone(),
                add_generation_prompt: is_prompt,
                mask: !is_prompt,
                ..template.call.clone()
            };
            template.template.render(&call).ok()
        };
        let probe = |role: Role, text: &str| Message::new(role, format!("{BLANKS}{text}{BLANKS}"));
        all.push(probe(Role::User, QUESTION));
        let prompt = render(&all, true)?.text;
        all.push(probe(Role::Assistant, ANSWER));
        let Rendered { text, trained } = render(&all, false)?;
        let (before, rest) = once(&text, QUESTION)?;
        let (between, after) = once(rest, ANSWER)?;
        let [trained] = trained.as_slice() else {
            return None;
        };
        let answer_at = text.len() - after.len() - ANSWER.len();
        let (between_at, after_at) = (answer_at - between.len(), text.len() - after.len());
        let begin = trained.start.checked_sub(between_at)?;
        let end = trained.end.checked_sub(after_at)?;
        let (before, question_before) = cut_end(before);
        let (between_cut, question_behind) = cut_start(between);
        let begin = begin.checked_sub(between.len() - between_cut.len())?;
        let (between, answer_before) = cut_end(between_cut);
        let (after_cut, answer_behind) = cut_start(after);
        let end = end.checked_sub(after.len() - after_cut.len())?;
        let after = after_cut;
        let asked = prompt.split_once(QUESTION);
        let prompt = asked.and_then(|(asked_before, asked_behind)| {
            let asked_before = cut_end(asked_before);
            let asked_behind = cut_start(asked_behind);
            let is_alike = asked_before == (before, question_before)
                && asked_behind.1 == question_behind
                && between.starts_with(asked_behind.0);
            is_alike.then_some(asked_behind.0.len())
        });
        Some(Frame {
            trained: (begin.min(between.len()), end),
            before: before.to_owned(),
            between: between.to_owned(),
            after: after.to_owned(),
            question: Blanks {
                before: question_before,
                behind: question_behind,
            },
            answer: Blanks {
                before: answer_before,
                behind: answer_behind,
            },
            prompt,
        })
    }

    /// What the template makes of a question and an answer; `None` if the engine has to say.
    pub(super) fn fill(&self, question: &str, answer: &Message<'_>) -> Option<Filled> {
        let is_plain = answer.call.is_none();
        let question = self.question.of(question)?;
        let answer = self
            .answer
            .of(answer.content.as_ref())
            .filter(|_| is_plain)?;
        let parts = [&self.before, question, &self.between, answer, &self.after];
        let text = parts.concat();
        let between = self.before.len() + question.len();
        let after = text.len() - self.after.len();
        Some(Filled {
            trained: between + self.trained.0..after + self.trained.1,
            prompt: self.prompt.map(|prompt| between + prompt),
            text,
        })
    }
}

/// A frame with its texts.
pub(super) struct Filled {
    /// The whole text.
    pub(super) text: String,
    /// What of it is trained on.
    pub(super) trained: std::ops::Range<usize>,
    /// Where the prompt ends that asks for the answer.
    pub(super) prompt: Option<usize>,
}

impl Blanks {
    /// A message without the blanks that do not stay; `None` if nothing is left.
    fn of(self, text: &str) -> Option<&str> {
        if text.trim().is_empty() {
            // Next to nothing a template may take away its own blanks.
            return None;
        }
        let text = if self.before { text } else { text.trim_start() };
        Some(if self.behind { text } else { text.trim_end() })
    }
}

/// What stands before and behind `probe`, if it stands there once.
fn once<'t>(text: &'t str, probe: &str) -> Option<(&'t str, &'t str)> {
    let (before, behind) = text.split_once(probe)?;
    (!behind.contains(probe)).then_some((before, behind))
}

/// A text without the blanks that end it, and whether they did.
fn cut_end(text: &str) -> (&str, bool) {
    match text.strip_suffix(BLANKS) {
        Some(rest) => (rest, true),
        None => (text, false),
    }
}

/// A text without the blanks that begin it, and whether they did.
fn cut_start(text: &str) -> (&str, bool) {
    match text.strip_prefix(BLANKS) {
        Some(rest) => (rest, true),
        None => (text, false),
    }
}
