"""Recordings: what a line can carry, and several as one."""

import struct
import wave
from datetime import timedelta

import pytest

from workers.recordings import Recording, UnusablePrompt, joined, load_recordings

HALF_A_SECOND = timedelta(seconds=0.5)


def record(path, *, rate_hz=8_000, channels=1, bytes_a_sample=2, frames=4_000):
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as sound:
        sound.setframerate(rate_hz)
        sound.setnchannels(channels)
        sound.setsampwidth(bytes_a_sample)
        sound.writeframes(bytes(frames * channels * bytes_a_sample))


def record_mu_law(path, codes: bytes):
    form = struct.pack("<HHIIHH", 7, 1, 8_000, 8_000, 1, 8)
    chunks = ((b"fmt ", form), (b"note", b"odd"), (b"data", codes))
    body = b"".join(
        name + struct.pack("<I", len(chunk)) + chunk + b"\0" * (len(chunk) % 2)
        for name, chunk in chunks
    )
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body) + 4) + b"WAVE" + body)


def test_a_prompt_is_known_by_its_name_and_length(tmp_path):
    record(tmp_path / "one-moment.wav", frames=4_000)
    record(tmp_path / "words" / "one.wav", frames=4_000)

    assert load_recordings(tmp_path) == {
        "one-moment": Recording(tmp_path / "one-moment.wav", HALF_A_SECOND),
        "words/one": Recording(tmp_path / "words" / "one.wav", HALF_A_SECOND),
    }


def test_a_prompt_may_be_mu_law(tmp_path):
    record_mu_law(tmp_path / "one-moment.wav", bytes(4_000))

    [recording] = load_recordings(tmp_path).values()

    assert recording.length == HALF_A_SECOND


@pytest.mark.parametrize("form", [{"rate_hz": 16_000}, {"channels": 2}, {"bytes_a_sample": 1}])
def test_a_prompt_that_a_telephone_line_cannot_carry_is_named(tmp_path, form):
    record(tmp_path / "loud.wav", **form)

    with pytest.raises(UnusablePrompt, match=r"loud\.wav is not mono at 8000 Hz, in 16-bit PCM"):
        load_recordings(tmp_path)


@pytest.mark.parametrize("content", [b"", b"no sound at all, but some bytes", b"RIFF\0\0\0\0WAVE"])
def test_a_file_that_is_no_recording_is_named(tmp_path, content):
    (tmp_path / "text.wav").write_bytes(content)

    with pytest.raises(UnusablePrompt, match=r"text\.wav is no WAV file"):
        load_recordings(tmp_path)


def test_recordings_of_both_forms_are_joined_without_a_gap(tmp_path):
    # ITU-T G.711, table 2a: the loudest, the quietest and the first step, of both signs.
    record_mu_law(tmp_path / "a.wav", bytes([0x00, 0x80, 0x7F, 0xFF, 0xFE, 0x7E]))
    record(tmp_path / "b.wav", frames=2)
    recordings = load_recordings(tmp_path)

    parts = [recordings["a"], recordings["b"], recordings["a"]]
    with joined(parts) as path, wave.open(str(path)) as sound:
        form = sound.getframerate(), sound.getnchannels(), sound.getsampwidth()
        samples = struct.unpack("<14h", sound.readframes(14))

    one = (-32124, 32124, 0, 0, 8, -8)
    assert form == (8_000, 1, 2)
    assert samples == (*one, 0, 0, *one)
    assert not path.exists()


def test_one_recording_is_joined_to_nothing(tmp_path):
    record(tmp_path / "a.wav")
    [recording] = load_recordings(tmp_path).values()

    with joined([recording]) as path:
        assert path == recording.path
    assert path.exists()
