"""Rate decks and files of sheets: uploaded, their columns told, looked at, published; exported."""

from collections.abc import Sequence

from chalice.app import Response

from chalicelib.admin.console import Console, Crumb, Pages
from chalicelib.admin.forms import NONCE, AskFor, Entered, Field, ask
from chalicelib.admin.import_fields import DELIMITERS, column_fields, how_fields, mapping_of
from chalicelib.admin.jobs import go_to
from chalicelib.admin.jobs import path_of as job_path
from chalicelib.admin.rate_compare import file_kind, price
from chalicelib.admin.rates import open_sheet
from chalicelib.admin.sheet_paths import SHEETS, crumbs_of, path_of
from chalicelib.admin.uploads import UploadFor, ask_for_file, uploaded
from chalicelib.translation import mark
from switchboard.desk.office import rate_exports, rate_imports, rates
from switchboard.desk.office.rate_imports import DeckImport
from switchboard.desk.office.rights import right_of
from switchboard.errors import Malformed, NotFound
from switchboard.money import check_currency
from switchboard.rating.deck.names import RATES
from switchboard.rating.deck.reading import Template
from switchboard.rating.terms import check_sheet_name
from switchboard.tables.looking import Look, look_at

NEW = "/admin/import-rates"
IMPORT = mark("Import rates")


def add_to(pages: Pages) -> None:
    """The upload of a deck, its columns, what it changes, and the export of a sheet."""
    pages.show(NEW, upload)
    pages.ask(f"{NEW}/{{upload}}", tell)
    pages.show("/admin/rates/{sheet}/import", upload_for)
    pages.ask("/admin/rates/{sheet}/import/{upload}", tell_for)
    pages.ask("/admin/rate-imports/{preview}", publish)
    pages.ask("/admin/rates/{sheet}/export", export)


def upload(console: Console) -> Response:
    console.by.check(right_of(rate_imports.start_import_preview))
    return ask_for_file(console, UploadFor(IMPORT, NEW, _TEXT, back=SHEETS[1], crumbs=[SHEETS]))


def upload_for(console: Console) -> Response:
    console.by.check(right_of(rate_imports.start_import_preview))
    name = open_sheet(console).name
    path = path_of(name, "import")
    wanted = UploadFor(IMPORT, path, _TEXT, back=path_of(name), crumbs=crumbs_of(name))
    return ask_for_file(console, wanted)


def tell(console: Console) -> Response:
    return _tell(console, _new_fields(), [SHEETS])


def tell_for(console: Console) -> Response:
    name = open_sheet(console).name
    return _tell(console, (), crumbs_of(name), name)


def publish(console: Console) -> Response:
    preview = rate_imports.find_preview(console.ports, console.by, console.part("preview"))
    name = preview.wanted.sheet

    def act(entered: Entered) -> Response:
        token = entered[NONCE]
        job = rate_imports.start_import(console.ports, console.by, preview.job.id, token=token)
        return go_to(console, job)

    text = mark(
        "New calls are charged by it as soon as it is published; calls that run keep the price that"
        " they were announced with. Sheets that derive from it are made anew. The version of now"
        " stays, and can be published again."
    )
    form = AskFor(
        mark("Publish this import"),
        mark("Publish"),
        (),
        text,
        danger=True,
        back=path_of(name) if preview.wanted.on else SHEETS[1],
        crumbs=[*crumbs_of(name)] if preview.wanted.on else [SHEETS],
        use_case=rate_imports.start_import,
    )
    return ask(
        console,
        form,
        act,
        template="admin/rate_import.html",
        preview=preview,
        job_path=job_path(preview.job),
        price=price,
        refused=bool(preview.job.report.bad) and not preview.wanted.skip_bad,
    )


def export(console: Console) -> Response:
    name = open_sheet(console).name

    def act(entered: Entered) -> Response:
        kind, token = entered["file"], entered[NONCE]
        job = rate_exports.start_rate_export(console.ports, console.by, name, kind, token=token)
        return go_to(console, job)

    text = mark("All rates as they are published, in a file that an import reads as it is.")
    form = AskFor(
        mark("Export"),
        mark("Write the file"),
        (file_kind(),),
        text,
        back=path_of(name),
        crumbs=crumbs_of(name),
        use_case=rate_exports.start_rate_export,
    )
    return ask(console, form, act)


_TEXT = mark(
    "A deck in its seller's own columns: which they are is asked next, and then what it would"
    " change. Nothing is published before you have seen that."
)


def _tell(
    console: Console, more: tuple[Field, ...], crumbs: list[Crumb], sheet: str = ""
) -> Response:
    console.by.check(right_of(rate_imports.start_import_preview))
    templates = rates.list_templates(console.ports, console.by)
    template = _template(templates, console.query.get("template", ""))
    worksheet, delimiter = console.query.get("worksheet", ""), _delimiter(console)
    upload = console.part("upload")
    with uploaded(console, upload, worksheet=worksheet or None, delimiter=delimiter) as found:
        look = look_at(found, RATES, template.mapping)

    def act(entered: Entered) -> Response:
        wanted = _wanted(sheet or entered["sheet"], upload, look, delimiter, entered)
        token = entered[NONCE]
        job = rate_imports.start_import_preview(console.ports, console.by, wanted, token=token)
        return go_to(console, job)

    form = AskFor(
        IMPORT,
        mark("Show what changes"),
        (*more, *column_fields(look), *how_fields(template)),
        back=path_of(sheet) if sheet else SHEETS[1],
        crumbs=crumbs,
        use_case=rate_imports.start_import_preview,
    )
    return ask(
        console,
        form,
        act,
        template="admin/rate_deck.html",
        look=look,
        templates=[(one.name, one.name) for one in templates],
        delimiters=DELIMITERS,
        first=len(more),
    )


def _wanted(
    sheet: str, upload: str, look: Look, delimiter: str | None, entered: Entered
) -> DeckImport:
    """The import of what was looked at, as it was entered."""
    return DeckImport(
        sheet=sheet,
        upload=upload,
        mapping=mapping_of(entered, look),
        mode=entered["mode"],
        currency=entered.get("currency", ""),
        worksheet=look.worksheet,
        delimiter=delimiter or "",
        decimal=entered["decimal"],
        dates=entered["dates"],
        skip_bad=entered["skip_bad"],
        outlier_factor=entered["outliers"],
        cap=entered["cap"],
        save_as=entered["save_as"],
        file=entered["file"],
    )


def _new_fields() -> tuple[Field, ...]:
    return (
        Field(
            "sheet",
            mark("Rate sheet"),
            required=True,
            longest=100,
            read=check_sheet_name,
            hint=mark("A new one, or one that is there."),
        ),
        Field(
            "currency",
            mark("Currency"),
            longest=3,
            read=check_currency,
            hint=mark("Of a new sheet, like EUR; empty: that of all others."),
        ),
    )


def _template(known: Sequence[Template], name: str) -> Template:
    if not name:
        return Template("", {})
    for one in known:
        if one.name == name:
            return one
    raise NotFound("there is no such template")


def _delimiter(console: Console) -> str | None:
    """The delimiter that is asked for. Malformed where it is none of ours."""
    asked = console.query.get("delimiter", "")
    if not asked:
        return None
    if asked not in dict(DELIMITERS):
        raise Malformed("this delimiter is none of ours")
    return "\t" if asked == "tab" else asked
