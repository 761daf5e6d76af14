"""Trunks as an operator sets them, and orders that no trunk carries or that would lose money."""

from dataclasses import replace

import pytest

from switchboard.calls.rewriting import Rewrite
from switchboard.calls.trunk import Trunk
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.orders import dialled
from switchboard.desk.profiles import Changes, change_profile
from switchboard.desk.survey import survey
from switchboard.desk.trunks import (
    TrunkChanges,
    change_trunk,
    find_trunk,
    remove_exchange,
    save_trunk,
    set_exchange,
    set_expected,
)
from switchboard.errors import Conflict, LossGuard, Malformed, NoExchangeRate, NoRoute, NotFound
from tests.fakes.claims import claimed, ordered
from tests.fakes.ports import memory_ports
from tests.fakes.trunks import add_trunk
from tests.fakes.world import ALICE, BOB, open_alice, retail_sheet


@pytest.fixture
def ports():
    """Alice pays 0.02 a minute to London, and for Bob 0.03 and a fee of 0.01."""
    ports = memory_ports()
    open_alice(ports)
    ports.trunks.remove("carrier")
    return ports


# What is set


@pytest.mark.parametrize(
    ("user", "password"),
    [
        ('me", uri="sip:evil', "secret"),
        ("me>\r\nX-Evil: 1\r\n", "secret"),
        ("me\\", "secret"),
        ("me you", "secret"),
        ("m\u00e9", "secret"),
        ("me", ""),
        ("me", "se\r\ncret"),
    ],
)
def test_no_login_writes_headers_of_its_own_and_a_refusal_does_not_tell_the_password(
    ports, user, password
):
    add_trunk(ports, "a", "0.001")

    with pytest.raises(Malformed) as refused:
        change_trunk(ports, "a", TrunkChanges(credentials=(user, password)))

    assert "secret" not in str(refused.value)
    assert find_trunk(ports, "a").credentials is None


def test_a_change_leaves_alone_what_it_does_not_name():
    rules = (Rewrite("44", 2, "0"),)
    old = Trunk("a", "host", 5070, 3, ("me", "secret"), "cost", rules, 4, 5, enabled=False)

    assert TrunkChanges().over(old) == old
    assert TrunkChanges(address="other:1", weight=9).over(old) == replace(
        old, host="other", port=1, weight=9
    )
    assert TrunkChanges(
        capacity=0, cost_sheet="", rewrites=(), credentials=("", ""), enabled=True
    ).over(old) == Trunk("a", "host", 5070, 3, weight=4)


def test_a_cost_sheet_must_exist(ports):
    with pytest.raises(NotFound, match="no rate sheet cost"):
        save_trunk(ports, Trunk("a", "127.0.0.1", cost_sheet="cost"))
    with pytest.raises(NotFound, match="no trunk a"):
        change_trunk(ports, "a", TrunkChanges(weight=2))


def test_a_cost_sheet_in_a_currency_that_nobody_can_convert_is_refused_by_name(ports):
    with pytest.raises(NoExchangeRate, match="between USD and EUR"):
        add_trunk(ports, "a", "0.01", currency="USD")
    set_exchange(ports, "USD", "EUR", 920_000_000_000)

    assert find_trunk(ports, add_trunk(ports, "a", "0.01", currency="USD").name).cost_sheet
    with pytest.raises(Conflict, match="trunk a are in USD"):
        remove_exchange(ports, "USD")


def test_a_sheet_in_another_currency_that_no_account_pays_by_does_not_matter(ports):
    ports.sheets.publish(replace(retail_sheet("elsewhere"), terms=retail_sheet().terms))
    yen = replace(retail_sheet().terms, currency="JPY")
    ports.sheets.publish(replace(retail_sheet("yen"), terms=yen))

    assert add_trunk(ports, "a", "0.01").cost_sheet == "cost-a"

    profile = replace(
        ports.accounts.get("alice").profile,
        account="yuki",
        currency="JPY",
        sheet="yen",
        numbers=(),
        login=None,
    )
    ports.trunks.remove("a")
    open_account(ports, profile, Terms())
    with pytest.raises(NoExchangeRate, match="between EUR and JPY"):
        add_trunk(ports, "b", "0.01")


def test_two_cost_sheets_are_comparable(ports):
    set_exchange(ports, "USD", "EUR", 920_000_000_000)
    add_trunk(ports, "a", "0.01", currency="USD")
    ports.sheets.publish(
        replace(retail_sheet("gbp"), terms=replace(retail_sheet().terms, currency="GBP"))
    )

    with pytest.raises(NoExchangeRate, match="between GBP and USD"):
        save_trunk(ports, Trunk("b", "127.0.0.1", cost_sheet="gbp"))


