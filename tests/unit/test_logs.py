"""Logs: a field a fact, what a block is about, and no phone number in clear."""

import json
import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.logs import JsonLines, PlainLines, Sparing, about, without_numbers
from switchboard.numbering import PhoneNumber
from tests.fakes.shift import Shift, order_many


def written(message: str, *args: object, form=JsonLines, **extra: object) -> str:
    record = logging.makeLogRecord(
        {"name": "ringback.x", "msg": message, "args": args, "levelname": "INFO", **extra}
    )
    record.created = 1_767_355_200.25
    return form().format(record)


def test_a_line_has_what_happened_what_it_is_about_and_its_own_facts():
    with about(worker="w1"), about(callback="c1"):
        line = json.loads(written("leg over %s", "london", trunk="london", code=486, late=None))

    assert line == {
        "at": "2026-01-02T12:00:00.250Z",
        "level": "info",
        "logger": "ringback.x",
        "message": "leg over london",
        "worker": "w1",
        "callback": "c1",
        "trunk": "london",
        "code": 486,
        "late": None,
    }


def test_what_a_block_was_about_is_forgotten_after_it():
    with about(callback="c1"):
        pass

    assert "callback" not in json.loads(written("on we go"))


def test_a_fault_is_one_fact_on_the_same_line():
    try:
        raise LookupError("no +442071234567 there")
    except LookupError:
        text = written("it broke", exc_info=sys.exc_info())

    assert text.count("\n") == 0
    fault = json.loads(text)["fault"]
    assert fault.startswith("Traceback")
    assert fault.endswith("LookupError: no +44******4567 there")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("to +442071234567.", "to +44******4567."),
        ("sip:442071234567@b", "sip:442*****4567@b"),
        ("sip:%2B442071234567@b", "sip:%2B442*****4567@b"),
        ("0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef"),
        ("took 12345678.5 ms on port 30000", "took 12345678.5 ms on port 30000"),
    ],
)
def test_phone_numbers_are_masked_and_nothing_else(text, shown):
    assert without_numbers(text) == shown


@given(
    st.from_regex(r"\+[1-9][0-9]{7,14}", fullmatch=True), st.sampled_from(["", "sip:", "<", "("])
)
def test_no_line_has_a_phone_number_in_clear(number, before):
    assert number[1:] not in written("%s%s>", before, number, to=number)
    assert number[1:] not in written("%s%s>", before, number, form=PlainLines)
    assert without_numbers(number) == PhoneNumber(number).masked


@pytest.mark.parametrize("end", ["\n", "\r\n", "\x1b[2K\r", "\x0b", "\x85", "\u2028"])
def test_what_a_far_end_says_begins_no_line_of_its_own(end):
    line = written(
        "the carrier said %s", f"busy{end}2026-11-23 workers: all is well", form=PlainLines
    )

    assert len(line.splitlines()) == 1
    assert "\x1b" not in line


def test_the_lines_of_a_callback_name_it(caplog):
    caplog.set_level(logging.INFO)
    caplog.handler.setFormatter(JsonLines())
    shift = Shift()

    shift.work(order_many(shift, 1), until_s=80)

    lines = [json.loads(line) for line in caplog.text.splitlines()]
    named = [line for line in lines if line.get("callback") == shift.callback("0").id]
    assert [(line["logger"], line.get("outcome"), line.get("ending")) for line in named] == [
        ("ringback.orders", None, None),
        ("workers.dialling", "answers", None),
        ("workers.dialling", "answers", None),
        ("workers.host", None, "hung_up"),
    ]
    assert (named[-1]["talked_s"], named[-1]["cost"], named[-1]["currency"]) == (60, "1.23", "EUR")
    assert "447123" not in caplog.text


def test_a_sparing_logger_tells_so_many_lines_a_minute_and_later_how_many_more_there_were(caplog):
    now_s = 0.0
    logger = Sparing(logging.getLogger("ringback.x"), most=2, clock_s=lambda: now_s)

    for number in range(5):
        logger.warning("odd datagram %s", number)
    now_s = 60.0
    logger.warning("another")

    assert caplog.messages == [
        *("odd datagram 0", "odd datagram 1"),
        *("3 lines like the next were left out", "another"),
    ]
