"""Rate decks as text, read as an import reads them."""

from switchboard.rating.deck.reading import Deck, Reading
from switchboard.rating.deck.reading import read_deck as read_worksheets
from switchboard.rating.row import RateRow
from switchboard.spreadsheets.text import rows_of_text
from switchboard.tables.cells import BadRows, Worksheet

FOUND_OUT = Reading()


def deck_of(text: str, how: Reading = FOUND_OUT) -> Deck:
    """The deck in a CSV text."""
    return read_worksheets([Worksheet("", rows_of_text(text))], how)


def read_deck(text: str) -> list[RateRow]:
    """The rows of a CSV text; BadRows where one is bad."""
    deck = deck_of(text)
    if deck.bad:
        raise BadRows(deck.bad)
    return list(deck.rows)
