//! What the scripts that `clap_complete` makes lack, for each shell: values of options behind
//! `=`, words and paths that stand without an option.

use clap::builder::PossibleValue;
use clap::{Arg, Command, ValueHint};
use clap_complete::Shell;
use std::fmt::Write;

/// The script of a shell with what it lacks.
pub(super) fn more(shell: Shell, command: &Command, script: String) -> String {
    match shell {
        // Where a folder is wanted and there is none, files would be offered.
        Shell::Bash => {
            let folders = "compopt +o default +o bashdefault -o plusdirs";
            script.replace("compopt -o plusdirs", folders) + BASH
        }
        Shell::Fish => {
            // It would take `--out-dir=` for the start of a path, and write it twice.
            let own =
                "(__fish_complete_directories (commandline -ct | string replace -r '^-[^=]*=' ''))";
            script.replace("(__fish_complete_directories)", own) + &for_fish(command)
        }
        // Behind a path, `*::` has no option completed.
        Shell::Zsh => script.replace("\n'*::", "\n'*:"),
        Shell::PowerShell => {
            let end = "\n    $completions.Where{";
            script.replacen(end, &format!("\n{}{end}", for_powershell(command)), 1)
        }
        Shell::Elvish => {
            let end = "\n    $completions[$command]\n";
            script.replacen(end, &format!("\n{}", for_elvish(command)), 1)
        }
        _ => script,
    }
}

/// Bash takes `=` for a word of its own, as COMP_WORDBREAKS says.
const BASH: &str = r#"
_mtp_behind_equals() {
    local cur="$2" prev="$3" behind=-1 before=""
    if [[ "$cur" == "=" ]]; then
        cur="" behind=$COMP_CWORD
    elif [[ "$prev" == "=" ]]; then
        behind=$((COMP_CWORD - 1))
    fi
    if [[ $behind -gt 0 ]]; then
        prev="${COMP_WORDS[behind - 1]}"
        if [[ "$prev" != -* && $behind -gt 1 ]]; then
            before="$prev="
            cur="$before$cur"
            prev="${COMP_WORDS[behind - 2]}"
            [[ "$prev" == "=" && $behind -gt 2 ]] && prev="${COMP_WORDS[behind - 3]}"
        fi
    fi
    _mtp "$1" "$cur" "$prev"
    [[ -z "$before" ]] || COMPREPLY=("${COMPREPLY[@]#"$before"}")
}

if [[ "${BASH_VERSINFO[0]}" -eq 4 && "${BASH_VERSINFO[1]}" -ge 4 || "${BASH_VERSINFO[0]}" -gt 4 ]]; then
    complete -F _mtp_behind_equals -o nosort -o bashdefault -o default mtp
else
    complete -F _mtp_behind_equals -o bashdefault -o default mtp
fi
"#;

/// The words that may stand for an argument.
fn words(argument: &Arg) -> Vec<String> {
    let words = argument.get_possible_values();
    let names = words.iter().map(PossibleValue::get_name);
    names.map(str::to_owned).collect()
}

/// What may stand behind a command or an option of it: `mtp;validate --rule`, and the words.
fn all_words(command: &Command) -> Vec<(String, Vec<String>)> {
    let mut all = Vec::new();
    for command in command.get_subcommands() {
        let name = format!("mtp;{}", command.get_name());
        for option in command.get_opts() {
            let words = words(option);
            if let Some(long) = option.get_long().filter(|_| !words.is_empty()) {
                all.push((format!("{name} --{long}"), words));
            }
        }
        let words: Vec<String> = command.get_positionals().flat_map(words).collect();
        if !words.is_empty() {
            all.push((name, words));
        }
    }
    all
}

/// The commands that take paths, and their options that do: `mtp;man -o`.
fn with_paths(command: &Command) -> Vec<String> {
    let is_path = |argument: &&Arg| argument.get_value_hint() != ValueHint::Unknown;
    let mut all = Vec::new();
    for command in command.get_subcommands() {
        let name = format!("mtp;{}", command.get_name());
        for option in command.get_opts().filter(is_path) {
            let long = option.get_long().map(|long| format!("{name} --{long}"));
            let short = option.get_short().map(|short| format!("{name} -{short}"));
            all.extend(long.into_iter().chain(short));
        }
        if command.get_positionals().any(|argument| is_path(&argument)) {
            all.push(name);
        }
    }
    all
}

