#!/usr/bin/env bash
# Copies the front-end files that the pages use from their npm packages, at the versions and with the
# checksums of package-lock.json, into chalicelib/static/vendor/. Run it by `make vendor`.
set -euo pipefail

cd "$(dirname "$0")"
target=chalicelib/static/vendor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp package.json package-lock.json "$work"
npm ci --prefix "$work" --ignore-scripts --no-audit --no-fund --silent

cp "$work/node_modules/@tabler/core/dist/css/tabler.min.css" "$target/"
cp "$work/node_modules/htmx.org/dist/htmx.min.js" "$target/"
cp "$work/node_modules/htmx.org/LICENSE" "$target/htmx.LICENSE"
cp "$work/node_modules/uplot/dist/uPlot.iife.min.js" "$target/uplot.min.js"
cp "$work/node_modules/uplot/dist/uPlot.min.css" "$target/uplot.min.css"
cp "$work/node_modules/uplot/LICENSE" "$target/uplot.LICENSE"

cd "$target"
sha256sum -- *.css *.js *.LICENSE >SHA256SUMS
