"""`make bench`: prints the rows; nothing here passes or fails."""

from tests.bench.decks import deck_rows
from tests.bench.keys import key_rows
from tests.bench.lists import list_rows
from tests.bench.pins import pin_rows
from tests.bench.rating import rating_rows
from tests.bench.rings import ring_rows
from tests.bench.sheets import sheet_rows
from tests.bench.webhook import webhook_rows


def main() -> None:
    benches = (
        rating_rows,
        sheet_rows,
        deck_rows,
        pin_rows,
        list_rows,
        webhook_rows,
        ring_rows,
        key_rows,
    )
    for rows in benches:
        for row in rows():
            print(row, flush=True)


if __name__ == "__main__":
    main()
