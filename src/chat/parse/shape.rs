//! The pieces that a template writes around messages.

use crate::chat::check::Named;
use crate::chat::message::{Message, Role};
use crate::chat::template::{Call, Fault, FaultKind, Value};
use crate::chat::values::messages;

/// What a template writes around messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Conversations that begin with a system message; none if the template takes none.
    pub with_system: Option<Pieces>,
    /// Conversations that begin with the user.
    pub plain: Option<Pieces>,
    /// The text of the token that ends an answer, if the template was given one.
    pub eos_token: Option<String>,
}

/// The pieces of conversations that begin alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pieces {
    /// Before the first message.
    pub head: String,
    /// Between the system message and the user's first; empty without a system message.
    pub after_system: String,
    /// Between a message of the user and the answer.
    pub to_answer: String,
    /// Between an answer and the next message of the user.
    pub to_user: String,
    /// Behind the last answer.
    pub end: String,
    /// Behind the last message of the user, where an answer is asked for.
    pub prompt: String,
    /// Behind the last message of the user, where nothing is asked for.
    pub asked: String,
}

impl Pieces {
    /// What ends an answer, whether a message follows or not.
    pub fn stop(&self) -> &str {
        let shared = self
            .to_user
            .bytes()
            .zip(self.end.bytes())
            .take_while(|(a, b)| a == b);
        let shared = &self.end[..self.end.floor_char_boundary(shared.count())];
        // Where both go on differently, what is alike of a token is none.
        let is_whole = shared.len() == self.end.len();
        let stop = match shared.rfind('\n').filter(|_| !is_whole) {
            Some(line) => shared[..line].trim(),
            None => shared.trim(),
        };
        if stop.is_empty() {
            self.end.trim()
        } else {
            stop
        }
    }

    /// What begins a message of the user behind an answer.
    pub fn opener(&self) -> &str {
        let stop = self.stop();
        match self.to_user.find(stop).filter(|_| !stop.is_empty()) {
            Some(at) => self.to_user[at + stop.len()..].trim(),
            None => self.to_user.trim(),
        }
    }
}

/// The texts of the messages that are rendered to learn from. No template changes a word.
const PROBES: [&str; 5] = [
    "Qxsystemq",
    "Qxonequestionq",
    "Qxoneanswerq",
    "Qxtwoquestionq",
    "Qxtwoanswerq",
];

impl Shape {
    /// Learns the pieces of a template. A fault tells why it cannot be read back.
    pub fn of(template: &Named) -> Result<Shape, Fault> {
        let tools = template.call.tools.clone();
        let with_system = pieces(template, true, &tools);
        if let Err(fault) = &with_system
            && fault.kind == FaultKind::Limit
        {
            // It would take as long once more.
            return Err(fault.clone());
        }
        let plain = pieces(template, false, &tools);
        if let (Err(_), Err(fault)) = (&with_system, &plain) {
            return Err(fault.clone());
        }
        Ok(Shape {
            with_system: with_system.ok(),
            plain: plain.ok(),
            eos_token: eos_token(template),
        })
    }
}

impl Shape {
    /// The same where there are tools; `None` if that cannot be told.
    pub(super) fn with_tools(template: &Named, tools: Value) -> Option<Shape> {
        let tools = Some(tools);
        let with_system = pieces(template, true, &tools).ok();
        let plain = pieces(template, false, &tools).ok();
        (with_system.is_some() || plain.is_some()).then(|| Shape {
            with_system,
            plain,
            eos_token: eos_token(template),
        })
    }

    /// The system message that the template writes where there is none.
    pub(super) fn own_system(&self) -> Option<&str> {
        let (with_system, plain) = self.with_system.as_ref().zip(self.plain.as_ref())?;
        let head = plain.head.strip_prefix(with_system.head.as_str())?;
        head.strip_suffix(with_system.after_system.as_str())
    }
}

/// The text of the token that ends an answer, if the template was given one.
fn eos_token(template: &Named) -> Option<String> {
    let token = template.call.variables.get("eos_token");
    let token = token.and_then(Value::as_str).map(str::to_owned);
    token.filter(|token| !token.is_empty())
}

fn pieces(template: &Named, has_system: bool, tools: &Option<Value>) -> Result<Pieces, Fault> {
    let roles = [
        Role::System,
        Role::User,
        Role::Assistant,
        Role::User,
        Role::Assistant,
    ];
    let from = usize::from(!has_system);
    let all: Vec<Message<'_>> = roles
        .into_iter()
        .zip(PROBES)
        .map(|(role, text)| Message::new(role, text))
        .collect();
    let rendered = |to: usize, prompt: bool| {
        let call = Call {
            messages: messages(&all[from..to]),
            add_generation_prompt: prompt,
            continue_final_message: false,
            mask: false,
            tools: tools.clone(),
            ..template.call.clone()
        };
        template
            .template
            .render(&call)
            .map(|rendered| rendered.text)
    };
    let two = between(&rendered(5, false)?, &PROBES[from..5])?;
    let one = between(&rendered(3, false)?, &PROBES[from..3])?;
    let open = between(&rendered(2, true)?, &PROBES[from..2])?;
    // Not every template takes a question without an answer.
    let asked = rendered(2, false).and_then(|text| between(&text, &PROBES[from..2]));
    let asked = asked.ok().and_then(|mut pieces| pieces.pop());
    let unsteady = || {
        Fault::output(
            "it cannot be read back: it writes a message one way here and another way there",
        )
    };
    let offset = usize::from(has_system);
    let pieces = Pieces {
        head: two[0].clone(),
        after_system: if has_system {
            two[1].clone()
        } else {
            String::new()
        },
        to_answer: two[1 + offset].clone(),
        to_user: two[2 + offset].clone(),
        end: two[4 + offset].clone(),
        prompt: open[1 + offset].clone(),
        asked: asked.unwrap_or_default(),
    };
    let is_steady = two[3 + offset] == pieces.to_answer
        && one[0] == pieces.head
        && one[1 + offset] == pieces.to_answer
        && one[2 + offset] == pieces.end
        && open[0] == pieces.head
        && !pieces.to_answer.is_empty()
        && !pieces.to_user.is_empty()
        && (!has_system || !pieces.after_system.is_empty());
    if is_steady {
        Ok(pieces)
    } else {
        Err(unsteady())
    }
}

/// What stands before, between and behind the probes.
fn between(text: &str, probes: &[&str]) -> Result<Vec<String>, Fault> {
    let mut pieces = Vec::new();
    let mut rest = text;
    for probe in probes {
        let Some((before, behind)) = rest.split_once(probe) else {
            return Err(Fault::output(
                "it cannot be read back: it leaves a message out, or puts it elsewhere",
            ));
        };
        pieces.push(before.to_owned());
        rest = behind;
    }
    pieces.push(rest.to_owned());
    Ok(pieces)
}
