"""What a text asks for: any text is an order or a refusal."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import UnreadableText
from switchboard.texts.clock import FURTHEST, instant_of
from switchboard.texts.grammar import EXAMPLE, read_text, split_pin
from switchboard.texts.orders import (
    Confirm,
    Connect,
    HangUp,
    Later,
    Redeem,
    Redial,
    Register,
    ShowBalance,
    ShowHelp,
    ShowPrice,
    SignedOrder,
)

TEXTISH = st.text("0123456789+#*-:() \n\tAaTtCcBbUuPpRrXx.?\uff11\u0661\u00bd\ufdfa\u200b\u0410")
TO_BOB = Connect("14155550100")


@pytest.mark.parametrize("text", ["\U0001f44d", "\u2764\ufe0f \U0001f3fb"])
def test_a_picture_alone_orders_nothing(text):
    with pytest.raises(UnreadableText):
        read_text(text)


@given(st.one_of(st.text(max_size=1_700), TEXTISH))
def test_any_text_is_an_order_or_a_refusal_that_repeats_nothing(text):
    try:
        shown = repr(read_text(text))
    except UnreadableText as refusal:
        shown = refusal.message.partition(EXAMPLE)[1]
    assert shown


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("", Connect("")),
        (" \n#", Connect("")),
        ("cb ", Connect("")),
        ("Cb#", Connect("")),
        ("14155550100", TO_BOB),
        ("#14155550100#", Connect("#14155550100#")),
        ("home  work", Connect("home work")),
        ("CB 14155550100", TO_BOB),
        ("bal", ShowBalance()),
        ("Bal.", ShowBalance()),
        ("Help!", ShowHelp()),
        ("  Bal\n", ShowBalance()),
        ("\u0412\u0410L", ShowBalance()),
        ("\u0392\u0391L", ShowBalance()),
        ("\uff22\uff21\uff2c", ShowBalance()),
        ("\u202abal\u202c", ShowBalance()),
        ("b\u200bal", ShowBalance()),
        ("bal \U0001f44d\U0001f3fd", ShowBalance()),
        ("last", Redial()),
        ("x", HangUp()),
        ("\u0425", HangUp()),
        ("help", ShowHelp()),
        ("?", ShowHelp()),
        ("price 14155550100", ShowPrice("14155550100")),
        ("PRICE#14155550100", ShowPrice("14155550100")),
        ("add 1234-5678", Redeem("1234-5678")),
        ("ADD#1234#5678", Redeem("1234 5678")),
        ("123456", Confirm("123456")),
        ("\uff11\uff12\uff13\uff14\uff15\uff16", Confirm("123456")),
        ("R.+33142685300", Register("+33142685300")),
        ("#r.+33 1 42685300#", Register("+33 1 42685300")),
        ("at 18:30 14155550100", Later(time(18, 30), None, "14155550100")),
        ("AT#6.05pm#14155550100", Later(time(18, 5), None, "14155550100")),
        ("at 12:00 am home", Later(time(0, 0), None, "home")),
        ("at 2026-11-24 7h30 home", Later(time(7, 30), date(2026, 11, 24), "home")),
        ("at 18:30", Later(time(18, 30), None, "")),
        ("14155550100\nSent from my iPhone", TO_BOB),
        ("14155550100\n\nEnvoy\u00e9 de mon t\u00e9l\u00e9phone", TO_BOB),
        ("14155550100\nEnviado desde mi iPhone", TO_BOB),
        ("14155550100\nEnviado desde mi tel\u00e9fono", TO_BOB),
        ("14155550100\n--\nJohn\n+44 20 7946 0000", TO_BOB),
        ("14155550100 -- John", TO_BOB),
        ("14155550100\r\n\u2014 John", TO_BOB),
        ("1415\u00a05550100\ufe0f", Connect("1415 5550100")),
        ("1\ufe0f\u20e34155550100", TO_BOB),
        ("14155550100 \U0001f600", TO_BOB),
        ("U.alice P.s3cret T.14155550100", SignedOrder("alice", "s3cret", TO_BOB)),
        ("u.Alice#p.s3#cret#t.14155550100", SignedOrder("alice", "s3#cret", TO_BOB)),
        ("U.alice P.\u0412\uff11\u00bd\u200b T.14155550100", None),
        (
            "U.alice P.x# T.14155550100 F.442071234567",
            SignedOrder("alice", "x#", Connect("442071234567\n14155550100")),
        ),
        ("U.alice\nP.x y\nR.442071234567", SignedOrder("alice", "x y", Register("442071234567"))),
    ],
)
def test_a_text_is_read_as_the_contract_says(text, order):
    # Of a password, not one character is changed.
    expected = order or SignedOrder("alice", "\u0412\uff11\u00bd\u200b", TO_BOB)

    assert read_text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "AT",
        "AT 25:00 14155550100",
        "AT 13:00 pm 14155550100",
        "AT 2026-02-30 10:00 14155550100",
        "AT noon 14155550100",
        "BAL please",
        "PRICE",
        "ADD",
        "X 14155550100",
        "U.alice T.14155550100",
        "U.alice P.s3cret",
        "U.alice P. T.14155550100",
        "U.alice P.s3cret T.1 R.2",
        "U.alice U.bob P.s3cret T.14155550100",
        "R.1 F.2",
        "R.",
    ],
)
def test_half_an_order_is_answered_with_one_right_example(text):
    with pytest.raises(UnreadableText, match=EXAMPLE) as caught:
        read_text(text)

    assert "s3cret" not in caught.value.message


def test_a_pin_stands_before_another_order():
    assert split_pin("12345678 14155550100") == ("12345678", TO_BOB)
    assert split_pin("#12345678#14155550100#") == ("12345678", TO_BOB)
    assert split_pin("12345678 bal") == ("12345678", ShowBalance())
    assert split_pin("12345678") is None
    assert split_pin("123 14155550100") is None
    assert split_pin("12345678 at noon") is None


@pytest.mark.parametrize(
    "text",
    ["U.alice P.s3cret T.14155550100", "s3cret 1", "ADD s3cret", "AT 18:30 s3cret 1", "R.s3cret"],
)
def test_what_may_be_secret_is_not_shown(text):
    assert "s3cret" not in repr(read_text(text))


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)


@pytest.mark.parametrize(
    ("time_of_day", "on", "now", "instant"),
    [
        (time(18, 30), None, at(2026, 1, 2, 12), at(2026, 1, 2, 17, 30)),
        (time(13, 0), None, at(2026, 1, 2, 12), at(2026, 1, 3, 12)),
        (time(0, 30), None, at(2026, 1, 2, 23, 15), at(2026, 1, 2, 23, 30)),
        (time(18, 30), date(2026, 1, 5), at(2026, 1, 2, 12), at(2026, 1, 5, 17, 30)),
        # 02:00 to 03:00 does not exist on 29 March, and is there twice on 25 October.
        (time(2, 30), None, at(2026, 3, 28, 12), at(2026, 3, 29, 1, 30)),
        (time(2, 30), None, at(2026, 10, 24, 12), at(2026, 10, 25, 0, 30)),
        (time(2, 30), None, at(2026, 10, 25, 0, 45), at(2026, 10, 25, 1, 30)),
        (time(2, 30), None, at(2026, 10, 25, 1, 45), at(2026, 10, 26, 1, 30)),
    ],
)
def test_a_time_of_day_is_the_next_one_by_the_clocks_of_the_account(time_of_day, on, now, instant):
    assert instant_of(time_of_day, on, now, "Europe/Berlin") == instant


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 1, 2), date(2027, 1, 1)])
def test_a_day_that_is_over_or_far_away_is_refused(day):
    with pytest.raises(UnreadableText):
        instant_of(time(10), day, at(2026, 1, 2, 12), "Europe/Berlin")


@given(
    st.times(),
    st.timedeltas(timedelta(), timedelta(days=18_000)).map(lambda span: at(2000, 1, 1) + span),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati"]),
)
def test_a_planned_instant_is_within_the_next_days(time_of_day, now, zone):
    instant = instant_of(time_of_day, None, now, zone)

    assert now < instant <= now + FURTHEST
