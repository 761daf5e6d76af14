"""Phone books, phones confirmed by a code, and statements in the console."""

import re

import pytest

from switchboard.desk.phone_books import set_lines
from switchboard.numbering import PhoneNumber
from switchboard.staff.rights import Role, rights_of
from tests.fakes.api import readable
from tests.fakes.console import console_of

MUM, WORK = PhoneNumber("+442071234567"), PhoneNumber("+14155550100")
PHONE = PhoneNumber("+442079461234")
BOOK = "/admin/accounts/alice/phone-book"


@pytest.fixture
def console():
    return console_of()


def test_names_and_speed_dials_are_added_changed_and_taken_away(console):
    lines = "Mum = +442071234567\nWork=+14155550100\n*1=+442071234567"
    assert console.fill(BOOK, lines=lines).status_code == 303
    first = console.ports.phone_books.get("alice")

    assert console.fill(BOOK, lines="Mum=+14155550100", remove=["Work", "*1"]).status_code == 303

    assert (first.names, first.speed_dials) == ({"Mum": MUM, "Work": WORK}, {1: MUM})
    second = console.ports.phone_books.get("alice")
    assert (second.names, second.speed_dials) == ({"Mum": WORK}, {})
    assert "Mum +14155550100" in readable(console.get("/admin/accounts/alice"))
    log = readable(console.get("/admin/audit?about=account+alice"))
    assert "change phone book account alice *1 +442071234567 → " in log


def test_what_somebody_adds_meanwhile_stays(console):
    page = console.get(BOOK).body.decode()
    set_lines(console.ports, "alice", names={"Dad": WORK}, dials={})

    console.submit(page, BOOK, lines="Mum=+442071234567")

    assert console.ports.phone_books.get("alice").names == {"Dad": WORK, "Mum": MUM}


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("Mum", "“Mum”: write it like Mum=+442071234567"),
        ("Mum=12", "“12” is not a phone number"),
        ("*=+442071234567", "“*” is no speed dial: they are *1 to *99"),
        ("*100=+442071234567", "“*100” is no speed dial: they are *1 to *99"),
        ("*0=+442071234567", "0 is no speed dial"),
    ],
)
def test_a_line_that_cannot_be_is_told_and_kept(console, line, wrong):
    response = console.fill(BOOK, lines=f"Work=+14155550100\n{line}")

    assert response.status_code in {400, 422}
    assert wrong in readable(response)
    assert "Work=+14155550100" in readable(response)
    assert console.ports.phone_books.get("alice").names == {}


def test_names_are_shown_and_never_as_markup(console):
    console.fill(BOOK, lines="<img src=x>=+442071234567")

    for page in (BOOK, "/admin/accounts/alice"):
        shown = console.get(page)
        assert "<img src=x>" in readable(shown)
        assert "<img" not in shown.body.decode()


def test_a_phone_is_rung_for_the_code_that_is_shown(console):
    response = console.fill("/admin/accounts/alice/confirm-phone", number="+442079461234")

    code = re.search(r'id="code">(\d+)<', response.body.decode())[1]
    assert len(code) >= 4
    [callback] = console.ports.callbacks.recent("alice", limit=9, cursor=None).items
    assert (callback.customer, callback.destination) == (PHONE, None)
    log = readable(console.get("/admin/audit?about=account+alice"))
    assert "confirm a phone account alice" in log
    assert code not in log.replace(callback.id, "").replace(str(PHONE), "")


def test_a_statement_tells_what_the_balance_was_after_each_entry(console):
    console.fill("/admin/accounts/alice/top-up", amount="2.50", reference="r7", note="cash")

    page = readable(console.get("/admin/accounts/alice/statement"))

    assert re.search(r"r7 cash 2\.50 EUR \d+\.\d\d EUR", page)
    assert "Statement with calls" in readable(console.get("/admin/accounts/alice"))


def test_there_is_no_phone_book_of_an_account_of_others():
    console = console_of(Role("own", rights_of("accounts:*", "money:*"), own_accounts_only=True))

    for page in ("phone-book", "confirm-phone", "statement"):
        assert console.get(f"/admin/accounts/alice/{page}").status_code == 404
