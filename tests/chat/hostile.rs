//! Templates that want to hang, or to fill the memory.

use super::rendered;
use mtp::chat::template::FaultKind;

#[test]
fn no_template_hangs_or_fills_the_memory() {
    for source in [
        "{% for a in range(99999) %}{% for b in range(99999) %}{{ a }}{% endfor %}{% endfor %}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% set ns = namespace(s='x') %}{% for a in range(100) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}",
        "{% for a in range(9999) %}{{ 'x' * 99999 }}{% endfor %}",
        "{{ range(10 ** 12) | list }}",
        // One expression alone.
        "{{ 'x' * 10 ** 9 }}",
        "{{ ('x' * 90000000) ~ 'x' }}",
        "{% set x = 'x' * 90000000 %}",
        "{% set a = 'x' * 60000000 %}{% set b = a ~ a %}",
        "{{ ('x' * 99999) | replace('x', 'y' * 99999) }}",
        "{{ ('x' * 99999).replace('', 'y' * 99999) }}",
        "{{ range(99999) | join('x' * 99999) }}",
        "{{ ('x' * 99999).join(range(99999) | list) }}",
        "{{ range(99999) | join(d='x' * 99999) }}",
        "{{ ('\n' * 99999) | indent(99999) }}",
        "{{ 'a' | indent(width=10 ** 12) }}",
        "{{ '%999999999999d' | format(1) }}",
        "{{ '%*d' | format(10 ** 12, 1) }}",
        "{{ '%(a)999999999s' | format(a=1) }}",
        "{{ '{a:>999999999}'.format(a='x') }}",
        "{{ ('%(a)s' * 999) | format(a='x' * 999999) }}",
        "{{ ('{a}' * 999).format(a='x' * 999999) }}",
        "{{ '{:{}}'.format('a', 10 ** 12) }}",
        "{{ '{:>999999999999}'.format('a') }}",
        "{{ 'a'.center(10 ** 12) }}",
        "{{ ('x' * 90000000) | list | length }}",
        "{{ ([1] * 90000000) | list | length }}",
        "{{ ([1] * 90000000) | sort }}",
        "{{ [1] | batch(10 ** 10) | list | length }}",
        "{{ [1] | batch(10 ** 8, 'x') | list | length }}",
        "{{ [1] | slice(10 ** 10) | list | length }}",
        "{{ [1] | tojson(indent=10 ** 9) }}",
        "{{ [1] | tojson(indent='x' * 9999) }}",
        "{{ [['x' * 999999] * 999] | tojson | length }}",
        "{{ [['x' * 999999] * 999] | string | length }}",
        // What is built up step by step, by everything that can hold a value.
        "{% set ns = namespace(l=[1]) %}{% for a in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l ~ '' }}",
        "{% set ns = namespace(l=[1]) %}{% for a in range(60) %}{% set ns.l = ns.l + ns.l %}{% endfor %}{{ ns.l | length }}",
        "{% set ns = namespace(l=[]) %}{% for a in range(9999) %}{% set ns.l = ns.l + ['x' * 999999 ~ a] %}{% endfor %}",
        "{% set ns = namespace(l=[]) %}{% for a in range(9999) %}{% set x %}{{ 'x' * 999999 }}{% endset %}{% set ns.l = ns.l + [x] %}{% endfor %}",
        "{% set x %}{% for a in range(9999) %}{% for b in range(9999) %}RAW{% endfor %}{% endfor %}{% endset %}",
        "{% macro f(x) %}{{ f(x ~ x) }}{% endmacro %}{{ f('x') }}",
        "{% macro f(x) %}{% call(y) f(x) %}{{ y ~ y }}{% endcall %}{{ caller(x ~ x) }}{% endmacro %}{% call(y) f('x' * 99999) %}{% endcall %}",
        "{% for x in ['x'] recursive %}{{ loop([x ~ x]) }}{% endfor %}",
        "{% with a='a' * 9999999, b=a ~ a, c=b ~ b, d=c ~ c %}{% endwith %}",
        "{% for a in ['a' * 9999999] %}{% for b in [a ~ a] %}{% for c in [b ~ b] %}{% for d in [c ~ c] %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}",
    ] {
        // Raw text long enough to be counted.
        let source = source.replace("RAW", &"raw ".repeat(99));
        let (kind, message, _) = rendered(&source, "x").expect_err(&source);
        assert!(
            matches!(kind, FaultKind::Limit | FaultKind::Running),
            "{source}: {message}"
        );
    }
    let (kind, message, _) = rendered(&"{{ 'x' * 9999999 }}".repeat(4), "x").expect_err("a limit");
    assert_eq!(
        (kind, message.as_str()),
        (
            FaultKind::Limit,
            "the template writes more than any prompt is long"
        )
    );
    let many = "{{ 'x' * 9 * 9 * 9 * 9 * 9 }}".repeat(4);
    assert_eq!(
        rendered(&many, "x").expect_err("too many products").0,
        FaultKind::Limit
    );
    let deep = format!("{{{{ {}1{} }}}}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(rendered(&deep, "x").is_err());
}
