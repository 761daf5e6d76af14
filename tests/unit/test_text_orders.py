"""What each order by text does, and what is answered: once, in words, and not too often."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.billing.account import Profile
from switchboard.billing.batches import Batch, BatchKind
from switchboard.calls.callback import State, Trigger
from switchboard.calls.phonebook import PhoneBook
from switchboard.calls.planned import PlanState
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.pins import Mint, make_batch
from switchboard.desk.profiles import Changes, change_profile
from switchboard.desk.triggers import REPLIES_TO_CUSTOMER, REPLIES_TO_STRANGERS, Answer
from switchboard.numbering import PhoneNumber
from tests.fakes.texter import PIN, STRANGER, Line
from tests.fakes.texts import PIN_KEY
from tests.fakes.world import ALICE, BOB, NOON

UNKNOWN = "Sorry, we do not know this number or PIN."
HOUR = timedelta(hours=1)


@pytest.fixture
def line() -> Line:
    return Line()


WORDS = st.sampled_from(
    f"{PIN} 12345678 CB AT 18:30 BAL PRICE ADD LAST X HELP U.alice P.wonderland T.14155550100"
    " R. F.home home 14155550100 #".split(" ")
)


@given(
    st.one_of(st.text(max_size=1_700), st.lists(WORDS, max_size=5).map(" ".join)),
    st.sampled_from([ALICE, STRANGER]),
)
def test_any_text_of_anybody_is_answered(text, sender):
    answer = Line().text(text, sender=sender)

    assert answer.words is not None
    assert len(answer.words) <= 160


def test_phones_are_named_by_the_phone_book(line):
    line.ports.phone_books.save(PhoneBook("alice"), PhoneBook("alice", {"Office": BOB}))

    assert line.words("office") == "We are calling you now to connect you with +14155550100."
    assert line.calls == [(ALICE, BOB)]


def test_the_balance_is_told(line):
    assert line.words("BAL") == "Your balance is 5.00 EUR, of which 5.00 EUR can be spent."


def test_the_price_of_both_phones_and_the_talk_time_are_told(line):
    assert line.words("price 14155550100") == (
        "+14155550100: 0.05 EUR a minute for both phones, 0.01 EUR to connect."
        " You can talk for 99 min."
    )


def test_the_last_number_of_this_phone_is_called_again(line):
    line.text(BOB.digits)
    line.text(f"{STRANGER} 33142685300")

    assert line.words("LAST") == "We are calling you now to connect you with +14155550100."
    assert line.calls[-1] == (ALICE, BOB)


def test_where_nothing_was_called_there_is_nothing_to_call_again(line):
    assert line.words("LAST") == "Sorry, there is no number that you called before."


def test_x_cancels_what_waits(line):
    line.text(BOB.digits, identity="a")

    assert line.words("X") == "The call is being ended."
    callback = line.ports.callbacks.find(Trigger("sms", "a").callback_id)
    assert callback.state is State.ENDED


def test_x_hangs_up_what_runs(line):
    line.text(BOB.digits, identity="a")
    callback = Trigger("sms", "a").callback_id
    line.ports.callbacks.claim(callback, "w1", now=NOON, lease=HOUR)

    line.text("x")

    assert line.ports.control.hang_ups == [("w1", callback)]


def test_the_same_x_twice_ends_one_call(line):
    line.text(BOB.digits, identity="a")
    first = line.words("X", identity="b")
    line.text(BOB.digits, identity="c")

    assert line.words("X", identity="b") == first
    waiting = line.ports.callbacks.find(Trigger("sms", "c").callback_id)
    assert waiting.state is State.QUEUED


def test_x_without_a_call_says_so(line):
    assert line.words("X") == "Sorry, there is no call to end."


def test_a_callback_is_planned_by_the_account_s_clocks(line):
    said = line.words("AT 18:30 14155550100", identity="a")

    [planned] = line.ports.schedule.of("alice")
    assert said == (
        "We will call you on 2026-01-02 at 18:30 to connect you with +14155550100. X cancels it."
    )
    assert (planned.customer, planned.destination) == (ALICE, BOB)
    assert planned.at == NOON.replace(hour=17, minute=30)
    assert line.calls == []


def test_the_same_plan_a_day_later_is_the_same_one(line):
    first = line.words("AT 18:30 14155550100", identity="a")
    line.ports.clock.pass_by(timedelta(hours=23))

    assert line.words("AT 18:30 14155550100", identity="a") == first
    assert len(line.ports.schedule.of("alice")) == 1


def test_x_gives_up_what_is_planned(line):
    line.text("AT 18:30", identity="a")

    assert line.words("X") == "The call planned for 2026-01-02 at 18:30 is cancelled."
    planned = line.ports.schedule.find(Trigger("sms", "a").callback_id)
    assert planned.state is PlanState.CANCELLED


def test_a_voucher_tops_up_once_however_often_its_text_comes(line):
    batch = Batch("promo", BatchKind.VOUCHERS, 1, 10, "EUR", NOON, value_micros=2_000_000)
    pins: list[str] = []
    make_batch(
        line.ports,
        Mint(PIN_KEY, lambda most: most * 5 // 7, threads=1),
        batch,
        lambda issued: pins.extend(one.pin for one in issued),
    )

    first = line.words(f"ADD {pins[0]}", identity="a")

    assert first == "Thank you. Your balance is 7.00 EUR."
    assert line.words(f"ADD {pins[0]}", identity="a") == first
    assert line.words(f"ADD {pins[0]}") == "Sorry, this account redeemed that voucher before."


def test_who_tries_vouchers_is_locked_out(line):
    refused = [line.text("ADD 12345678").refused for _ in range(4)]

    assert refused == ["voucher_refused"] * 3 + ["unknown_sender"]


def test_six_digits_of_a_known_phone_are_no_number(line):
    assert line.text("123456").refused == "unreadable_text"


def test_help_says_what_can_be_texted(line):
    assert line.words("help").startswith("Text: a number, two numbers, CB, AT 18:30 number")


@pytest.mark.parametrize(
    ("text", "call"),
    [
        (f"{PIN} 14155550100", (STRANGER, BOB)),
        (f"{PIN}#442071234567#14155550100", (ALICE, BOB)),
        (f"{PIN} cb", (STRANGER, None)),
        ("U.alice P.wonderland T.14155550100", (STRANGER, BOB)),
        ("u.ALICE#p.wonderland#t.14155550100#f.02071234567", (ALICE, BOB)),
    ],
)
def test_a_pin_or_a_password_orders_from_any_phone(line, text, call):
    assert line.text(text, sender=STRANGER).refused is None
    assert line.calls == [call]


def test_a_registered_phone_may_use_another_account_s_pin(line):
    carol = Profile("carol", "Carol", "EUR", "retail", country="GB", numbers=(STRANGER,))
    open_account(line.ports, carol, Terms(opening_micros=1_000_000))

    line.text(f"{PIN} 14155550100", sender=STRANGER)

    [callback] = line.ports.callbacks.placed.values()
    assert callback.account == "alice"


@pytest.mark.parametrize(
    "text",
    [
        "14155550100",
        "BAL",
        "73918265 14155550100",
        "U.alice P.wrong T.14155550100",
        "U.nobody P.wonderland T.14155550100",
        "U.nobody P.wonderland R.14155550100",
        "123456",
    ],
)
def test_a_stranger_is_told_the_same_whatever_is_wrong(line, text):
    assert line.text(text, sender=STRANGER) == Answer(UNKNOWN, "unknown_sender")
    assert line.calls == []


def test_after_three_wrong_pins_in_a_minute_the_right_one_is_wrong_too(line):
    for _ in range(3):
        line.text("73918265 14155550100", sender=STRANGER)

    assert line.text(f"{PIN} 14155550100", sender=STRANGER).refused == "unknown_sender"
    line.ports.clock.pass_by(timedelta(minutes=1))
    assert line.text(f"{PIN} 14155550100", sender=STRANGER).refused is None


def test_right_pins_lock_nobody_out(line):
    refused = [line.text(f"{PIN} bal", sender=STRANGER).refused for _ in range(30)]

    assert set(refused) == {None}


def test_delays_grow_with_wrong_pins(line):
    def tries() -> int:
        return sum(count for key, count in line.ports.throttle.counts.items() if key[0] == "try")

    tried = 0
    for _ in range(24 * 60):
        before = tries()
        line.text("73918265 14155550100", sender=STRANGER)
        tried += tries() > before
        line.ports.clock.pass_by(timedelta(minutes=1))

    assert tried <= 24


def test_a_pin_is_in_no_answer_and_no_log(line, caplog):
    for text in (f"{PIN} 14155550100", f"{PIN} hello", f"{PIN} 12"):
        answer = line.text(text, sender=STRANGER)
        assert PIN not in repr(answer)

    assert PIN not in caplog.text


def test_a_stranger_gets_one_reply_an_hour(line):
    said = [line.words(text, sender=STRANGER) for text in ("hello", "BAL", "14155550100")]
    line.ports.clock.pass_by(HOUR)

    assert [words is None for words in said] == [False, True, True]
    assert line.words("BAL", sender=STRANGER) == UNKNOWN


def test_the_same_text_of_a_stranger_gets_the_same_reply(line):
    said = [line.words("BAL", sender=STRANGER, identity="a") for _ in range(2)]

    assert said == [UNKNOWN, UNKNOWN]


def test_strangers_get_so_many_replies_in_all_and_no_more(line):
    """Senders can be forged, any number of them."""
    most = REPLIES_TO_STRANGERS.most
    said = [line.words("BAL", sender=PhoneNumber(f"+44770090{n:04}")) for n in range(most + 5)]

    assert said == [UNKNOWN] * most + [None] * 5
    assert line.words("BAL") != UNKNOWN
    line.ports.clock.pass_by(HOUR)
    assert line.words("BAL", sender=STRANGER) == UNKNOWN


@pytest.mark.parametrize("sender", ["+449098790123", "+881631234567"])
def test_a_stranger_at_a_premium_or_satellite_number_gets_no_reply(line, sender):
    assert line.text("BAL", sender=PhoneNumber(sender)) == Answer(None, "unknown_sender")


def test_the_phone_book_is_read_once_whatever_is_texted(line, monkeypatch):
    read = []
    books = line.ports.phone_books
    get = books.get
    monkeypatch.setattr(books, "get", lambda account: read.append(account) or get(account))

    line.text(" ".join("abcdefghijklmnopqrstuvwxyz"))

    assert read == ["alice"]


def test_two_machines_that_answer_each_other_stop(line):
    said = [line.words("Thank you for your message!") for _ in range(100)]

    assert sum(words is not None for words in said) == REPLIES_TO_CUSTOMER.most


def test_who_tries_every_form_is_answered_each_time(line):
    assert all(line.words(text) is not None for text in ["BAL", "HELP", "PRICE 44", "hello"] * 10)


def test_who_orders_calls_is_answered_each_time(line):
    for number in range(50):
        line.ports.callbacks.placed.clear()
        assert line.words(f"+1415555{number:04}") is not None


def test_a_blocked_account_redeems_no_voucher(line):
    line.ports.books.set_active("alice", active=False)

    assert line.text("ADD 12345678").refused == "account_blocked"


def test_an_account_is_answered_in_its_language(line):
    change_profile(line.ports, "alice", Changes(language="es"))

    assert line.words("BAL") == "Su saldo es 5.00 EUR; puede gastar 5.00 EUR."
    assert line.words("hello") == (
        "Lo sentimos: no lo entendemos. Envie el numero, por ejemplo 442071234567."
    )
