//! What the engine writes, and where it says that a template fails.

use super::{call, conversation, marked, rendered};
use mtp::chat::template::{FaultKind, Template};
use proptest::prelude::*;
use serde_json::json;

#[test]
fn templates_write_what_jinja2_writes() {
    // What it writes was read off Jinja2 3.1.6 as transformers 5.23 sets it up.
    for (source, expected) in [
        ("{{ messages }}", "[{'content': 'é', 'role': 'user'}]"),
        (
            "{{ true }} {{ none }} {{ 1.0 }} {{ 1e22 }} {{ (1, 'a') }} {{ (1,) }}",
            "True None 1.0 1e+22 (1, 'a') (1,)",
        ),
        (
            "{{ messages | tojson }}",
            "[{\"content\": \"é\", \"role\": \"user\"}]",
        ),
        (
            "{{ messages[0] | tojson(ensure_ascii=True, separators=(',', ':')) }}",
            "{\"content\":\"\\u00e9\",\"role\":\"user\"}",
        ),
        (
            "{{ {'b': '<&>', 'a': [1, []]} | tojson(indent=1, sort_keys=true) }}",
            "{\n \"a\": [\n  1,\n  []\n ],\n \"b\": \"<&>\"\n}",
        ),
        ("a\r\n{% if true %}\r\nb\r\n{% endif %}\r\nc\r\n", "a\nb\nc"),
        (
            "{% raw %}\n{{ x }} '\"\\\n{% endraw %}\nz",
            "\n{{ x }} '\"\\\nz",
        ),
        ("x  {%- raw -%}  a  {%- endraw -%}  y", "xay"),
        (
            "{{ none is iterable }} {{ 'a' is iterable }} {{ undefined_name is iterable }}",
            "False True True",
        ),
        ("{{ undefined_name | length }}", "0"),
        (
            "{{ strftime_now('%d %b %Y %H:%M:%S %-d') }}",
            "07 Mar 2026 09:05:02 7",
        ),
        ("{% for c in 'ab' %}{{ c }}.{% endfor %}", "a.b."),
        (
            "{% for k, v in messages[0].items() if k == 'role' %}{{ k }}={{ v }}{% endfor %}",
            "role=user",
        ),
        (
            "{% set x = 'a' if 1 == 1 else 'b' %}{{ x }}{% set y %}in{% endset %}{{ y }}",
            "ain",
        ),
        ("{%- generation -%} a {% endgeneration %}\n b", "a  b"),
        (
            "{{ 'a-b-c'.partition('-') }} {{ 'a-b-c'.rpartition('-') }} {{ 'abc'.partition('-') }}",
            "('a', '-', 'b-c') ('a-b', '-', 'c') ('abc', '', '')",
        ),
        (
            "{{ ' a b  c '.rsplit() }} {{ 'a b c'.rsplit(none, 1) }} {{ 'a-b-c'.rsplit('-', 1) }}",
            "['a', 'b', 'c'] ['a b', 'c'] ['a-b', 'c']",
        ),
        (
            "{{ 'éab'.index('b') }} {{ 'abc'.removeprefix('a') }} {{ 'abc'.removesuffix('bc') }} {{ 'Straße'.casefold() }}",
            "2 bc a strasse",
        ),
        (
            "[{{ 'a'.center(4) }}] [{{ 'ab'.center(5) }}] [{{ 'a'.ljust(3, '.') }}] [{{ 'a'.rjust(3) }}] {{ '-7'.zfill(4) }} {{ 'aB'.swapcase() }}",
            "[ a  ] [  ab ] [a..] [  a] -007 Ab",
        ),
        (
            "{{ '\\x1ca\\x1d'.strip() }}{{ '\\x1fa '|trim }} {{ 'xax'|trim('x') }} {{ 'xax'.rstrip('x') }}",
            "aa a xa",
        ),
        (
            "{{ 'a\\x1cb c'.split() }} {{ ' a b  c '.split(none, 1) }} {{ 'a\\r\\nb\\u2028c'.splitlines() }} {{ 'a\\n'.splitlines(true) }}",
            "['a', 'b', 'c'] ['a', 'b  c '] ['a', 'b', 'c'] ['a\\n']",
        ),
        (
            "{{ \"they're x1y\".title() }} {{ 'aaa'|replace('a', 'b', 2) }} {{ 'aaa'|replace('a', 1) }} {{ [4, 5].index(5) }}",
            "They'Re X1Y bba 111 1",
        ),
        (
            "{{ 'a.b.c'.split('.', maxsplit=1) }} {{ 'a.b.c'.rsplit('.', maxsplit=1) }} {{ 'abcb'.index('b', 2) }} {{ 'ß'.title() }}",
            "['a', 'b.c'] ['a.b', 'c'] 3 Ss",
        ),
        (
            "{{ dict([('a', 1), ['b', 2]], c=3) }} {{ dict({'a': 1}, a=2) }} {{ dict(x='y') }} {{ dict() }}",
            "{'a': 1, 'b': 2, 'c': 3} {'a': 2} {'x': 'y'} {}",
        ),
        (
            "{{ strftime_now('%c|%x|%X|%f|%%c') }}",
            "Sat Mar  7 09:05:02 2026|03/07/26|09:05:02|000000|%c",
        ),
        ("{{ '\\x7f' | tojson(ensure_ascii=true) }}", "\"\\u007f\""),
        ("{# a 'comment #}{{ '}}' }}", "}}"),
        // What is held against the budget is the same as without.
        (
            "{% macro f(a, b='x', c=[1, 2]) -%}\n {{ a ~ b ~ c }}\n {%- endmacro %}\n{{ f(1) }}{{ f(1, c=3) }}",
            "1x[1, 2]1x3",
        ),
        (
            "{% macro f(a) %}\n{{ caller(a, 2) }}{% endmacro %}\n{% call(x, y) f(1) %}\n{{ x + y }}\n{% endcall %}\n.",
            "3\n.",
        ),
        (
            "{% macro f() %}\n{{ caller() }}{% endmacro %}{% call f() %}\nx{% endcall %}",
            "x",
        ),
        (
            "{% with a=1, b='x, y' %}\n{{ a }}{{ b }}\n{% endwith %}\n.",
            "1x, y\n.",
        ),
        ("{% with %}{{ 1 }}{% endwith %}", "1"),
        (
            "{% for x, y in [[1, [[2, []]]]] recursive %}\n<{{ x }}{{ loop(y) }}>\n{% endfor %}",
            "<1<2>\n>\n",
        ),
        (
            "{% for x in [1, 2] + [3] if x > 1 %}{{ x }}{% else %}none{% endfor %}",
            "23",
        ),
        (
            "{% set x | upper %}a{% endset %}{% set a, b = 1, 2 %}{{ x }}{{ a }}{{ b }}",
            "A12",
        ),
        (
            "{% if nothing %}1{% elif not nothing and 'a' in 'abc' %}2{% else %}3{% endif %}",
            "2",
        ),
        (
            "{{ ['b', 'a'] | sort | join('-') }} {{ 'a-b' | replace('-', '+') }} {{ 'a\nb' | indent(2) }} {{ '%s=%03d' | format('a', 7) }} {{ '{:>4}|{}'.format('a', 'b') }} {{ [{'a': 1}] | map(attribute='a') | list }} {{ [1, 2, 3] | select('odd') | list }} {{ [{'a': 2}, {'a': 1}] | sort(attribute='a', reverse=true) | map(attribute='a') | join(d='/') }}",
            "a-b a+b a\n  b a=007    a|b [1] [1, 3] 2/1",
        ),
        (
            "A text between tags that is long enough to be counted, with 'quotes' and {brackets}.  \n  {% if true %}\n  x{% endif %}",
            "A text between tags that is long enough to be counted, with 'quotes' and {brackets}.  \n  x",
        ),
    ] {
        assert_eq!(rendered(source, "é"), Ok(expected.to_owned()), "{source}");
    }
}

