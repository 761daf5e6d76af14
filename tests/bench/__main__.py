"""`make bench`: prints the rows; nothing here passes or fails."""

from tests.bench.decks import deck_rows
from tests.bench.pins import pin_rows
from tests.bench.rating import rating_rows
from tests.bench.sheets import sheet_rows
from tests.bench.webhook import webhook_rows


def main() -> None:
    for row in (*rating_rows(), *sheet_rows(), *deck_rows(), *pin_rows(), *webhook_rows()):
        print(row, flush=True)


if __name__ == "__main__":
    main()
