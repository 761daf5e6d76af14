"""Holds the files of phone scripts to their form: what is read, and how what is wrong is named."""

import wave
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringback.carrier import (
    ANSWERS,
    BUSY,
    NumberTone,
    PhoneBook,
    PhoneScript,
    Press,
    Reject,
    Silence,
    Tone,
    Verdict,
    Wav,
)
from ringback.carrier.script_file import ScriptError, load, save


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


@pytest.fixture
def file(tmp_path) -> Path:
    """A script file beside a WAV file, "a.wav"."""
    with wave.open(str(tmp_path / "a.wav"), "wb") as wav:
        wav.setparams((1, 2, 8000, 0, "NONE", ""))
        wav.writeframes(bytes(320))
    return tmp_path / "phones.toml"


def test_script_says_what_each_phone_does(file):
    file.write_text("""
        [default]
        ring_for_s = 2
        verdict = "answer"
        sound = { play = "number tone" }
        hang_up_after_s = 60

        [phones."+442071234567"]
        ring_for_s = 0.5
        early_media = { play = "tone", frequency_hz = 425, level_dbfs = -15 }
        sound = { play = "wav", path = "a.wav" }
        digits = [{ after_s = 1.5, digits = "12#" }, { after_s = 3, digits = "*" }]

        [phones.442070000001]
        verdict = "busy"
        keys_in_audio = true

        [phones.442070000002]
        verdict = 503
        ring_for_s = 0

        [phones.442070000003]
        verdict = "no answer"

        [phones.442070000004]
        verdict = "dead"
        sound = { play = "silence" }
    """)

    assert load(file) == PhoneBook(
        {
            "+442071234567": PhoneScript(
                ring_for=seconds(0.5),
                early_media=Tone(425, -15),
                sound=Wav(file.parent / "a.wav"),
                digits=(Press(seconds(1.5), "12#"), Press(seconds(3), "*")),
            ),
            "442070000001": PhoneScript(verdict=BUSY, keys_in_audio=True),
            "442070000002": PhoneScript(verdict=Reject(503), ring_for=seconds(0)),
            "442070000003": PhoneScript(verdict=Verdict.NO_ANSWER),
            "442070000004": PhoneScript(verdict=Verdict.DEAD),
        },
        default=ANSWERS,
    )


def test_empty_file_is_a_carrier_that_answers_every_number(file):
    file.write_text("")

    assert load(file) == PhoneBook({}, ANSWERS)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[default", "Expected ']'"),
        ("[defaults]", "defaults: unknown here, where there are default, phones"),
        ("default = 3", "default: must be a table, not 3"),
        ("[default]\nrings = 3", "default.rings: unknown here, where there are ring_for_s, "),
        ("[default]\nring_for_s = 'x'", "default.ring_for_s: must be a number, not 'x'"),
        ("[default]\nring_for_s = true", "default.ring_for_s: must be a number, not True"),
        ("[default]\nring_for_s = -1", "default.ring_for_s: must not be negative, as -1 is"),
        ("[default]\nring_for_s = nan", "default.ring_for_s: must be a number of seconds, not nan"),
        ("[default]\nverdict = 200", 'default.verdict: must be "busy", "answer", "no answer", '),
        ("[default]\nverdict = []", "default.verdict: must be "),
        ("[default]\ndigits = '1'", "default.digits: must be a list, not '1'"),
        ("[default]\ndigits = [{ after_s = 1 }]", "default.digits[0].digits: missing"),
        (
            "[default]\ndigits = [{ after_s = 1, digits = '1x' }]",
            "default.digits[0].digits: '1x' are not keys of a phone",
        ),
        (
            "[phones.'+44']\nsound = { play = 'music' }",
            'phones."+44".sound.play: must be "tone", "number tone", "wav", "silence", not',
        ),
        ("[phones.44]\nsound = { frequency_hz = 1 }", 'phones."44".sound.play: missing'),
        ("[phones.44]\nsound = { play = 'tone' }", 'phones."44".sound.frequency_hz: missing'),
        (
            "[phones.44]\nearly_media = { play = 'tone', frequency_hz = 9000 }",
            'phones."44".early_media: a tone of 9000 Hz does not fit a telephone line',
        ),
        (
            "[phones.44]\nsound = { play = 'silence', level_dbfs = 3 }",
            'phones."44".sound.level_dbfs: unknown here, where there are play',
        ),
        ("[phones.44]\nsound = { play = 'wav', path = 'b.wav' }", "b.wav: [Errno 2] No such file"),
    ],
)
def test_error_names_the_file_and_the_key(file, text, error):
    file.write_text(text)

    with pytest.raises(ScriptError) as caught:
        load(file)

    assert str(caught.value).startswith(f"{file}: ")
    assert error in str(caught.value)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(ScriptError, match=r"none\.toml: .*No such file"):
        load(tmp_path / "none.toml")


spans = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=1))
levels = st.floats(-60, -3.01)
sounds = st.one_of(
    st.builds(Tone, st.floats(1, 3999), levels),
    st.builds(NumberTone, levels),
    st.just(Silence()),
)
scripts = st.builds(
    PhoneScript,
    ring_for=spans,
    verdict=st.sampled_from(Verdict) | st.builds(Reject, st.integers(300, 699)),
    early_media=st.none() | sounds,
    sound=sounds,
    digits=st.lists(
        st.builds(Press, spans, st.text("0123456789*#ABCD", min_size=1)), max_size=3
    ).map(tuple),
    hang_up_after=st.none() | spans,
    re_invited=st.sampled_from(Verdict) | st.builds(Reject, st.integers(300, 699)),
    keeps_time=st.booleans(),
)
books = st.builds(
    PhoneBook, st.dictionaries(st.from_regex(r"\+?[0-9]{1,15}", fullmatch=True), scripts), scripts
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(books)
def test_saved_scripts_are_loaded_as_they_were(file, book):
    save(book, file)

    assert load(file) == book


def test_number_is_the_same_with_its_plus_and_without():
    book = PhoneBook({"+441": PhoneScript(verdict=BUSY), "442": PhoneScript(verdict=Reject(404))})

    assert book.script_for("441").verdict == book.script_for("+441").verdict == BUSY
    assert book.script_for("+442").verdict == Reject(404)
    assert book.script_for("+443") == ANSWERS


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Reject(200),
        lambda: Press(seconds(1), ""),
        lambda: Press(seconds(-1), "1"),
        lambda: PhoneScript(ring_for=seconds(-1)),
        lambda: PhoneScript(hang_up_after=seconds(-1)),
    ],
)
def test_script_that_no_phone_can_follow_is_refused(wrong):
    with pytest.raises(ValueError, match=r"cannot|are not|is no"):
        wrong()