#[test]
fn a_template_that_fails_says_where() {
    for (source, kind, place, part) in [
        ("{% for %}", FaultKind::Syntax, None, "unexpected"),
        (
            "a\r\nb {{ messages[0].content.nothing.more }}",
            FaultKind::Running,
            Some(".nothing.more"),
            "undefined",
        ),
        (
            "{{ raise_exception('é: no ' ~ messages[0].role) }}",
            FaultKind::Raised,
            Some("raise_exception('é: no ' ~ messages[0].role)"),
            "é: no user",
        ),
        (
            "{% for x in none %}{% endfor %}",
            FaultKind::Running,
            None,
            "None cannot be looped over",
        ),
        (
            "{% for x in tools %}{% endfor %}",
            FaultKind::Running,
            None,
            "None cannot be looped over",
        ),
        (
            "{{ messages | nofilter }}",
            FaultKind::Running,
            None,
            "nofilter",
        ),
    ] {
        let (found, message, at) = rendered(source, "x").expect_err(source);
        assert_eq!(found, kind, "{source}: {message}");
        assert!(message.contains(part), "{source}: {message}");
        if let Some(place) = place {
            assert_eq!(at.as_deref(), Some(place), "{source}: {message}");
        }
    }
}

#[test]
fn what_is_trained_on_is_told_also_without_generation_blocks() {
    let plain = "{% for m in messages %}<{{ m.role }}>{{ m.content }}</>{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";
    let marked_template = "{% for m in messages %}<{{ m.role }}>{% if m.role == 'assistant' %}{% generation %}{{ m.content }}</>{% endgeneration %}{% else %}{{ m.content }}</>{% endif %}{% endfor %}";
    for source in [plain, marked_template] {
        let template = Template::new(source, None).expect("a template");
        let mut call = call(conversation());
        call.mask = true;
        let rendered = template.render(&call).expect("a text");
        assert_eq!(
            marked(&rendered),
            "<system>Be terse.</><user>Which way?</><assistant>«That depends.</>»<user>On what?</><assistant>«On you.</>»"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_template_makes_the_engine_panic(source in "[{}%#a-z'\"() |.\\-+=\n]{0,60}") {
        if let Ok(template) = Template::new(&source, None) {
            let _ = template.render(&call(json!([{ "role": "user", "content": "a" }])));
        }
    }
}
