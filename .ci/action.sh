#!/usr/bin/env bash
# The step of action.yml that checks specs. What it is to do comes in variables, so that no
# input of the action is ever read as a command.
set -uo pipefail

# Words as they are written, with patterns for mtp to expand. Paths with blanks stand on lines
# of their own. Behind `--` none of them is an option.
set -f
# shellcheck disable=SC2206
paths=(${PATHS:-}) more=(${ARGS:-})
if [[ ${PATHS:-} == *$'\n'* ]]; then
    paths=()
    while IFS= read -r path; do
        [ -n "$path" ] && paths+=("$path")
    done <<<"$PATHS"
fi

# An input that is true or false, whatever its case; what is neither ends the step.
is_true() { # NAME VALUE
    case $2 in
    [Tt]rue | TRUE) return 0 ;;
    [Ff]alse | FALSE) return 1 ;;
    esac
    echo "::error::the input \`$1\` is true or false, and not \`$2\`"
    exit 2
}

# Without annotations, findings are in the log as people read them.
if is_true annotations "${ANNOTATIONS:-true}"; then
    formats=(--output-format github)
else
    formats=(--output-format human)
fi
if is_true upload-sarif "${UPLOAD:-false}" && [ -z "${SARIF:-}" ]; then
    SARIF=mtp.sarif
fi
[ -n "${SARIF:-}" ] && formats+=(--output-format "sarif=$SARIF")
# Asked before anything is done.
format=false
is_true format "${FORMAT:-false}" && format=true

"$MTP" validate "${formats[@]}" ${more[@]+"${more[@]}"} -- ${paths[@]+"${paths[@]}"}
code=$?
if [ -n "${SARIF:-}" ] && [ -f "$SARIF" ]; then
    case $SARIF in
    /* | [A-Za-z]:[/\\]*) echo "sarif=$SARIF" ;;
    *) echo "sarif=$PWD/$SARIF" ;;
    esac >>"$GITHUB_OUTPUT"
fi
if [ "$format" = true ]; then
    "$MTP" fmt --check -- ${paths[@]+"${paths[@]}"}
    of_format=$?
    [ "$of_format" -gt "$code" ] && code=$of_format
fi
exit "$code"
