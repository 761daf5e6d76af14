"""Which recording is played: the language's, the region's, the operator's own."""

import wave

import pytest

from tests.unit.test_recordings import record
from workers.recordings import UnusablePrompt
from workers.speech.spoken import Keys
from workers.voices import PROMPTS, load_voices


@pytest.mark.parametrize(
    ("tag", "folder"),
    [("fr", "fr"), ("pt-BR", "pt"), ("es-MX", "es"), ("EN", "en"), ("de", "en"), ("de-CH", "en")],
)
def test_a_language_that_is_missing_is_spoken_in_english(tag, folder):
    [recording] = load_voices().of(tag).saying("goodbye")

    assert recording.path == PROMPTS / folder / "goodbye.wav"


def test_a_sentence_is_said_in_the_words_of_its_language():
    paths = [
        recording.path for recording in load_voices().of("es-MX").saying("your-code-is", Keys("7"))
    ]

    assert paths == [PROMPTS / "es" / "your-code-is.wav", PROMPTS / "es" / "keys" / "7.wav"]


def test_an_operators_recording_is_played_in_place_of_ours(tmp_path):
    record(tmp_path / "pt" / "goodbye.wav")
    record(tmp_path / "pt" / "keys" / "1.wav")
    record(tmp_path / "pt-PT" / "goodbye.wav")

    voices = load_voices(tmp_path)

    said = {
        tag: [recording.path for recording in voices.of(tag).saying("goodbye", Keys("12"))]
        for tag in ("pt", "pt-PT", "pt-BR")
    }
    own, others = tmp_path / "pt" / "keys" / "1.wav", PROMPTS / "pt" / "keys" / "2.wav"
    assert said == {
        "pt": [tmp_path / "pt" / "goodbye.wav", own, others],
        "pt-PT": [tmp_path / "pt-PT" / "goodbye.wav", own, others],
        "pt-BR": [tmp_path / "pt" / "goodbye.wav", own, others],
    }


def test_a_recording_in_another_form_is_refused_by_its_name(tmp_path):
    record(tmp_path / "en" / "goodbye.wav", rate_hz=44_100)

    with pytest.raises(UnusablePrompt, match=r"en/goodbye\.wav is not mono at 8000 Hz.* sox "):
        load_voices(tmp_path)


def test_a_recording_that_takes_no_place_is_refused(tmp_path):
    record(tmp_path / "en" / "good-bye.wav")

    with pytest.raises(UnusablePrompt, match=r"good-bye\.wav takes the place of no prompt"):
        load_voices(tmp_path)


def test_a_folder_of_a_language_that_nobody_speaks_is_refused(tmp_path):
    record(tmp_path / "tlh" / "goodbye.wav")

    with pytest.raises(UnusablePrompt, match="for no language that is spoken here: en, es, fr, pt"):
        load_voices(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UnusablePrompt, match="nowhere is no folder of prompts"):
        load_voices(tmp_path / "nowhere")


def test_files_beside_the_folders_are_left_alone(tmp_path):
    (tmp_path / "README").write_text("who spoke these")

    assert load_voices(tmp_path) == load_voices()


def test_a_recording_in_16_bits_can_stand_beside_ours(tmp_path):
    record(tmp_path / "en" / "goodbye.wav")
    with wave.open(str(tmp_path / "en" / "goodbye.wav")) as sound:
        assert sound.getsampwidth() == 2

    assert load_voices(tmp_path).of("en").saying("goodbye", "goodbye")
