#!/usr/bin/env python3
"""What is linked into the program, against `deny.toml`: licences, places that crates come from,
crates that are banned, crates in two versions. `cargo deny` says more; this needs nothing but
Python and Cargo."""

import collections
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def allowed(expression, allow):
    """Whether an SPDX expression can be met by what is allowed."""
    tokens = re.findall(r"\(|\)|[^\s()]+", expression.replace("/", " OR "))

    def disjunction(at):
        value, at = conjunction(at)
        while at < len(tokens) and tokens[at] == "OR":
            other, at = conjunction(at + 1)
            value = value or other
        return value, at

    def conjunction(at):
        value, at = term(at)
        while at < len(tokens) and tokens[at] == "AND":
            other, at = term(at + 1)
            value = value and other
        return value, at

    def term(at):
        if tokens[at] == "(":
            value, at = disjunction(at + 1)
            return value, at + 1
        licence, at = tokens[at], at + 1
        if at < len(tokens) and tokens[at] == "WITH":
            licence, at = f"{licence} WITH {tokens[at + 1]}", at + 2
        return licence in allow, at

    return disjunction(0)[0]


def linked(told):
    """The packages that the program is built of, with every feature and for every system."""
    packages = {package["id"]: package for package in told["packages"]}
    nodes = {node["id"]: node for node in told["resolve"]["nodes"]}
    seen, left = set(), [told["resolve"]["root"]]
    while left:
        own = left.pop()
        if own in seen:
            continue
        seen.add(own)
        for other in nodes[own]["deps"]:
            if any(kind["kind"] != "dev" for kind in other["dep_kinds"]):
                left.append(other["pkg"])
    return [packages[own] for own in sorted(seen)]


def same_version(version, wanted):
    parts = wanted.split(".")
    return version.split(".")[: len(parts)] == parts


def main():
    rules = tomllib.loads((ROOT / "deny.toml").read_text())
    command = ["cargo", "metadata", "--format-version", "1", "--all-features", "--locked"]
    told = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    packages = linked(told)
    wrong = []
    banned = {ban["name"] for ban in rules["bans"]["deny"]}
    versions = collections.defaultdict(list)
    for package in packages:
        name = f"{package['name']} {package['version']}"
        versions[package["name"]].append(package["version"])
        if not allowed(package["license"] or "none", set(rules["licenses"]["allow"])):
            wrong.append(f"{name}: the licence {package['license']} is not allowed")
        source = (package["source"] or "").removeprefix("registry+")
        if package["source"] and source not in rules["sources"]["allow-registry"]:
            wrong.append(f"{name}: comes from {package['source']}")
        if package["name"] in banned:
            wrong.append(f"{name}: is banned")
    skipped = {(skip["name"], skip["version"]) for skip in rules["bans"]["skip"]}
    for name, all_of_it in versions.items():
        known = [version for version in all_of_it if any(name == other and same_version(version, wanted) for other, wanted in skipped)]
        if len(all_of_it) - len(known) > 1:
            wrong.append(f"{name}: in the versions {', '.join(sorted(all_of_it))}")
    for name, wanted in sorted(skipped):
        if len(versions[name]) < 2 or not any(same_version(version, wanted) for version in versions[name]):
            wrong.append(f"{name} {wanted}: is let pass by `deny.toml`, which is needless")
    # What the manifest promises of our own code.
    manifest = tomllib.loads((ROOT / "Cargo.toml").read_text())
    if manifest["lints"]["rust"].get("unsafe_code") != "forbid":
        wrong.append("Cargo.toml: unsafe code is not forbidden")
    print("\n".join(wrong) or f"{len(packages)} packages are as deny.toml wants them")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
