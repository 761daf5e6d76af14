"""Passwords are kept as hashes, and compared as if every login existed."""

import pytest

from switchboard.vault import ArgonPasswords


@pytest.fixture(scope="module")
def passwords() -> ArgonPasswords:
    return ArgonPasswords()


@pytest.fixture(scope="module")
def kept(passwords) -> str:
    return passwords.hash("wonderland")


def test_the_right_password_matches_its_hash(passwords, kept):
    assert passwords.matches("wonderland", kept)


@pytest.mark.parametrize("wrong", ["", "Wonderland", "wonderland ", "wonderland\x00", "\ud800"])
def test_no_other_password_matches(passwords, kept, wrong):
    assert not passwords.matches(wrong, kept)


@pytest.mark.parametrize("kept", [None, "", "wonderland", "$argon2id$v=19$nonsense"])
def test_nothing_matches_where_no_hash_is_kept(passwords, kept):
    assert not passwords.matches("wonderland", kept)
    assert not passwords.matches("nobody has this password", kept)


def test_a_hash_is_salted_and_says_how_it_was_made(passwords, kept):
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.hash("wonderland") != kept
    assert "wonderland" not in kept


def test_a_password_may_hold_whatever_json_can_say(passwords):
    assert passwords.matches("\ud800\U0001f511", passwords.hash("\ud800\U0001f511"))
