"""`make bench`: prints the rows; nothing here passes or fails. `make bench ONLY=fleet` prints those
of one bench, or of several (`ONLY="rating keys"`)."""

import argparse

from tests.bench.cdrs import cdr_rows
from tests.bench.decks import deck_rows
from tests.bench.fleet.rows import fleet_rows
from tests.bench.keys import key_rows
from tests.bench.lists import list_rows
from tests.bench.pins import pin_rows
from tests.bench.rating import rating_rows
from tests.bench.rings import ring_rows
from tests.bench.sheets import sheet_rows
from tests.bench.webhook import webhook_rows

BENCHES = {
    "rating": rating_rows,
    "sheets": sheet_rows,
    "decks": deck_rows,
    "cdrs": cdr_rows,
    "pins": pin_rows,
    "lists": list_rows,
    "webhook": webhook_rows,
    "rings": ring_rows,
    "keys": key_rows,
    "fleet": fleet_rows,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="BENCH", help=f"of {', '.join(BENCHES)}")
    wanted = parser.parse_args().only
    if unknown := set(wanted) - set(BENCHES):
        parser.error(f"there is no bench {', '.join(sorted(unknown))}: {', '.join(BENCHES)}")
    for name in wanted or BENCHES:
        for row in BENCHES[name]():
            print(row, flush=True)


if __name__ == "__main__":
    main()
