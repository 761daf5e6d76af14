"""Rate sheets in DynamoDB: versions that never change, and one pointer to the published one."""

import time
from collections.abc import Sequence
from datetime import timedelta

from switchboard.aws.forms import from_text, pack, to_text, unpack
from switchboard.aws.models import Database, SheetItem
from switchboard.errors import NotFound
from switchboard.rating.rate import Rate
from switchboard.rating.sheet import RateSheet, SheetTerms

CURRENT = "current"
# 5,000 rates are 350 KB as text and 60 KB compressed; an item may have 400 KB.
RATES_A_PAGE = 5_000
SHEETS_KEPT = 16


class DynamoSheets:
    """`Sheets` over one table. A version that was read stays in memory; which one is published
    is asked again after `pointer_age`."""

    def __init__(
        self, database: Database, *, pointer_age: timedelta = timedelta(seconds=10)
    ) -> None:
        self._items = database.table(SheetItem)
        self._pointer_age_s = pointer_age.total_seconds()
        self._asked: dict[str, tuple[float, str]] = {}
        self._versions: dict[tuple[str, str], RateSheet] = {}

    def publish(self, sheet: RateSheet) -> None:
        """Store this version and make it the one that new quotes use."""
        rates = list(sheet.rates.values())
        pages = [rates[at : at + RATES_A_PAGE] for at in range(0, len(rates), RATES_A_PAGE)]
        for number, page in enumerate(pages):
            self._items(sheet.name, _page(sheet.version, number), rates=pack(page)).save()
        self._items(
            sheet.name,
            CURRENT,
            version=sheet.version,
            terms=to_text(sheet.terms),
            pages=len(pages),
        ).save()
        self._asked.pop(sheet.name, None)

    def current(self, name: str) -> RateSheet:
        """The published version. NotFound where no sheet has this name."""
        asked, version = self._asked.get(name, (0.0, ""))
        if time.monotonic() - asked < self._pointer_age_s and (name, version) in self._versions:
            return self._versions[name, version]
        try:
            pointer = self._items.get(name, CURRENT, consistent_read=True)
        except self._items.DoesNotExist:
            raise NotFound(f"there is no rate sheet {name}") from None
        key = (name, pointer.version)
        if key not in self._versions:
            self._keep(self._read(pointer))
        self._asked[name] = (time.monotonic(), pointer.version)
        return self._versions[key]

    def names(self) -> Sequence[str]:
        """Every sheet."""
        found = self._items.scan(self._items.part == CURRENT, attributes_to_get=["name"])
        return sorted(item.name for item in found)

    def _read(self, pointer: SheetItem) -> RateSheet:
        keys = [(pointer.name, _page(pointer.version, at)) for at in range(int(pointer.pages))]
        pages = {item.part: item.rates for item in self._items.batch_get(keys)}
        rates = [rate for _, part in keys for rate in unpack(pages[part], list[Rate])]
        terms = from_text(pointer.terms, SheetTerms)
        return RateSheet.of(pointer.name, pointer.version, terms, rates)

    def _keep(self, sheet: RateSheet) -> None:
        while len(self._versions) >= SHEETS_KEPT:
            self._versions.pop(next(iter(self._versions)))
        self._versions[sheet.name, sheet.version] = sheet


def _page(version: str, number: int) -> str:
    return f"{version}#{number:04d}"
