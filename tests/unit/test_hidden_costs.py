"""What trunks cost: who sees no costs learns by no page, route or deed which sheet says it."""

import pytest

from switchboard.billing.batches import Batch, BatchKind
from switchboard.desk.office import batch_jobs, promotions, rates, trunks
from switchboard.desk.office.account_imports import FileOfAccounts, start_account_check
from switchboard.desk.office.rate_exports import start_rate_export
from switchboard.desk.promotions import Chosen
from switchboard.desk.trunks import TrunkChanges
from switchboard.errors import NotFound
from switchboard.ports import Ports
from switchboard.rating.terms import SheetTerms
from switchboard.staff.rights import ALL_RIGHTS, Role
from tests.fakes.clerks import clerk
from tests.fakes.console import MACHINE, ConsoleBrowser, console_of
from tests.fakes.console_pages import PAGES, PARTS, furnish
from tests.fakes.jobs import run_waiting
from tests.fakes.office import ROUTES, OfficeClient, office_of, refusal
from tests.fakes.world import NOON

SHY = Role("shy", frozenset(ALL_RIGHTS), hides_costs=True)
COSTS = "dear-carrier"
READ = [one for one in ROUTES if one.method == "GET"]


def hide_costs(ports: Ports) -> None:
    """The carrier's costs stand in a sheet, with which somebody else did this and that."""
    rates.add_sheet(ports, MACHINE, COSTS, SheetTerms("EUR"))
    trunks.change_trunk(ports, MACHINE, "carrier", TrunkChanges(cost_sheet=COSTS))
    start_rate_export(ports, MACHINE, COSTS, "csv", token="1")


@pytest.fixture(scope="module")
def console() -> ConsoleBrowser:
    console = console_of(SHY)
    furnish(console)
    hide_costs(console.ports)
    return console


@pytest.fixture
def office() -> OfficeClient:
    client = office_of(SHY)
    hide_costs(client.ports)
    return client


@pytest.mark.parametrize("path", [*PAGES, "/admin/jobs?of=all", "/admin/audit?about=trunk+carrier"])
def test_no_page_names_the_sheet_of_costs(console, path):
    assert COSTS.encode() not in console.get(path.format_map(PARTS)).body


@pytest.mark.parametrize("route", READ, ids=lambda one: one.path)
def test_no_route_names_the_sheet_of_costs(office, route):
    assert COSTS.encode() not in office.call(route).body


def test_a_job_about_the_sheet_of_costs_is_not_there(console):
    [job] = [one for one in console.ports.jobs.kept.values() if one.kind == "rate-export"]

    assert console.get(f"/admin/jobs/{job.id}").status_code == 404


def test_no_account_is_given_the_sheet_of_costs(office):
    new = {"account": "eve", "sheet": COSTS}

    assert refusal(office.write("POST", "/accounts", new)) == (404, "not_found")
    assert refusal(office.patch("/accounts/alice/terms", {"sheet": COSTS})) == (404, "not_found")
    assert office.ports.accounts.get("alice").profile.sheet == "retail"


def test_an_account_that_has_the_sheet_of_costs_is_still_changed(office):
    trunks.change_trunk(office.ports, MACHINE, "carrier", TrunkChanges(cost_sheet="retail"))

    response = office.patch("/accounts/alice/terms", {"sheet": "retail", "max_callbacks": 3})

    assert response.status_code == 200


def test_no_row_of_a_file_is_given_the_sheet_of_costs(office):
    ports, by, upload = office.ports, clerk(office.ports, SHY, "joe"), f"{7:032x}"
    ports.files.kept[f"uploads/joe/{upload}"] = f"account,sheet\neve,{COSTS}\n".encode()
    columns = {"account": "account", "sheet": "sheet"}

    job = start_account_check(ports, by, FileOfAccounts(upload, columns), token="1")
    run_waiting(ports)

    report = ports.jobs.find(job.id).report
    assert [row.reason for row in report.rows] == [f"there is no rate sheet {COSTS}"]


def test_no_batch_and_no_promotion_is_for_the_sheet_of_costs(office):
    ports, by = office.ports, clerk(office.ports, SHY, "joe")
    batch = Batch("winter", BatchKind.ACCOUNTS, 1, 12, "EUR", NOON, 0, sheet=COSTS)

    with pytest.raises(NotFound):
        batch_jobs.start_batch(ports, by, batch, "csv", token="1")
    with pytest.raises(NotFound):
        promotions.grant(ports, by, None, Chosen(sheet=COSTS))


def test_what_a_trunk_costs_is_changed_by_who_sees_costs(office):
    shown = office.read("/trunks/carrier").json_body
    changed = office.patch("/trunks/carrier", {"priority": 7})
    refused = office.patch("/trunks/carrier", {"cost_sheet": None})

    assert (shown["cost_sheet"], changed.json_body["cost_sheet"]) == (None, None)
    assert refusal(refused) == (422, "not_allowed")
    [trunk] = office.ports.trunks.all(fresh=True)
    assert (trunk.priority, trunk.cost_sheet) == (7, COSTS)


def test_the_form_of_a_trunk_leaves_its_costs_as_they_are(console):
    edit = "/admin/trunks/carrier/edit"
    page = console.get(edit).body.decode()

    response = console.fill(edit, address="192.0.2.9", priority="1", weight="1", enabled="yes")

    assert "cost_sheet" not in page
    assert response.status_code == 303
    [trunk] = console.ports.trunks.all(fresh=True)
    assert (trunk.host, trunk.cost_sheet) == ("192.0.2.9", COSTS)
