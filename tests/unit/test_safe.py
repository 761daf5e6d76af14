"""Secrets that are kept under a key."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.staff.safe import FORM, LONGEST_SECRET, Safe

SAFE = Safe("the key of this safe")
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@given(secret=st.text(max_size=16), owner=st.text(max_size=70), key=st.text(min_size=1))
def test_what_was_locked_up_is_found_again(secret, owner, key):
    safe = Safe(key)

    kept = safe.lock(secret, owner)

    assert safe.unlock(kept, owner) == secret
    assert kept.isascii()
    assert safe.lock(secret, owner) != kept


def test_nobody_else_finds_it():
    kept = SAFE.lock(SECRET, "jane")

    assert SECRET not in kept
    assert Safe("another key").unlock(kept, "jane") is None
    assert SAFE.unlock(kept, "joe") is None
    assert SECRET not in repr(SAFE) + kept


@given(st.data())
def test_what_was_changed_is_not_opened(data):
    locked = bytearray(base64.urlsafe_b64decode(SAFE.lock(SECRET, "jane").removeprefix(FORM)))
    at = data.draw(st.integers(0, len(locked) - 1))
    locked[at] ^= data.draw(st.integers(1, 255))

    assert SAFE.unlock(FORM + base64.urlsafe_b64encode(locked).decode(), "jane") is None


@given(st.text())
def test_what_is_none_of_ours_is_not_opened(text):
    assert SAFE.unlock(text, "jane") is None
    assert SAFE.unlock(FORM + text, "jane") is None


def test_a_secret_is_no_longer_than_its_keystream():
    longest = "x" * LONGEST_SECRET

    assert SAFE.unlock(SAFE.lock(longest, "jane"), "jane") == longest
    with pytest.raises(AssertionError):
        SAFE.lock(f"{longest}x", "jane")
