//! Templates that nest without end: a fault with its place, and never an abort.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

use mtp::chat::template::{Call, FaultKind, Template, Value};
use serde_json::json;

/// One message of the user.
fn messages() -> Value {
    serde_json::from_value(json!([{ "role": "user", "content": "a" }])).expect("a value")
}

/// What stands before, what is repeated, what stands in the middle, what is repeated behind it,
/// and what stands last.
const SHAPES: [(&str, &str, &str, &str, &str); 44] = [
    ("{{ ", "-", "1", "", " }}"),
    ("{{ ", "not ", "1", "", " }}"),
    ("{{ ", "(", "1", ")", " }}"),
    ("{{ ", "[", "1", "]", " }}"),
    ("{{ ", "{1:", "1", "}", " }}"),
    ("{{ ", "", "1", "+1", " }}"),
    ("{{ ", "", "1", "-1", " }}"),
    ("{{ ", "", "1", "*1", " }}"),
    ("{{ ", "", "1", "/1", " }}"),
    ("{{ ", "", "1", "//1", " }}"),
    ("{{ ", "", "1", "%1", " }}"),
    ("{{ ", "", "1", "**1", " }}"),
    ("{{ ", "", "1", "~\"a\"", " }}"),
    ("{{ ", "", "1", " and 1", " }}"),
    ("{{ ", "", "1", " or 1", " }}"),
    ("{{ ", "", "1", "==1", " }}"),
    ("{{ ", "", "1", "<1", " }}"),
    ("{{ ", "", "1", " in [1]", " }}"),
    ("{{ ", "", "1", " not in [1]", " }}"),
    ("{{ ", "", "1", "[0]", " }}"),
    ("{{ ", "", "1", "[0:]", " }}"),
    ("{{ ", "", "1", ".x", " }}"),
    ("{{ ", "", "1", "()", " }}"),
    ("{{ ", "", "1", "|trim", " }}"),
    ("{{ ", "", "1", "|default(1)", " }}"),
    ("{{ ", "", "1", "|map('upper')", " }}"),
    ("{{ ", "", "1", " is odd", " }}"),
    ("{{ ", "", "1", " is not odd", " }}"),
    ("{{ ", "", "1", " if 1", " }}"),
    ("{{ ", "", "1", " if 1 else 1", " }}"),
    ("{{ ", "1 if ", "1", " else 1", " }}"),
    ("{{ ", "f(", "1", ")", " }}"),
    ("{{ ", "f(a=", "1", ")", " }}"),
    ("{{ ", "1|f(", "1", ")", " }}"),
    ("{% set ", "(", "a", ")", " = 1 %}"),
    ("{% set ", "", "a", ".a", " = 1 %}"),
    ("{% for ", "(", "a", ")", " in [] %}{% endfor %}"),
    ("{% filter ", "", "trim", "|trim", " %}{% endfilter %}"),
    ("{% if 0 %}", "", "", "{% elif 0 %}", "{% endif %}"),
    ("", "{% if 1 %}", "", "{% endif %}", ""),
    ("", "{% if 1 %}{% elif 1 %}", "", "{% endif %}", ""),
    ("", "{% for a in [1] %}", "", "{% endfor %}", ""),
    ("", "{% macro a() %}", "", "{% endmacro %}", ""),
    ("", "{% set a %}", "", "{% endset %}", ""),
];

#[test]
fn what_nests_without_end_is_refused_at_its_place() {
    for (open, before, middle, behind, close) in SHAPES {
        // With its end, and without one.
        for close in [close, ""] {
            let many = 20_000;
            let template = [
                open,
                &before.repeat(many),
                middle,
                &behind.repeat(many),
                close,
            ]
            .concat();
            let shape = format!("{open} {before} {behind} {close}");
            match Template::new(&template, None) {
                Err(fault) => {
                    assert!(
                        matches!(fault.kind, FaultKind::Syntax | FaultKind::Limit),
                        "{shape}: {fault:?}"
                    );
                    let is_placed = fault.kind == FaultKind::Limit || fault.range.is_some();
                    assert!(is_placed, "{shape}: {fault:?}");
                }
                // Comparisons stand beside each other in the tree.
                Ok(_) => assert!(["==1", "<1"].contains(&behind), "{shape}"),
            }
        }
    }
}

#[test]
fn what_nests_as_deep_as_may_be_runs() {
    let deep = |open: &str, many: &str, close: &str| [open, &many.repeat(900), close].concat();
    for (template, expected) in [
        (deep("{{ ", "-", "1 }}"), "1"),
        (deep("{{ 0", "+1", " }}"), "900"),
        (deep("{{ 'a'", "|trim", " }}"), "a"),
        (
            deep("{% if 0 %}", "{% elif 0 %}", "{% else %}b{% endif %}"),
            "b",
        ),
        // Items of a list stand beside each other, however many there are.
        (
            format!("{{{{ [{}]|length }}}}", "1+1,".repeat(5000)),
            "5000",
        ),
        (format!("{{# {} #}}c", "-".repeat(5000)), "c"),
        (
            format!("{{% raw %}}{{{{ {} {{% endraw %}}", "-".repeat(5000)),
            "",
        ),
        (format!("{{{{ '{}' }}}}", "-".repeat(5000)), ""),
    ] {
        let engine = Template::new(&template, None).expect("a template");
        let call = Call {
            messages: messages(),
            ..Call::default()
        };
        let text = engine.render(&call).expect("a text").text;
        assert!(expected.is_empty() || text == expected, "{text}");
    }
}

#[test]
fn what_is_kept_and_put_into_itself_does_not_pile_up() {
    for step in [
        "x.x + [1]",
        "x.x[:]",
        "x.x[0:]",
        "x.x|reverse",
        "x.x|chain([1])",
        "x.x|list",
        "x.x * 1",
        "x.x|map('trim')",
        "[x.x]",
        "{'a': x.x}",
        "dict(a=x.x)",
        "namespace(a=x.x)",
        "x.x|batch(2)",
        "zip(x.x, x.x)",
        "x.x|items",
    ] {
        let template = format!(
            "{{% set x = namespace(x=[1]) %}}{{% for i in range(9999) %}}{{% for j in range(9) %}}{{% set x.x = {step} %}}{{% endfor %}}{{% endfor %}}{{{{ x.x }}}}"
        );
        let engine = Template::new(&template, None).expect("a template");
        let call = Call {
            messages: messages(),
            ..Call::default()
        };
        // A text or a fault, and no abort.
        let _ = engine.render(&call);
    }
}
