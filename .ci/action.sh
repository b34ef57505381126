#!/usr/bin/env bash
# The step of action.yml that checks specs. What it is to do comes in variables, so that no
# input of the action is ever read as a command.
set -uo pipefail

# Words as they are written, with patterns for mtp to expand. Paths with blanks stand on lines
# of their own.
set -f
# shellcheck disable=SC2206
paths=(${PATHS:-}) more=(${ARGS:-})
if [[ ${PATHS:-} == *$'\n'* ]]; then
    paths=()
    while IFS= read -r path; do
        [ -n "$path" ] && paths+=("$path")
    done <<<"$PATHS"
fi

formats=()
[ "${ANNOTATIONS:-true}" = true ] && formats+=(--output-format github)
if [ -z "${SARIF:-}" ] && [ "${UPLOAD:-false}" = true ]; then
    SARIF=mtp.sarif
fi
[ -n "${SARIF:-}" ] && formats+=(--output-format "sarif=$SARIF")

"$MTP" validate ${formats[@]+"${formats[@]}"} ${more[@]+"${more[@]}"} ${paths[@]+"${paths[@]}"}
code=$?
if [ -n "${SARIF:-}" ] && [ -f "$SARIF" ]; then
    case $SARIF in
    /* | [A-Za-z]:[/\\]*) echo "sarif=$SARIF" ;;
    *) echo "sarif=$PWD/$SARIF" ;;
    esac >>"$GITHUB_OUTPUT"
fi
if [ "${FORMAT:-false}" = true ]; then
    "$MTP" fmt --check ${paths[@]+"${paths[@]}"}
    format=$?
    [ "$format" -gt "$code" ] && code=$format
fi
exit "$code"
