"""Derived sheets: the rates of another, remade whenever that one is published."""

from dataclasses import dataclass, replace
from fractions import Fraction

import pytest

from switchboard.desk.rates import TermsChange, change_terms, derive, new_version, publish
from switchboard.errors import Conflict, Malformed, NotFound
from switchboard.ports import Ports
from switchboard.rating.row import Charges, RateRow
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import Derivation, SheetTerms
from tests.fakes.ports import memory_ports
from tests.fakes.sheets import MemorySheets
from tests.fakes.world import BOB, NOON
from tests.unit.prices import picos

SAME = TermsChange()


@dataclass
class Overtaken(MemorySheets):
    """Somebody else publishes a sheet, once, just before we do."""

    rival: RateSheet | None = None
    overtakes: bool = False

    def publish(self, sheet: RateSheet, *, after: str | None = None) -> None:
        if self.overtakes and sheet.name == self.rival.name:
            self.overtakes = False
            super().publish(self.rival)
        super().publish(sheet, after=after)


def row(rate: str, prefix: str = "1", **columns) -> RateRow:
    return RateRow(prefix, picos(rate), **columns)


def published(ports: Ports, name: str, *rows: RateRow, **terms) -> RateSheet:
    sheet = new_version(ports, name, SheetTerms("EUR", **terms), rows)
    publish(ports, sheet)
    return sheet


def by(base: str, multiplier: str = "1", addition: str = "0") -> Derivation:
    return Derivation(base, int(Fraction(multiplier) * 10**6), picos(addition))


def rate(ports: Ports, name: str) -> Fraction:
    return ports.sheets.current(name).price(BOB, NOON).per_minute


def test_a_derived_rate_is_the_bases_times_the_multiplier_plus_the_addition():
    ports = memory_ports()
    published(ports, "cost", row("0.0137"))

    derive(ports, "retail", by("cost", "1.2", "0.001"), SAME)
    derive(ports, "premium", by("retail", "1.5"), SAME)

    assert rate(ports, "retail") == Fraction("0.01744")
    assert rate(ports, "premium") == Fraction("0.02616")


def test_publishing_the_base_remakes_every_level_below_it():
    ports = memory_ports()
    published(ports, "cost", row("0.01"))
    derive(ports, "retail", by("cost", "2"), SAME)
    derive(ports, "premium", by("retail", addition="0.001"), SAME)

    again = publish(ports, new_version(ports, "cost", SheetTerms("EUR"), [row("0.03")]))

    assert [sheet.name for sheet in again] == ["cost", "retail", "premium"]
    assert (rate(ports, "retail"), rate(ports, "premium")) == (Fraction("0.06"), Fraction("0.061"))


def test_rows_of_its_own_stand_above_those_of_the_base():
    ports = memory_ports()
    published(ports, "cost", row("0.01"), row("0.02", "44"))
    published(ports, "retail", row("0.5"))

    derive(ports, "retail", by("cost", "2"), SAME)
    published(ports, "cost", row("0.1"), row("0.2", "44"))

    rows = list(ports.sheets.current("retail").rows)
    assert rows[0] == row("0.5")
    assert (rows[1].prefix, rows[1].rate_picos, rows[1].inherited) == ("44", picos("0.4"), True)


def test_an_inherited_row_charges_what_it_charges_in_the_base():
    ports = memory_ports()
    own = Charges(multiplier_millionths=2_000_000, free_s=5)
    defaults = Charges(increment_s=60, initial_s=60, addition_picos=picos("0.1"))
    published(ports, "cost", row("0.2", charges=own), defaults=defaults, time_zone="Asia/Tokyo")

    change = TermsChange(digits=2, defaults=Charges(increment_s=1, multiplier_millionths=9_000_000))
    derive(ports, "retail", by("cost", "10"), change)

    sheet = ports.sheets.current("retail")
    expected = replace(ports.sheets.current("cost").price(BOB, NOON), digits=2, decimals=0)
    assert sheet.price(BOB, NOON) == replace(expected, steps=(expected.steps[0]._replace(rate=5),))
    assert sheet.terms.time_zone == "Asia/Tokyo"


def test_the_defaults_of_a_derived_sheet_count_where_the_base_is_silent():
    ports = memory_ports()
    said = Charges(free_s=5)
    published(ports, "cost", row("0.2", charges=said), defaults=Charges(increment_s=60))

    own = Charges(free_s=1, initial_s=1, increment_s=1, grace_s=3)
    derive(ports, "retail", by("cost"), TermsChange(defaults=own))

    price = ports.sheets.current("retail").price(BOB, NOON)
    charged = (price.free_s, price.initial_s, price.steps[0].increment_s, price.grace_s)
    assert charged == (5, 60, 60, 3)


