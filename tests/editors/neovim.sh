#!/usr/bin/env bash
# Runs tests/editors/neovim.lua: tests/editors/neovim.sh target/release/mtp
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/bin"
ln -s "$(realpath "$1")" "$folder/bin/mtp"
cp specs/wonderland.yaml "$folder/spec.yaml"
PATH="$folder/bin:$PATH" SPEC="$folder/spec.yaml" XDG_STATE_HOME="$folder" \
    timeout 120 nvim --headless --clean -u tests/editors/neovim.lua
