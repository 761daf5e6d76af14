"""What is done to a whole rate sheet, and publishes it: at once, or by a job where it is large."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Protocol

from switchboard.desk import rates
from switchboard.desk.office import rates as office
from switchboard.desk.office.rate_drafts import publish_draft
from switchboard.desk.rate_drafts import known_draft
from switchboard.desk.rate_edits import EditReport, preview_edit
from switchboard.desk.rates import Tell, TermsChange
from switchboard.ports import Ports
from switchboard.rating.editing import Edit
from switchboard.rating.rounding import Rounding
from switchboard.rating.row import Charges
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import AtBoundary, Derivation
from switchboard.staff.users import Operator
from switchboard.wire.rate_edits import edit_body, read_edit


@dataclass(frozen=True, slots=True)
class Making:
    """How a deed makes its version: on which one it is meant to stand, if that was said, under
    which name, if one was chosen, and whom it tells how far it is."""

    on: str | None = None
    version: str = ""
    tell: Tell = rates.untold


@dataclass(frozen=True, slots=True)
class Done:
    """The sheets that a deed published, and what it counted."""

    published: Sequence[RateSheet]
    counts: Mapping[str, int]


class Deed(Protocol):
    """One of them."""

    def prefixes(self, ports: Ports, name: str) -> int:
        """How many prefixes the sheet has with it, at most. Refuses what can be refused before it
        is done."""

    def do(self, ports: Ports, by: Operator, name: str, making: Making) -> Done:
        """Publish the sheet, and what derives from it."""

    def body(self) -> Mapping[str, Any]:
        """As a job keeps it, for `read_deed`."""


@dataclass(frozen=True, slots=True)
class EditRates:
    """An edit of some prefixes."""

    edit: Edit

    def prefixes(self, ports: Ports, name: str) -> int:
        return preview_edit(ports, name, self.edit).before.rows.prefixes

    def do(self, ports: Ports, by: Operator, name: str, making: Making) -> Done:
        on, version, tell = making.on, making.version, making.tell
        report = office.edit_rates(ports, by, name, self.edit, on=on, version=version, tell=tell)
        return _edited(report)

    def body(self) -> Mapping[str, Any]:
        return {"edit": edit_body(self.edit)}


@dataclass(frozen=True, slots=True)
class PublishDraft:
    """All edits of a draft."""

    mark: str

    def prefixes(self, ports: Ports, name: str) -> int:
        draft = known_draft(ports, name, self.mark)
        return preview_edit(ports, name, draft, on=draft.on).before.rows.prefixes

    def do(self, ports: Ports, by: Operator, name: str, making: Making) -> Done:
        mark, version, tell = self.mark, making.version, making.tell
        return _edited(publish_draft(ports, by, name, mark=mark, version=version, tell=tell))

    def body(self) -> Mapping[str, Any]:
        return {"draft": self.mark}


@dataclass(frozen=True, slots=True)
class ChangeTerms:
    """Other terms."""

    change: TermsChange

    def prefixes(self, ports: Ports, name: str) -> int:
        sheet = ports.sheets.current(name, fresh=True)
        self.change.over(sheet.terms)
        return sheet.rows.prefixes

    def do(self, ports: Ports, by: Operator, name: str, making: Making) -> Done:
        on, version, tell = making.on, making.version, making.tell
        return _published(
            office.change_terms(ports, by, name, self.change, on=on, version=version, tell=tell)
        )

    def body(self) -> Mapping[str, Any]:
        return {"terms": _terms_body(self.change)}


@dataclass(frozen=True, slots=True)
class DeriveSheet:
    """Rates from a base sheet, above which its own stand."""

    derivation: Derivation
    change: TermsChange

    def prefixes(self, ports: Ports, name: str) -> int:
        base, before = rates.check_derivation(ports, name, self.derivation)
        return base.rows.prefixes + (0 if before is None else before.rows.prefixes)

    def do(self, ports: Ports, by: Operator, name: str, making: Making) -> Done:
        asked, version, tell = (self.derivation, self.change), making.version, making.tell
        return _published(office.derive_sheet(ports, by, name, *asked, version=version, tell=tell))

    def body(self) -> Mapping[str, Any]:
        return {"derivation": asdict(self.derivation), "terms": _terms_body(self.change)}


@dataclass(frozen=True, slots=True)
class PublishAgain:
    """An earlier version."""

    version: str

    def prefixes(self, ports: Ports, name: str) -> int:
        return ports.sheets.version(name, self.version).rows.prefixes

    def do(self, ports: Ports, by: Operator, name: str, making: Making) -> Done:
        return _published(office.publish_version(ports, by, name, self.version, on=making.on))

    def body(self) -> Mapping[str, Any]:
        return {"again": self.version}


def read_deed(kept: Mapping[str, Any]) -> Deed:
    """The deed whose `body` is among what a job keeps."""
    match kept:
        case {"edit": edit}:
            return EditRates(read_edit(edit))
        case {"draft": mark}:
            return PublishDraft(mark)
        case {"derivation": derivation, "terms": terms}:
            return DeriveSheet(Derivation(**derivation), _read_terms(terms))
        case {"terms": terms}:
            return ChangeTerms(_read_terms(terms))
        case {"again": version}:
            return PublishAgain(version)
    raise AssertionError(kept)


def _published(published: Sequence[RateSheet]) -> Done:
    return Done(published, {"prefixes": published[0].rows.prefixes})


def _edited(report: EditReport) -> Done:
    counts = report.comparison.counts.items()
    return Done(report.published, {move.value: count for move, count in counts})


def _terms_body(change: TermsChange) -> Mapping[str, Any]:
    said = {one.name: getattr(change, one.name) for one in fields(change)}
    return {name: _plain(value) for name, value in said.items() if value is not None}


def _plain(value: Any) -> Any:
    match value:
        case Rounding() | AtBoundary():
            return value.value
        case frozenset():
            return sorted(day.isoformat() for day in value)
        case Charges():
            return asdict(value)
    return value


def _charges(kept: Mapping[str, Any]) -> Charges:
    return Charges(**kept)


_READ: Mapping[str, Callable[[Any], Any]] = {
    "rounding": Rounding,
    "at_boundary": AtBoundary,
    "holidays": lambda days: frozenset(map(date.fromisoformat, days)),
    "defaults": _charges,
    "all_defaults": _charges,
}


def _read_terms(body: Mapping[str, Any]) -> TermsChange:
    read = {name: _READ[name](body[name]) for name in body.keys() & _READ.keys()}
    return TermsChange(**{**body, **read})
