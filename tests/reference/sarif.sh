#!/usr/bin/env bash
# Holds reports in the format SARIF against Microsoft's own validator, with the rules of GitHub's
# code scanning: those that tests/report/ expects, and one of every bad case of every rule.
# Fails on any error, and on any warning but SARIF2005 (the program has no home page to name).
#
#     tests/reference/sarif.sh target/release/mtp
set -euo pipefail
readonly MTP=$1 TOOLS=target/sarif-multitool VERSION=5.7.0
readonly TOOL=$TOOLS/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool

mkdir -p "$TOOLS"
if [ ! -x "$TOOL" ]; then
    npm install --prefix "$TOOLS" --no-audit --no-fund --silent "@microsoft/sarif-multitool@$VERSION"
    # npm runs no install scripts unless asked to; this is all that the package's would do.
    chmod u+x "$TOOL"
fi

reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT
for report in tests/report/*/sarif.sarif; do
    cp "$report" "$reports/$(basename "$(dirname "$report")").sarif"
done
"$MTP" validate --quiet tests/diagnostics/*/bad*.yaml tests/diagnostics/*/bad*.toml tests/diagnostics/*/bad*.json \
    --output-format "sarif=$reports/all.sarif" >/dev/null || [ $? -eq 1 ]

# The program itself and not its wrapper, which passes the `;` to a shell.
said=$("$TOOL" validate "$reports"/*.sarif --rule-kind 'Sarif;Ghas' --level 'Error;Warning') || true
found=$(grep -cE '(error|warning|note) [A-Z]+[0-9]+:' <<<"$said" || true)
known=$(grep -cE 'warning SARIF2005:' <<<"$said" || true)
files=$(find "$reports" -name '*.sarif' | wc -l)
if [ "$found" -ne "$known" ] || ! grep -q "^Done. $files files scanned." <<<"$said"; then
    printf '%s\n' "$said"
    echo "sarif: $((found - known)) findings in $files files" >&2
    exit 1
fi
results=$(grep -o '"ruleId"' "$reports/all.sarif" | wc -l)
echo "sarif: $files files, $results results, nothing but SARIF2005 ($known)"
