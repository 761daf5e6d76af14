#!/usr/bin/env bash
# Speaks the prompts of en.toml into en/: 8 kHz, one channel, 16 bits, as a telephone line has them.
#
# Run it by `make prompts`, which gets flite and sox; the recordings are committed, so that nobody
# else needs either. Silence is cut off, the sound limited to the telephone's band, and its peak
# brought to -3 dB.
set -euo pipefail

cd "$(dirname "$0")"
python=../../.venv/bin/python
spoken=$(mktemp --suffix=.wav)
trap 'rm -f "$spoken"' EXIT

cut_silence="silence 1 0.02 0.5% reverse silence 1 0.02 0.5% reverse"

rm -f en/*.wav
"$python" -c '
import pathlib, tomllib
for name, text in tomllib.loads(pathlib.Path("en.toml").read_text()).items():
    print(name, text, sep="\t")
' | while IFS=$'\t' read -r name text; do
    flite -voice slt -t "$text" -o "$spoken"
    # -D: without dither the same words give the same bytes.
    # shellcheck disable=SC2086  # the effects are words of their own
    sox -D "$spoken" --rate 8000 --channels 1 --bits 16 "en/$name.wav" \
        $cut_silence rate -v 8000 sinc 300-3400 pad 0.05 0.1 norm -3
done
