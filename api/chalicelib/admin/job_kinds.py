"""What the console says of each kind of job, and where a job that is done leads to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from chalicelib.admin.sheet_paths import path_of as sheet_path
from chalicelib.translation import mark
from switchboard.staff.jobs import Job

Link = tuple[str, str]


@dataclass(frozen=True, slots=True)
class JobWords:
    """The title of a kind; its arguments and its counts that are shown, by their names; and what
    one goes on with when it is done: a label and a path. Whoever watches a job that `leads` there
    is taken there when it is done, and told so."""

    title: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, str] = field(default_factory=dict)
    after: Callable[[Job], Link | None] = lambda _job: None
    leads: str = ""


def _to_batch(job: Job) -> Link | None:
    name = job.arguments["name"]
    return (mark("See the batch"), f"/admin/batches/{name}") if job.report.counts else None


def _to_import(job: Job) -> Link | None:
    opens = job.report.counts.get("opens")
    return (mark("Import"), f"/admin/confirm-import/{job.id}") if opens else None


def _to_sheet(job: Job) -> Link:
    return mark("To the rate sheet"), sheet_path(job.arguments["sheet"])


SHEET = {"sheet": mark("Rate sheet")}
MOVES = {
    "new": mark("new"),
    "closed": mark("closed"),
    "increased": mark("increased"),
    "decreased": mark("decreased"),
    "altered": mark("altered"),
    "unchanged": mark("unchanged"),
}
DECK = {
    "rows": mark("Rates in the file"),
    "prefixes": mark("Prefixes of the sheet"),
    **MOVES,
    "later": mark("Prices to come"),
    "outliers": mark("Unusual prices"),
    "left_out": mark("Rows that are no rates"),
}
WORDS: Mapping[str, JobWords] = {
    "cdr-export": JobWords(
        mark("Export of calls"), {"account": mark("Account")}, {"calls": mark("Calls")}
    ),
    "account-check": JobWords(
        mark("Check of accounts in a file"),
        {"sheet": mark("Rate sheet of rows that name none"), "country": mark("Country")},
        {"opens": mark("Accounts to open"), "unchanged": mark("There already")},
        after=_to_import,
    ),
    "account-import": JobWords(
        mark("Import of accounts"),
        counts={"opened": mark("Accounts opened"), "unchanged": mark("There already")},
    ),
    "account-export": JobWords(mark("Export of accounts"), counts={"accounts": mark("Accounts")}),
    "pin-batch": JobWords(
        mark("Batch of PINs"), {"name": mark("Name")}, {"pins": mark("PINs")}, after=_to_batch
    ),
    "sweep": JobWords(
        mark("Sweep"),
        counts={"settled": mark("Settled callbacks"), "requeued": mark("Queued again")},
    ),
    "books-check": JobWords(
        mark("Check of the books"),
        {"account": mark("Account")},
        {"accounts": mark("Accounts"), "breaches": mark("Breaches found")},
    ),
    "rate-export": JobWords(mark("Export of rates"), SHEET, {"rates": mark("Rates")}),
    "rate-compare": JobWords(mark("Comparison of rate sheets"), SHEET, MOVES),
    "rate-change": JobWords(
        mark("Change of rates"),
        SHEET,
        {**MOVES, "prefixes": DECK["prefixes"]},
        _to_sheet,
        mark("The rate sheet was published."),
    ),
    "rate-import-preview": JobWords(
        mark("What an import changes"),
        SHEET,
        DECK,
        lambda job: (mark("Look at the changes"), f"/admin/rate-imports/{job.id}"),
    ),
    "rate-import": JobWords(
        mark("Import of rates"),
        SHEET,
        DECK,
        _to_sheet,
    ),
}
# What jobs say that they are doing.
DOING = (
    mark("writing calls"),
    mark("writing accounts"),
    mark("making PINs"),
    mark("reading the file"),
    mark("checking rows"),
    mark("opening accounts"),
    mark("checking books"),
    mark("writing rates"),
    mark("writing what changes"),
    mark("reading"),
    mark("comparing"),
    mark("publishing"),
)
UNKNOWN = JobWords(mark("Job"))


def words_of(job: Job) -> JobWords:
    """What is said of a job."""
    return WORDS.get(job.kind, UNKNOWN)
