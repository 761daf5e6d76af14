#!/usr/bin/env bash
# Brings the catalogues in chalicelib/locale/ up to date with what pages say, and compiles them. New texts
# are left to be translated in the .po files; then run it again. Run it by `make translations`.
#
# Each area of the pages has a catalogue of its own. What is not in admin/ or widget/ is in `pages`.
set -euo pipefail

cd "$(dirname "$0")/chalicelib"
python=${PYTHON:-python3}
pybabel="$python -m babel.messages.frontend --quiet"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# As `pybabel compile`, but for the instant at which it is done, which that puts into the file.
compile() {
  "$python" - "$1" "${1%.po}.mo" <<'END'
import sys
from datetime import UTC, datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

with open(sys.argv[1], "rb") as source, open(sys.argv[2], "wb") as target:
    catalogue = read_po(source)
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    write_mo(target, catalogue)
END
}

catalogue() {
  local domain=$1 ignored=$2 language po
  shift 2
  $pybabel extract --mapping-file ../translations.cfg --keywords "mark say" --ignore-dirs "$ignored" \
    --no-location --sort-output --no-wrap --project Ringback --version 1 --output-file "$work/$domain.pot" "$@"
  grep -q '^msgid "..*"' "$work/$domain.pot" || return 0
  for language in es fr pt; do
    po=locale/$language/LC_MESSAGES/$domain.po
    if [[ -e $po ]]; then
      $pybabel update --input-file "$work/$domain.pot" --output-file "$po" --locale "$language" \
        --ignore-obsolete --no-fuzzy-matching --no-wrap
    else
      $pybabel init --input-file "$work/$domain.pot" --output-file "$po" --locale "$language" --no-wrap
    fi
    # Whoever runs it again without a new text changes nothing.
    sed -i -E '/^"(POT-Creation|PO-Revision|Generated-By|Report-|Last-|Language-Team)|^# |^#$/d; /./,$!d' "$po"
    compile "$po"
  done
}

catalogue pages "admin widget locale static" .
for area in admin widget; do
  places=()
  for place in "$area" "templates/$area"; do
    [[ -d $place ]] && places+=("$place")
  done
  # What the core tells operators in words.
  [[ $area != admin ]] || places+=(../../switchboard/calls/why.py)
  [[ ${#places[@]} -eq 0 ]] || catalogue "$area" "locale" "${places[@]}"
done
