"""The history of calls on a page and as a file: found, exported, never a formula."""

import io
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook

from chalicelib.portal import files
from switchboard.desk.phone_books import set_names
from switchboard.desk.profiles import Changes, change_profile
from tests.fakes.api import Api, readable, visiting_api
from tests.fakes.furnished import BUSY
from tests.fakes.history import past_call
from tests.fakes.world import BOB, CAROL, NOON

DAY = timedelta(days=1)


@pytest.fixture
def api() -> Api:
    """A browser where Alice has signed in, who has called Bob and Carol."""
    api = visiting_api()
    past_call(api.ports, f"{1:032x}", 61_700, at=NOON, seconds=61)
    past_call(api.ports, f"{2:032x}", 0, at=NOON + DAY, to=CAROL, verdict=BUSY, seconds=0)
    return api


def test_calls_are_listed_with_how_they_ended_and_what_they_cost(api):
    page = readable(api.get("/portal/calls"))

    assert (
        "3 Jan, 12:00 +1 415-555-0199 from +44 20 7123 4567 Their phone was busy 0:00"
        " Their phone was busy 0.00 EUR" in page
    )
    assert "1:01 They hung up 0.0617 EUR" in page


def test_a_name_of_the_phone_book_stands_before_its_number(api):
    set_names(api.ports, "alice", {"Bob": BOB})

    assert "2 Jan, 12:00 Bob +1 415-555-0100" in readable(api.get("/portal/calls"))


@pytest.mark.parametrize(
    ("query", "bob", "carol"),
    [
        ("", True, True),
        ("from=2026-01-03", False, True),
        ("to=2026-01-02", True, False),
        ("from=2026-01-02&to=2026-01-03", True, True),
        ("from=2026-01-04", False, False),
        ("number=0199", False, True),
        ("number=%2B1+415-555-0100", True, False),
        ("number=020+7123", True, True),
        ("number=999999", False, False),
    ],
)
def test_calls_are_found_by_their_days_and_by_digits(api, query, bob, carol):
    page = readable(api.get(f"/portal/calls?{query}"))

    assert ("555-0100" in page, "555-0199" in page) == (bob, carol)
    assert ("No calls found" in page) == (not bob and not carol)


def test_days_are_those_of_the_accounts_clocks(api):
    change_profile(api.ports, "alice", Changes(time_zone="Pacific/Auckland"))

    page = readable(api.get("/portal/calls?from=2026-01-03&to=2026-01-03"))

    assert ("3 Jan, 01:00" in page, "4 Jan" in page) == (True, False)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from=yesterday", "Write a day like 2026-01-31."),
        ("to=0001-01-01", "Write a day like 2026-01-31."),
        ("to=9999-12-31", "Write a day like 2026-01-31."),
        ("number=Bob", "Write digits of the number"),
        ("cursor=x", "This cursor is not one of ours."),
    ],
)
def test_what_cannot_be_looked_for_is_told(api, query, words):
    response = api.get(f"/portal/calls?{query}")

    assert (response.status_code, words in readable(response)) == (400, True)


def test_a_long_history_goes_on_with_what_was_looked_for(api):
    for number in range(120):
        past_call(api.ports, f"{number + 9:032x}", 0, at=NOON + number * timedelta(seconds=1))

    first = api.get("/portal/calls?number=0100&from=2026-01-01").body.decode()
    older = first.partition('href="/portal/calls?from')[2].partition('"')[0].replace("&amp;", "&")
    second = readable(api.get(f"/portal/calls?from{older}"))

    assert "number=0100" in older
    assert "0.0617 EUR" in second
    assert "Older" not in second


def test_calls_are_taken_along_as_a_spreadsheet_without_formulas(api):
    set_names(api.ports, "alice", {"=HYPERLINK(x)": BOB})

    answer = api.get("/portal/calls/export?kind=xlsx")

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.body)).get_sheet_by_index(0)
    header, newest, oldest = sheet.to_python()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="alice-calls.xlsx"'
    assert header[:3] == ["Time", "Your phone", "The other phone"]
    assert newest[6:] == ["Their phone was busy", 0.0, "EUR"]
    assert oldest == [
        "2026-01-02 12:00:00",
        "+442071234567",
        "+14155550100",
        "=HYPERLINK(x)",
        "1:01",
        61.0,
        "They hung up",
        0.0617,
        "EUR",
    ]


def test_a_text_file_keeps_a_spreadsheet_from_calculating(api):
    set_names(api.ports, "alice", {"=HYPERLINK(x)": BOB})

    text = api.get("/portal/calls/export?kind=txt&number=0100").body.decode()

    assert text.splitlines()[1:] == [
        "2026-01-02 12:00:00\t+442071234567\t+14155550100\t'=HYPERLINK(x)\t1:01\t61\tThey hung up"
        "\t0.0617\tEUR"
    ]


def test_calls_are_taken_along_as_a_pdf_of_several_pages(api):
    change_profile(api.ports, "alice", Changes(name="Ñandú <b>& Łódź"))
    for number in range(120):
        past_call(api.ports, f"{number + 9:032x}", 10, at=NOON + number * timedelta(seconds=1))

    answer = api.get("/portal/calls/export?kind=pdf")

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.body.startswith(b"%PDF-")
    assert answer.body.count(b"/Type /Page\n") == 3


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
def test_too_many_calls_for_a_file_are_refused_with_what_to_do(api, monkeypatch, kind):
    monkeypatch.setattr(files, "MOST_CALLS", 100)
    monkeypatch.setattr(files, "MOST_CALLS_IN_PDF", 100)
    for number in range(120):
        past_call(api.ports, f"{number + 9:032x}", 10, at=NOON + number * timedelta(seconds=1))

    answer = api.get(f"/portal/calls/export?kind={kind}&from=2026-01-01")

    assert answer.status_code == 400
    page = readable(answer)
    assert "There are more than 100 calls in these days: choose fewer days" in page
    assert "+1 415-555-0199" in page
    later = api.get(f"/portal/calls/export?kind={kind}&from=2026-01-03")
    assert "Content-Disposition" in later.headers


def test_a_kind_of_file_that_is_none_of_ours_is_refused(api):
    assert api.get("/portal/calls/export?kind=exe").status_code == 400
    assert api.get("/portal/calls/export").status_code == 400