def swiss(ports):
    francs = replace(retail_sheet().terms, currency="CHF")
    ports.sheets.publish(replace(retail_sheet("chf"), terms=francs))
    alice = ports.accounts.get("alice").profile
    return replace(alice, account="urs", currency="CHF", sheet="chf", numbers=(), login=None)


def test_an_account_that_pays_what_trunks_cannot_be_compared_in_is_not_opened(ports):
    profile = swiss(ports)
    add_trunk(ports, "a", "0.01")

    with pytest.raises(NoExchangeRate, match="EUR, which trunk a costs, and CHF"):
        open_account(ports, profile, Terms())
    set_exchange(ports, "CHF", "EUR", 1_050_000_000_000)

    assert open_account(ports, profile, Terms()).profile == profile


def test_a_rate_that_accounts_are_compared_by_is_not_forgotten(ports):
    set_exchange(ports, "CHF", "EUR", 1_050_000_000_000)
    open_account(ports, swiss(ports), Terms())
    add_trunk(ports, "a", "0.01")

    with pytest.raises(Conflict, match="account urs is in CHF"):
        remove_exchange(ports, "CHF")


# What is ordered


def test_an_order_that_would_lose_money_is_refused_before_anything_is_written(ports):
    # For three minutes both legs are sold for 0.06 + 0.10, and cost 0.24 or more.
    add_trunk(ports, "dear", "0.04")
    add_trunk(ports, "dearer", "0.05")

    with pytest.raises(LossGuard) as refused:
        ordered(ports)

    assert (refused.value.code, "cost" in refused.value.message) == ("not_offered", False)
    assert ports.callbacks.placed == {}
    assert ports.queue.sent == []


@pytest.mark.parametrize("how", ["cheaper for one leg", "unknown cost", "no guard", "short calls"])
def test_an_order_that_may_not_lose_money_is_taken(ports, how):
    add_trunk(ports, "dear", "0.04")
    if how == "cheaper for one leg":
        add_trunk(ports, "cheap", "0.01", prefixes=("1",))
    elif how == "unknown cost":
        add_trunk(ports, "unknown")
    elif how == "no guard":
        change_profile(ports, "alice", Changes(loss_guard=False))
    else:
        # The fee of 0.01 pays for it.
        set_expected(ports, 10)

    assert ordered(ports).id in ports.callbacks.placed


def test_without_a_destination_only_the_dialled_number_is_guarded(ports):
    add_trunk(ports, "dear", "0.04")
    callback = claimed(ports, destination=None)

    with pytest.raises(LossGuard):
        dialled(ports, callback, BOB.digits)

    assert ports.callbacks.find(callback.id).destination is None


def test_an_order_that_no_trunk_carries_is_refused(ports):
    add_trunk(ports, "london", "0.01", prefixes=("44",))
    add_trunk(ports, "off", enabled=False)

    with pytest.raises(NoRoute):
        ordered(ports)

    assert ports.callbacks.placed == {}


def test_an_order_without_any_trunk_waits_for_one(ports):
    assert ordered(ports).id in ports.callbacks.placed


def test_a_trunk_that_an_account_cannot_be_compared_with_is_not_used(ports):
    set_exchange(ports, "USD", "EUR", 920_000_000_000)
    add_trunk(ports, "a", "0.01", currency="USD")
    ports.settings.save_routing(type(ports.settings.routing())())

    with pytest.raises(NoRoute):
        ordered(ports)


# What is asked


def test_a_survey_tells_what_is_left_of_what_an_account_pays(ports):
    add_trunk(ports, "cheap", "0.01")
    add_trunk(ports, "dear", "0.05")
    add_trunk(ports, "off", enabled=False)
    profile = ports.accounts.get("alice").profile

    found = survey(ports, BOB, payer=profile, seconds=60)

    assert [way.trunk.name for way in found.route.ways] == ["cheap", "dear"]
    assert [left.trunk.name for left in found.route.left_out] == ["off"]
    assert (found.sale.leg_micros, found.sale.customer) == (40_000, ALICE)
    # 0.02 and 0.04 for both legs: 0.01 and 0.05 are not more than that.
    assert found.sale.routes.most_micros == 60_000
    assert found.currency == "EUR"
    assert survey(ports, BOB).sale is None