fn for_fish(command: &Command) -> String {
    let mut lines = String::new();
    for (name, words) in all_words(command) {
        let Some(name) = name.strip_prefix("mtp;").filter(|name| !name.contains(' ')) else {
            continue;
        };
        // Writing to a string does not fail.
        let _ = writeln!(
            lines,
            "complete -c mtp -n \"__fish_mtp_using_subcommand {name}\" -f -a \"{}\"",
            words.join(" ")
        );
    }
    lines
}

fn for_powershell(command: &Command) -> String {
    let quoted = |words: &[String]| {
        let words: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
        words.join(", ")
    };
    let mut text = String::from("    $words = @{\n");
    for (name, words) in all_words(command) {
        let _ = writeln!(text, "        '{name}' = @({})", quoted(&words));
    }
    let paths = with_paths(command);
    let _ = write!(
        text,
        r#"    }}
    $paths = @({})
    $before = @($commandElements | Where-Object {{ $_.Extent.EndOffset -lt $cursorPosition }} | ForEach-Object {{ "$_" }})
    $own = if ($before.Count -gt 1) {{ "mtp;$($before[1])" }} else {{ 'mtp' }}
    $option = "$own $($before[-1])"
    if ($wordToComplete -match '^(--[\w-]+)=' -and $words.ContainsKey("$own $($Matches[1])")) {{
        $name = $Matches[1]
        $completions = @($words["$own $name"] | ForEach-Object {{ [CompletionResult]::new("$name=$_", $_, [CompletionResultType]::ParameterValue, $_) }})
    }}
    elseif ($words.ContainsKey($option)) {{
        $completions = @($words[$option] | ForEach-Object {{ [CompletionResult]::new($_, $_, [CompletionResultType]::ParameterValue, $_) }})
    }}
    elseif ($paths -contains $option) {{
        # The shell itself offers files where nothing else is.
        return
    }}
    elseif (-not $wordToComplete.StartsWith('-')) {{
        if ($words.ContainsKey($own)) {{
            $completions = @($words[$own] | ForEach-Object {{ [CompletionResult]::new($_, $_, [CompletionResultType]::ParameterValue, $_) }})
        }}
        elseif ($paths -contains $own) {{
            return
        }}
    }}
"#,
        quoted(&paths)
    );
    text
}

fn for_elvish(command: &Command) -> String {
    let mut text = String::from("    var values = [\n");
    for (name, words) in all_words(command) {
        let _ = writeln!(text, "        &'{name}'= [{}]", words.join(" "));
    }
    text.push_str("    ]\n    var paths = [");
    for name in with_paths(command) {
        let _ = write!(text, " '{name}'");
    }
    text.push_str(
        r#" ]
    var own = $command
    if (> (count $words) 2) {
        set own = 'mtp;'$words[1]
    }
    var option = $own' '$words[-2]
    var named = [(str:split &max=2 '=' $words[-1])]
    if (and (== (count $named) 2) (has-key $values $own' '$named[0])) {
        for value $values[$own' '$named[0]] {
            put $named[0]'='$value
        }
    } elif (and (== (count $named) 2) (has-value $paths $own' '$named[0])) {
        edit:complete-filename $named[1] | each {|found|
            edit:complex-candidate $named[0]'='$found[stem] &code-suffix=$found[code-suffix]
        }
    } elif (has-key $values $option) {
        all $values[$option]
    } elif (has-value $paths $option) {
        edit:complete-filename $words[-1]
    } elif (str:has-prefix $words[-1] '-') {
        if (has-key $completions $own) {
            $completions[$own]
        }
    } elif (has-key $values $own) {
        all $values[$own]
    } elif (has-value $paths $own) {
        edit:complete-filename $words[-1]
    } elif (has-key $completions $command) {
        $completions[$command]
    }
"#,
    );
    text
}
