"""Forms that start exports."""

from datetime import timedelta

from chalice.app import Response

from chalicelib.admin.console import Console, Pages
from chalicelib.admin.forms import NONCE, AskFor, Entered, Field, ask, switch
from chalicelib.admin.jobs import JOBS, go_to
from chalicelib.admin.reading import day
from chalicelib.translation import mark
from switchboard.desk.office import exports as office
from switchboard.desk.office.exports import WantedCalls

FILE_KINDS = (
    ("xlsx", mark("Excel (XLSX)")),
    ("csv", mark("Text with commas (CSV)")),
    ("txt", mark("Text with tabs (TXT)")),
)
DAY = timedelta(days=1)


def add_to(pages: Pages) -> None:
    """The forms."""
    pages.ask("/admin/export-calls", export_calls)
    pages.ask("/admin/export-accounts", export_accounts)


def export_calls(console: Console) -> Response:
    def act(entered: Entered) -> Response:
        until = entered["until"] and entered["until"] + DAY
        wanted = WantedCalls(
            entered["account"] or None, entered["since"] or None, until or None, entered["talked"]
        )
        job = office.start_cdr_export(
            console.ports, console.by, wanted, entered["file"], token=entered[NONCE]
        )
        return go_to(console, job)

    fields = (
        Field(
            "account",
            mark("Account"),
            value=console.query.get("account", "")[:64],
            longest=64,
            hint=mark("Empty: all accounts."),
        ),
        Field("since", mark("From"), "date", read=day, hint=mark("Days are those of UTC.")),
        Field("until", mark("To"), "date", read=day),
        switch("talked", mark("Only calls that were answered"), value=False),
        file_kind_field(),
    )
    text = mark("Large files take a while: you can leave the page and come back to the job.")
    form = AskFor(
        mark("Export calls"),
        mark("Export"),
        fields,
        text,
        back=JOBS[1],
        crumbs=[JOBS],
        use_case=office.start_cdr_export,
    )
    return ask(console, form, act)


def export_accounts(console: Console) -> Response:
    def act(entered: Entered) -> Response:
        kind, token = entered["file"], entered[NONCE]
        return go_to(
            console, office.start_account_export(console.ports, console.by, kind, token=token)
        )

    text = mark("All accounts, in a file that can be imported again. It has no PINs or passwords.")
    form = AskFor(
        mark("Export accounts"),
        mark("Export"),
        (file_kind_field(),),
        text,
        back="/admin/accounts",
        crumbs=[(mark("Accounts"), "/admin/accounts")],
        use_case=office.start_account_export,
    )
    return ask(console, form, act)


def file_kind_field(usual: str = "xlsx") -> Field:
    """Which kind of file is written."""
    return Field("file", mark("File"), "select", usual, choices=FILE_KINDS, required=True)
