#!/usr/bin/env bash
# Fetches axe-core, the judge of the pages' accessibility, into var/axe/, at the version and with the
# checksum of package-lock.json. Its licence is MPL-2.0: tests use it, and nothing of ours contains it.
set -euo pipefail

cd "$(dirname "$0")"
target=../../var/axe
cmp --silent package-lock.json "$target/fetched" && exit 0

rm -rf "$target"
mkdir -p "$target"
cp package.json package-lock.json "$target"
echo "Fetching axe-core"
npm ci --prefix "$target" --ignore-scripts --no-audit --no-fund --silent
cp package-lock.json "$target/fetched"
