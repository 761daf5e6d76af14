"""`##` drops the destination and leaves the customer on the line."""

from datetime import timedelta

from workers.phone import Leg

BETWEEN = timedelta(seconds=2)
# Keys are waited for as long as the talk lasts.
EVER = timedelta(days=1)


async def dropped(leg: Leg) -> None:
    """Comes back when `##` was pressed, the one soon after the other."""
    hashes = 0
    while hashes < 2:
        key = await leg.key(limit=BETWEEN if hashes else EVER)
        hashes = hashes + 1 if key == "#" else 0
