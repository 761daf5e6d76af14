"""Who speaks to the customer: the prompts of every language, and an operator's own over them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workers.recordings import Recording, UnusablePrompt, load_recordings
from workers.speech.numbers import LANGUAGES
from workers.speech.spoken import Part, spoken

PROMPTS = Path(__file__).parent / "prompts"
FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Voice:
    """Speaks one language."""

    language: str
    recordings: Mapping[str, Recording]

    def saying(self, *parts: Part) -> tuple[Recording, ...]:
        """What is to be played, one behind the other."""
        return tuple(self.recordings[name] for name in spoken(self.language, *parts))


@dataclass(frozen=True, slots=True)
class Voices:
    """Voices by the tags of their languages, in small letters."""

    by_tag: Mapping[str, Voice]

    def of(self, tag: str) -> Voice:
        """The voice for pt-BR, else for pt, else the English one."""
        tag = tag.lower()
        return (
            self.by_tag.get(tag) or self.by_tag.get(tag.partition("-")[0]) or self.by_tag[FALLBACK]
        )


def load_voices(overrides: Path | None = None) -> Voices:
    """Our voices. A folder of `overrides`, named for a language (pt) or its form in a region
    (pt-PT), has recordings that are played in place of ours. UnusablePrompt names what is none."""
    voices = {
        language: Voice(language, load_recordings(PROMPTS / language)) for language in LANGUAGES
    }
    if overrides is None:
        return Voices(voices)
    if not overrides.is_dir():
        raise UnusablePrompt(f"{overrides} is no folder of prompts")
    # A language comes before its regions, which build on it.
    for folder in sorted(path for path in overrides.iterdir() if path.is_dir()):
        tag = folder.name.lower()
        language = tag.partition("-")[0]
        if language not in voices:
            raise UnusablePrompt(
                f"{folder} is for no language that is spoken here: {', '.join(LANGUAGES)},"
                " also of a region, as in pt-PT"
            )
        voices[tag] = _overridden(voices[language], folder)
    return Voices(voices)


def _overridden(voice: Voice, folder: Path) -> Voice:
    own = load_recordings(folder)
    for name, recording in own.items():
        if name not in voice.recordings:
            raise UnusablePrompt(
                f"{recording.path} takes the place of no prompt: there is no {name}"
            )
    return Voice(voice.language, {**voice.recordings, **own})