def test_what_lies_beyond_the_twelfth_decimal_is_rounded_up():
    ports = memory_ports()
    published(ports, "cost", row("0.000000000001"))

    derive(ports, "retail", by("cost", "1.1"), SAME)

    assert rate(ports, "retail") == Fraction("0.000000000002")


def test_a_circle_is_refused_by_name():
    ports = memory_ports()
    published(ports, "a", row("0.01"))
    derive(ports, "b", by("a"), SAME)
    derive(ports, "c", by("b"), SAME)

    with pytest.raises(Malformed, match="sheet a would derive from itself: a from c from b from a"):
        derive(ports, "a", by("c"), SAME)
    with pytest.raises(Malformed, match="sheet a would derive from itself: a from a"):
        derive(ports, "a", by("a"), SAME)


def test_a_sheet_that_cannot_be_derived_changes_nothing():
    ports = memory_ports()
    published(ports, "cost", row("0.5"))
    derive(ports, "cheap", by("cost", addition="-0.4"), SAME)

    with pytest.raises(Malformed, match="prefix 1: the addition makes its rate negative"):
        published(ports, "cost", row("0.1"))

    assert rate(ports, "cost") == Fraction("0.5")
    assert rate(ports, "cheap") == Fraction("0.1")


def test_sheets_of_two_currencies_are_not_derived_from_one_another():
    ports = memory_ports()
    published(ports, "cost", row("0.5"))
    publish(ports, new_version(ports, "dollars", SheetTerms("USD"), [row("0.6")]))

    with pytest.raises(Conflict, match="dollars is in USD, cost in EUR"):
        derive(ports, "dollars", by("cost"), SAME)
    with pytest.raises(NotFound, match="nothing"):
        derive(ports, "retail", by("nothing"), SAME)


def test_new_terms_keep_the_rows():
    ports = memory_ports()
    before = published(ports, "cost", row("0.5"), defaults=Charges(increment_s=6))
    derive(ports, "retail", by("cost", "2"), SAME)

    change_terms(ports, "cost", TermsChange(digits=2, defaults=Charges(initial_s=30)))

    after = ports.sheets.current("cost")
    assert list(after.rows) == list(before.rows)
    assert after.terms == SheetTerms("EUR", 2, defaults=Charges(initial_s=30, increment_s=6))
    assert ports.sheets.current("retail").price(BOB, NOON).initial_s == 30


def test_an_earlier_version_is_published_again():
    ports = memory_ports()
    first = published(ports, "cost", row("0.5"))
    derive(ports, "retail", by("cost", "2"), SAME)
    published(ports, "cost", row("0.7"))

    publish(ports, ports.sheets.version("cost", first.version))

    assert (rate(ports, "cost"), rate(ports, "retail")) == (Fraction("0.5"), Fraction(1))


def test_an_earlier_version_of_a_derived_sheet_has_the_rates_that_its_base_has_now():
    ports = memory_ports()
    published(ports, "cost", row("0.5"), row("0.1", "44"))
    first, *_ = derive(ports, "retail", by("cost", "2"), SAME)
    published(ports, "cost", row("0.7"), row("0.1", "44"))

    publish(ports, ports.sheets.version("retail", first.version))

    assert rate(ports, "retail") == Fraction("1.4")


def test_who_is_overtaken_while_a_sheet_is_remade_looks_again():
    rival = RateSheet.of(
        "retail", "rival", SheetTerms("EUR", derivation=by("cost")), [row("9", "44")]
    )
    ports = replace(memory_ports(), sheets=Overtaken(rival=rival))
    published(ports, "cost", row("0.5"))
    derive(ports, "retail", by("cost", "2"), SAME)

    ports.sheets.overtakes = True
    published(ports, "cost", row("0.7"))

    assert [(one.prefix, one.rate_picos) for one in ports.sheets.current("retail").rows] == [
        ("1", picos("0.7")),
        ("44", picos("9")),
    ]


def test_who_publishes_on_top_of_somebody_elses_version_is_told():
    ports = memory_ports()
    first = published(ports, "cost", row("0.5"))
    published(ports, "cost", row("0.7"))

    with pytest.raises(Conflict, match="cost was published by somebody else"):
        publish(
            ports,
            new_version(ports, "cost", first.terms, [row("0.6")]),
            after=first.version,
        )
