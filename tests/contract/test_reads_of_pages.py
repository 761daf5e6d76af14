"""No page reads more where the tables are fuller: counted on the wire, page by page."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from chalicelib.wiring import Wiring
from ringback.embedded.process import start_embedded_aws
from switchboard.aws.opening import AwsSettings, open_ports
from tests.contract.conftest import REGION
from tests.fakes.api import SETTINGS, open_api
from tests.fakes.console import answers_at_once
from tests.fakes.everywhere import Everywhere, addresses
from tests.fakes.full import Sizes, all_items, keep, open_office
from tests.fakes.passwords import PlainPasswords
from tests.fakes.texts import MemoryTexts
from tests.meters import Meter, metered

pytestmark = pytest.mark.integration

FULL = Sizes(
    accounts=700,
    calls=1_500,
    own_calls=800,
    own_entries=700,
    numbers=700,
    trunks=0,
    audit=700,
    batches=700,
    vouchers=700,
    traces=700,
)


# Of a list, and of who asks; a page of accounts reads profiles and balances, too.
MOST = 210
# What goes through many for a page, and no further however many there are.
GOES_THROUGH = {
    "/admin/accounts?status=blocked": 1_550,
    "/admin/accounts?type=postpaid&sort=name": 1_550,
    "/admin/numbers?q=customer-00001": 550,
    "/admin/numbers?q=nobody": 550,
    "/portal": 750,
    "/portal/calls?number=999999": 550,
}
# These have an item for each thing that an operator has set up, or that runs.
FEW = {"trunks", "workers", "bridges", "providers", "widgets", "templates"}
READS = {"GetItem", "BatchGetItem", "Query", "Scan"}


class Office(Everywhere):
    """Everywhere, over tables that are full, with a meter before them."""

    def __init__(self, settings: AwsSettings, meter: Meter) -> None:
        self.meter = meter
        ports, texts = open_ports(settings), MemoryTexts()
        super().__init__(Wiring(SETTINGS, ports, PlainPasswords(), texts, answers_at_once))

    def reads(self, path: str) -> tuple[int, set[str]]:
        """How many items are looked at for a page, and which tables from end to end."""
        self.meter.asked.clear()
        assert self.get(path).status_code < 500
        asked = [one for one in self.meter.asked if one.operation in READS]
        scans = {one.step.removeprefix("Scan ") for one in asked if one.operation == "Scan"}
        return sum(one.items for one in asked), scans


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Iterator[Office]:
    state, settings = tmp_path_factory.mktemp("full"), AwsSettings(REGION, prefix="full-")
    with pytest.MonkeyPatch.context() as patch:
        with start_embedded_aws(state) as aws:
            for name, value in aws.environment.items():
                patch.setenv(name, value)
            open_office(settings)
        keep(state, settings, all_items(FULL, datetime.now(UTC)))
        with start_embedded_aws(state) as aws, metered(aws.url) as meter:
            patch.setenv("AWS_ENDPOINT_URL", aws.url)
            patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", meter.url)
            yield Office(settings, meter)


@pytest.mark.parametrize("path", list(addresses(open_api().app)))
def test_a_page_reads_so_much_however_full_the_tables_are(office, path):
    for part in (path, office.deep(path, 3)):
        if part is not None:
            items, scanned = office.reads(part)

            assert items <= GOES_THROUGH.get(path, MOST), part
            assert scanned <= FEW, part
