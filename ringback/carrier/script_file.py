"""Phone scripts in a TOML file.

    [default]                       # any number that is not named below
    ring_for_s = 2
    verdict = "answer"              # or "busy", "no answer", "dead", or a SIP status such as 503
    sound = { play = "number tone" }
    hang_up_after_s = 60

    [phones."+442071234567"]
    ring_for_s = 0.5
    early_media = { play = "tone", frequency_hz = 425, level_dbfs = -15 }
    sound = { play = "wav", path = "greeting.wav" }     # beside this file; 8000 Hz, 16 bit, mono
    digits = [{ after_s = 1.5, digits = "12#" }]
    keys_in_audio = true            # as tones, by a phone that has no telephone events
    re_invited = 488                # what it says to a re-INVITE; or as `verdict`
    keeps_time = false              # without session timers

What a table leaves out is as in `PhoneScript`; a file without [default] has the carrier's own.
"""

import json
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from ringback.carrier.media.sound import NumberTone, Silence, Sound, Tone, Wav, read_wav
from ringback.carrier.script import ANSWERS, BUSY, PhoneBook, PhoneScript, Press, Reject, Verdict
from ringback.carrier.toml_value import TomlValue

_VERDICTS: dict[str, Verdict | Reject] = {"busy": BUSY, **{v.value: v for v in Verdict}}


class ScriptError(ValueError):
    """The file is no set of phone scripts; the text names the file and the key that is wrong."""


def load(path: Path) -> PhoneBook:
    """Opens the WAV files too, so that a missing one is found now. Raises ScriptError."""
    try:
        file = TomlValue("", tomllib.loads(path.read_text(encoding="utf-8")))
        return _book(file, path.parent)
    except (OSError, ValueError) as error:
        raise ScriptError(f"{path}: {error}") from error


def save(book: PhoneBook, path: Path) -> None:
    """Writes what `load` reads as `book`."""
    tables = {"default": book.default}
    tables |= {f"phones.{json.dumps(number)}": s for number, s in book.scripts.items()}
    blocks = (f"[{name}]\n{_script_text(script)}" for name, script in tables.items())
    path.write_text("\n".join(blocks), encoding="utf-8")


def _book(file: TomlValue, folder: Path) -> PhoneBook:
    table = file.table("default", "phones")
    default = _script(table["default"], folder) if "default" in table else ANSWERS
    phones = table["phones"].table() if "phones" in table else {}
    return PhoneBook({number: _script(phone, folder) for number, phone in phones.items()}, default)


def _script(value: TomlValue, folder: Path) -> PhoneScript:
    def sound(value: TomlValue) -> Sound:
        return _sound(value, folder)

    def digits(value: TomlValue) -> tuple[Press, ...]:
        return tuple(_press(item) for item in value.items())

    readers: dict[str, tuple[str, Callable[[TomlValue], Any]]] = {
        "ring_for_s": ("ring_for", TomlValue.seconds),
        "verdict": ("verdict", _verdict),
        "early_media": ("early_media", sound),
        "sound": ("sound", sound),
        "digits": ("digits", digits),
        "keys_in_audio": ("keys_in_audio", TomlValue.yes_no),
        "hang_up_after_s": ("hang_up_after", TomlValue.seconds),
        "re_invited": ("re_invited", _verdict),
        "keeps_time": ("keeps_time", TomlValue.yes_no),
    }
    fields = {}
    for key, content in value.table(*readers).items():
        name, read = readers[key]
        fields[name] = read(content)
    return PhoneScript(**fields)


def _verdict(value: TomlValue) -> Verdict | Reject:
    match value.content:
        case str(word) if word in _VERDICTS:
            return _VERDICTS[word]
        case int(status) if 300 <= status <= 699:
            return Reject(status)
    raise value.wrong(f"must be {_choice(_VERDICTS)} or 300 to 699, not {value.content!r}")


def _press(value: TomlValue) -> Press:
    table = value.table("after_s", "digits", needed=("after_s", "digits"))
    after, digits = table["after_s"].seconds(), table["digits"].text()
    try:
        return Press(after, digits)
    except ValueError as error:
        raise table["digits"].wrong(error) from error


def _sound(value: TomlValue, folder: Path) -> Sound:
    play = value.table(needed=("play",))["play"]
    match play.content:
        case "tone":
            return _tone(Tone, value, "frequency_hz")
        case "number tone":
            return _tone(NumberTone, value)
        case "wav":
            return _wav(value, folder)
        case "silence":
            value.table("play")
            return Silence()
    choice = _choice(("tone", "number tone", "wav", "silence"))
    raise play.wrong(f"must be {choice}, not {play.content!r}")


def _tone(kind: type[Tone] | type[NumberTone], value: TomlValue, *needed: str) -> Sound:
    table = value.table("play", "level_dbfs", *needed, needed=needed)
    numbers = {key: number.number() for key, number in table.items() if key != "play"}
    try:
        return kind(**numbers)
    except ValueError as error:
        raise value.wrong(error) from error


def _wav(value: TomlValue, folder: Path) -> Wav:
    path = value.table("play", "path", needed=("path",))["path"]
    wav = Wav(folder / path.text())
    try:
        read_wav(wav.path)
    except ValueError as error:
        raise path.wrong(error) from error
    return wav


def _choice(words: Iterable[str]) -> str:
    return ", ".join(json.dumps(word) for word in words)


def _script_text(script: PhoneScript) -> str:
    limit = script.hang_up_after
    fields = {
        "ring_for_s": script.ring_for.total_seconds(),
        "verdict": _verdict_text(script.verdict),
        "early_media": script.early_media and _sound_text(script.early_media),
        "sound": _sound_text(script.sound),
        "digits": f"[{', '.join(map(_press_text, script.digits))}]",
        "keys_in_audio": json.dumps(script.keys_in_audio),
        "hang_up_after_s": None if limit is None else limit.total_seconds(),
        "re_invited": _verdict_text(script.re_invited),
        "keeps_time": json.dumps(script.keeps_time),
    }
    return "".join(f"{key} = {text}\n" for key, text in fields.items() if text is not None)


def _verdict_text(verdict: Verdict | Reject) -> str:
    return str(verdict.status) if isinstance(verdict, Reject) else json.dumps(verdict.value)


def _press_text(press: Press) -> str:
    after_s = press.after.total_seconds()
    return f"{{ after_s = {after_s}, digits = {json.dumps(press.digits)} }}"


def _sound_text(sound: Sound) -> str:
    match sound:
        case Tone(frequency_hz, level_dbfs):
            said = f'"tone", frequency_hz = {frequency_hz}, level_dbfs = {level_dbfs}'
        case NumberTone(level_dbfs):
            said = f'"number tone", level_dbfs = {level_dbfs}'
        case Wav(path):
            said = f'"wav", path = {json.dumps(str(path), ensure_ascii=False)}'
        case Silence():
            said = '"silence"'
    return f"{{ play = {said} }}"
