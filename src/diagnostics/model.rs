//! The shape of a finding.

use crate::source::Span;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is emitted.
    Error,
    /// Worth a look; emitted all the same.
    Warning,
}

impl Severity {
    /// `error` or `warning`, as every output format spells it.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// What a user can set a rule to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Findings are errors.
    Error,
    /// Findings are warnings.
    Warn,
    /// The rule is silent.
    Off,
}

impl Level {
    /// The levels as they are written.
    pub const NAMES: [&'static str; 3] = ["error", "warn", "off"];

    /// Reads one of [`Level::NAMES`].
    pub fn parse(name: &str) -> Option<Level> {
        match name {
            "error" => Some(Level::Error),
            "warn" => Some(Level::Warn),
            "off" => Some(Level::Off),
            _ => None,
        }
    }
}

/// A rule: its id, its default and its page.
#[derive(Debug)]
pub struct Rule {
    /// The id, in kebab case.
    pub name: &'static str,
    /// What its findings are unless a level says otherwise.
    pub severity: Severity,
    /// Without this rule nothing can be emitted, so no level changes it.
    pub locked: bool,
    /// It is looked at only where that was asked for, so that nobody misses it.
    pub on_request: bool,
    /// The page, in Markdown: a heading, one line that sums it up, and more.
    pub page: &'static str,
}

impl Rule {
    /// A rule whose findings are errors unless a level says otherwise.
    pub const fn error(name: &'static str, page: &'static str) -> Rule {
        Rule {
            name,
            severity: Severity::Error,
            locked: false,
            on_request: false,
            page,
        }
    }

    /// A rule whose findings are warnings unless a level says otherwise.
    pub const fn warning(name: &'static str, page: &'static str) -> Rule {
        Rule {
            name,
            severity: Severity::Warning,
            locked: false,
            on_request: false,
            page,
        }
    }

    /// A rule without which nothing can be emitted: always an error.
    pub const fn locked(name: &'static str, page: &'static str) -> Rule {
        Rule {
            name,
            severity: Severity::Error,
            locked: true,
            on_request: false,
            page,
        }
    }

    /// The rule, looked at only where that was asked for.
    #[must_use]
    pub const fn on_request(mut self) -> Rule {
        self.on_request = true;
        self
    }

    /// The one line that sums the rule up: the first paragraph of its page.
    pub fn summary(&self) -> &'static str {
        let mut lines = self
            .page
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty());
        lines
            .find(|line| !line.starts_with('#'))
            .unwrap_or_default()
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// A second place that belongs to a finding.
#[derive(Clone, Debug)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What this place is.
    pub message: String,
}

/// Whether a fix can be made without being looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safety {
    /// The meaning is what the writer plainly had in mind.
    Safe,
    /// It removes or changes something that may have been meant.
    Unsafe,
}

/// A replacement of some bytes.
#[derive(Clone, Debug)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// By what.
    pub text: String,
    /// What `span` and `text` stand for. Everywhere [`Change::Text`] once a compile is
    /// finished.
    pub change: Change,
}

/// How the bytes of an [`Edit`] follow from what is known where it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// They are the edit's own.
    Text,
    /// The text is a scalar's content, still to be quoted as its place needs it.
    Scalar,
    /// The entry goes whose key is at the edit's span and whose value is here.
    Entry(Span),
}

/// A change that cures a finding.
#[derive(Clone, Debug)]
pub struct Fix {
    /// What it does, as an imperative sentence.
    pub title: String,
    /// Whether it can be made unseen.
    pub safety: Safety,
    /// The replacements, in one file, not overlapping.
    pub edits: Vec<Edit>,
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The rule that is broken.
    pub rule: &'static Rule,
    /// The rule's default until levels are applied.
    pub severity: Severity,
    /// What is wrong: lower case, names in backticks, no final period.
    pub message: String,
    /// The smallest piece of text to change.
    pub span: Span,
    /// What the place itself is, if the message leaves that open.
    pub label: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// The other half of the story.
    pub labels: Vec<Label>,
    /// A change that cures it, where that is certain enough to be offered.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A finding of `rule` at `span`.
    pub fn new(rule: &'static Rule, span: Span, message: impl Into<String>) -> Self {
        Diagnostic {
            rule,
            severity: rule.severity,
            message: message.into(),
            span,
            label: None,
            help: None,
            labels: Vec::new(),
            fix: None,
        }
    }

    /// Whether nothing can be made as long as it stands.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Says what the place itself is.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Points at a second place, if there is one.
    #[must_use]
    pub fn also(mut self, span: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        if let Some(span) = span.into() {
            self.labels.push(Label {
                span,
                message: message.into(),
            });
        }
        self
    }

    /// Offers a replacement of the bytes at `span`.
    #[must_use]
    pub fn fix(
        mut self,
        safety: Safety,
        title: impl Into<String>,
        span: Span,
        text: impl Into<String>,
    ) -> Self {
        let edits = vec![Edit {
            span,
            text: text.into(),
            change: Change::Text,
        }];
        self.fix = Some(Fix {
            title: title.into(),
            safety,
            edits,
        });
        self
    }

    /// Offers `text` in place of the scalar at `span`, to be quoted as that is.
    #[must_use]
    pub fn fix_scalar(
        mut self,
        title: impl Into<String>,
        span: Span,
        text: impl Into<String>,
    ) -> Self {
        let edits = vec![Edit {
            span,
            text: text.into(),
            change: Change::Scalar,
        }];
        self.fix = Some(Fix {
            title: title.into(),
            safety: Safety::Safe,
            edits,
        });
        self
    }

    /// Offers to take out the entry of a map whose key is at `key` and whose value is
    /// at `value`. It is not certain that nobody wants it.
    #[must_use]
    pub fn fix_by_removal(mut self, title: impl Into<String>, key: Span, value: Span) -> Self {
        let edits = vec![Edit {
            span: key,
            text: String::new(),
            change: Change::Entry(value),
        }];
        self.fix = Some(Fix {
            title: title.into(),
            safety: Safety::Unsafe,
            edits,
        });
        self
    }
}
