"""The draft of a rate sheet: looked at, published, discarded, carried over to another version."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chalice.app import Response

from chalicelib.admin.console import Console, Crumb, Pages
from chalicelib.admin.forms import NONCE, AskFor, Entered, ask
from chalicelib.admin.rate_compare import price
from chalicelib.admin.rate_deeds import DRAFT, ON, publish
from chalicelib.admin.rate_edits import MOST_SHOWN
from chalicelib.admin.sheet_paths import crumbs_of, path_of, sheet_in
from chalicelib.translation import mark
from switchboard.desk.office import rate_drafts as office
from switchboard.desk.office.rate_deeds import PublishDraft
from switchboard.desk.office.rates import find_sheet
from switchboard.desk.rates import made_at
from switchboard.errors import NotFound
from switchboard.rating.columns import format_units
from switchboard.rating.drafts import Draft, DraftChange
from switchboard.rating.editing import Block, Close, Drop, Put, Reprice
from switchboard.rating.row import FACTOR_DECIMALS, RATE_DECIMALS

TITLE = mark("Draft")
# Of the changes in a draft, so many are listed, the last ones first.
MOST_LISTED = 200
PREFIXES_NAMED = 20


@dataclass(frozen=True, slots=True)
class Words:
    """What a list says of an edit: what it does, the prefixes that it names, and by how much."""

    deed: str
    prefixes: Sequence[str]
    more: str = ""


def add_to(pages: Pages) -> None:
    """The draft of a sheet, and what is done with it."""
    pages.ask("/admin/rates/{sheet}/draft", show)
    pages.ask("/admin/rates/{sheet}/draft/discard", discard)
    pages.ask("/admin/rates/{sheet}/draft/carry-over", carry_over)
    pages.ask("/admin/rates/{sheet}/draft/{change}/take-out", take_out)


def show(console: Console) -> Response:
    name = sheet_in(console)
    review = office.review_draft(console.ports, console.by, name)
    known = find_sheet(console.ports, console.by, name)

    def act(entered: Entered) -> Response:
        return publish(console, name, PublishDraft(console.form.text(DRAFT)), entered[NONCE])

    text = mark(
        "All changes are published together, as one version: new calls are charged by it, calls"
        " that run keep the price that they were announced with. The version of now stays, and can"
        " be published again."
    )
    form = AskFor(
        TITLE,
        mark("Publish the draft"),
        text=text,
        danger=True,
        back=path_of(name),
        crumbs=crumbs_of(name),
        use_case=office.publish_draft,
    )
    return ask(
        console,
        form,
        act,
        template="admin/rate_draft.html",
        review=review,
        known=known,
        moves=list(review.report.moves)[:MOST_SHOWN],
        price=price,
        changes=[(one, words_of(one)) for one in review.draft.changes[::-1][:MOST_LISTED]],
        made_at=made_at,
        own=path_of(name, "draft"),
        path_of=path_of,
    )


def discard(console: Console) -> Response:
    name, draft = sheet_in(console), _draft(console)

    def act(_entered: Entered) -> Response:
        office.discard_draft(console.ports, console.by, name, mark=console.form.text(DRAFT))
        return console.go(path_of(name), console.say(mark("The draft is discarded.")))

    changes = len(draft.changes)
    gone = mark("%(count)s changes are gone then, for good. What is published stays as it is.")
    text = console.say(gone, count=changes)
    if changes == 1:
        text = mark("Its change is gone then, for good. What is published stays as it is.")
    form = AskFor(
        mark("Discard the draft"),
        mark("Discard"),
        text=text,
        danger=True,
        back=path_of(name, "draft"),
        crumbs=_crumbs(name),
        use_case=office.discard_draft,
    )
    return _ask(console, form, act, draft)


def take_out(console: Console) -> Response:
    name, id_, draft = sheet_in(console), console.part("change"), _draft(console)
    change = draft.change(id_)
    if change is None:
        raise NotFound("there is no such change in the draft")

    def act(_entered: Entered) -> Response:
        seen = console.form.text(DRAFT)
        office.take_out_of_draft(console.ports, console.by, name, id_, mark=seen)
        said = console.say(mark("The change is out of the draft."))
        last = len(draft.changes) == 1
        return console.go(path_of(name) if last else path_of(name, "draft"), said)

    form = AskFor(
        mark("Take this change out of the draft"),
        mark("Take out"),
        text=mark("The draft is as if it had not been entered; its other changes stay."),
        danger=True,
        back=path_of(name, "draft"),
        crumbs=_crumbs(name),
        use_case=office.take_out_of_draft,
    )
    return _ask(console, form, act, draft, words=words_of(change))


def carry_over(console: Console) -> Response:
    name = sheet_in(console)
    found = office.foretell_carrying(console.ports, console.by, name)
    kept = len(found.carried.kept)

    def act(_entered: Entered) -> Response:
        seen, on = console.form.text(DRAFT), console.form.text(ON)
        office.carry_draft_over(console.ports, console.by, name, mark=seen, on=on)
        said = console.say(mark("The draft stands on the published version now."))
        return console.go(path_of(name, "draft") if kept else path_of(name), said)

    text = mark(
        "Its changes are made on the version that is published now. Nothing is published by that."
    )
    form = AskFor(
        mark("Carry the draft over"),
        mark("Carry over"),
        text=text,
        back=path_of(name, "draft"),
        crumbs=_crumbs(name),
        use_case=office.carry_draft_over,
    )
    return _ask(
        console,
        form,
        act,
        found.draft,
        template="admin/rate_carry.html",
        on=found.report.before.version,
        found=found,
        both=found.both[:PREFIXES_NAMED],
        moves=list(found.report.moves)[:MOST_SHOWN],
        price=price,
        refused=[(words_of(one), reason) for one, reason in found.carried.refused],
    )


def words_of(change: DraftChange) -> Words:
    """What a list says of a change."""
    edit = change.edit
    match edit:
        case Put(row, place, _):
            rate = format_units(row.rate_picos, decimals=RATE_DECIMALS, least=2)
            deed = mark("Rate added") if place is None else mark("Rate changed")
            return Words(deed, [row.prefix], rate)
        case Drop(prefix, _):
            return Words(mark("Rate taken away"), [prefix])
        case Close(prefix, _):
            return Words(mark("Prefix closed"), [prefix])
        case Block(prefix, blocked):
            return Words(mark("Prefix blocked") if blocked else mark("Prefix unblocked"), [prefix])
        case Reprice():
            return Words(mark("Many rates changed"), edit.beginnings, _by(edit))


def _by(edit: Reprice) -> str:
    """By how much it changes rates: a percentage, an amount, or both."""
    percent = format_units(edit.percent_millionths, decimals=FACTOR_DECIMALS)
    addition = format_units(edit.addition_picos, decimals=RATE_DECIMALS)
    parts = ((edit.percent_millionths, f"{percent}%"), (edit.addition_picos, addition))
    return ", ".join(said if amount < 0 else f"+{said}" for amount, said in parts if amount)


def _ask(
    console: Console,
    form: AskFor,
    act: Callable[[Entered], Response],
    draft: Draft,
    template: str = "admin/rate_draft_form.html",
    on: str = "",
    words: Words | None = None,
    **values: object,
) -> Response:
    """A form about a draft, good for it as it was looked at."""
    return ask(console, form, act, template=template, draft=draft, on=on, words=words, **values)


def _draft(console: Console) -> Draft:
    """The draft of the sheet of the path. NotFound where there is none."""
    draft = office.find_draft(console.ports, console.by, sheet_in(console))
    if draft is None:
        raise NotFound("there is no draft of this sheet any more")
    return draft


def _crumbs(name: str) -> list[Crumb]:
    return [*crumbs_of(name), (TITLE, path_of(name, "draft"))]
