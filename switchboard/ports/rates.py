"""Where prices are kept, and what the operator set."""

from collections.abc import Sequence
from typing import Protocol

from switchboard.billing.classes import Classes
from switchboard.calls.routing import RoutingTerms
from switchboard.calls.tracing import TraceSwitch
from switchboard.calls.velocity import Velocity
from switchboard.ports.pages import Page
from switchboard.rating.deck.reading import Template
from switchboard.rating.drafts import Draft
from switchboard.rating.sheet import RateSheet


class Sheets(Protocol):
    """Rate sheets; a version never changes, and publishing one is one pointer."""

    def publish(self, sheet: RateSheet, *, after: str | None = None) -> None:
        """Store this version, where it is not stored yet, and make it the one that new quotes
        use. With `after`, Conflict where that is no longer the published one."""

    def version(self, name: str, version: str) -> RateSheet:
        """A version that was published once. NotFound where there is none."""

    def current(self, name: str, *, fresh: bool = False) -> RateSheet:
        """The published version; it reads its rows where they are asked for. `fresh` asks again,
        where a quote may use an answer that is a few seconds old. NotFound where no sheet has
        this name."""

    def versions(self, name: str) -> Sequence[str]:
        """Every stored version of a sheet, in their order."""

    def newest(self, name: str, *, limit: int, cursor: str | None) -> Page[RateSheet]:
        """A part of the stored versions of a sheet, newest first."""

    def names(self) -> Sequence[str]:
        """Every sheet."""

    def all(self) -> Sequence[RateSheet]:
        """The published version of every sheet, by name; their rows are not read."""

    def draft(self, name: str) -> Draft | None:
        """The draft of a sheet, strongly consistent."""

    def replace_draft(self, name: str, old: Draft | None, new: Draft | None) -> bool:
        """Keep a draft of a sheet in the place of the old one, or of none; or take it away, where
        it is not gone yet. False where its draft is another one by now."""


class Templates(Protocol):
    """How the decks of known sellers are read."""

    def save(self, template: Template) -> None:
        """Keep a template, in the place of one of the same name."""

    def get(self, name: str) -> Template:
        """The template of this name. NotFound where there is none."""

    def all(self) -> Sequence[Template]:
        """Every template, by name."""


class Settings(Protocol):
    """What the operator set for the whole system."""

    def classes(self, *, fresh: bool = False) -> Classes:
        """The classes of destinations; the built-in ones until they are changed. `fresh` as in
        `routing`."""

    def save_classes(self, classes: Classes) -> None:
        """Replace them. Others see it within seconds."""

    def velocity(self, *, fresh: bool = False) -> Velocity:
        """How often what may happen; `fresh` as in `routing`."""

    def save_velocity(self, velocity: Velocity) -> None:
        """Replace it. Others see it within seconds."""

    def routing(self, *, fresh: bool = False) -> RoutingTerms:
        """What holds for all routes; `fresh` asks again, where a callback may use an answer that
        is a few seconds old."""

    def save_routing(self, terms: RoutingTerms) -> None:
        """Replace it. Others see it within seconds."""

    def traces(self, *, fresh: bool = False) -> tuple[TraceSwitch, ...]:
        """What tracing was switched on for, also what is over since; `fresh` as above."""

    def save_traces(self, switches: tuple[TraceSwitch, ...]) -> None:
        """Replace them. Others see it within seconds."""
