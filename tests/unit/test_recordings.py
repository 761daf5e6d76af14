"""Which prompts a worker starts with."""

import wave
from datetime import timedelta

import pytest

from workers.recordings import Recording, UnusablePrompt, load_recordings


def record(path, *, rate_hz=8_000, channels=1, bytes_a_sample=2, frames=4_000):
    with wave.open(str(path), "wb") as sound:
        sound.setframerate(rate_hz)
        sound.setnchannels(channels)
        sound.setsampwidth(bytes_a_sample)
        sound.writeframes(bytes(frames * channels * bytes_a_sample))


def test_a_prompt_is_known_by_its_name_and_length(tmp_path):
    record(tmp_path / "one-moment.wav", frames=4_000)

    recordings = load_recordings(tmp_path, needed=["one-moment"])

    path = tmp_path / "one-moment.wav"
    assert recordings == {"one-moment": Recording(path, timedelta(seconds=0.5))}


def test_prompts_that_are_missing_are_named_at_once(tmp_path):
    record(tmp_path / "goodbye.wav")

    with pytest.raises(UnusablePrompt, match="busy, one-moment"):
        load_recordings(tmp_path, needed=["one-moment", "goodbye", "busy"])


@pytest.mark.parametrize("form", [{"rate_hz": 16_000}, {"channels": 2}, {"bytes_a_sample": 1}])
def test_a_prompt_that_a_telephone_line_cannot_carry_is_named(tmp_path, form):
    record(tmp_path / "loud.wav", **form)

    with pytest.raises(UnusablePrompt, match=r"loud\.wav is not 16-bit mono"):
        load_recordings(tmp_path)


@pytest.mark.parametrize("content", [b"", b"no sound at all, but some bytes"])
def test_a_file_that_is_no_recording_is_named(tmp_path, content):
    (tmp_path / "text.wav").write_bytes(content)

    with pytest.raises(UnusablePrompt, match=r"text\.wav"):
        load_recordings(tmp_path)
