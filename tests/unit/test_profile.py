"""Profiles: what they may say, and from when."""

from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.billing.account import Profile
from switchboard.desk.profiles import Changes, changed
from switchboard.errors import Malformed
from tests.fakes.world import NOON

PLAIN = Profile("alice", "Alice", "EUR", "retail")
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"country": "UK "},
        {"language": "english"},
        {"time_zone": "Europe"},
        {"time_zone": "../etc/passwd"},
        {"email": "alice"},
        {"email": "alice@example"},
        {"tax_id": "x" * 33},
        {"valid_days": 0},
        {"allowed_prefixes": ("+44",)},
        {"allowed_prefixes": ("four",)},
        {"allowed_prefixes": ("44",), "forbidden_prefixes": ("44",)},
    ],
)
def test_what_a_profile_may_not_say_is_refused(wrong):
    with pytest.raises(Malformed):
        replace(PLAIN, **wrong)


def test_a_profile_may_say_all_of_this():
    replace(
        PLAIN,
        country="GB",
        language="pt-BR",
        time_zone="Asia/Kathmandu",
        email="a.b+c@mail.example.co.uk",
        tax_id="GB 123 4567 89",
        allowed_prefixes=("44", "*"),
    )


def test_a_sheet_counts_from_its_date_until_the_next():
    profile = PLAIN.with_sheet("winter", NOON + 2 * DAY).with_sheet("autumn", NOON)

    sheets = [profile.sheet_at(NOON + days * DAY) for days in (-1, 0, 1, 2, 9)]

    assert sheets == ["retail", "autumn", "autumn", "winter", "winter"]


def test_of_two_sheets_for_one_instant_the_last_said_counts():
    profile = PLAIN.with_sheet("first", NOON).with_sheet("second", NOON)

    assert profile.sheet_at(NOON) == "second"
    assert len(profile.sheets) == 1


def test_a_plan_begins_and_ends():
    profile = PLAIN.with_plan("world", NOON).with_plan(None, NOON + DAY)

    plans = [profile.plan_at(NOON + days * DAY) for days in (-1, 0, 1)]

    assert plans == [None, "world", None]


def test_a_profile_moves_to_a_country_that_has_phone_numbers_only():
    with pytest.raises(Malformed, match="“UK” is no country"):
        changed(PLAIN, Changes(country="UK"), NOON)
    assert changed(PLAIN, Changes(country="GB"), NOON).country == "GB"
