"""Keys pressed during the talk reach the other party; `##` drops the destination instead.

A key that was heard in the audio is not sent on as well: the other party heard it, too. What was
pressed before they talked, while a phone still rang, is for nobody.
"""

from datetime import timedelta

from workers.phone import Leg, Stroke

# A hash may be the first of two for so long; the other party gets a single one that much later.
BETWEEN = timedelta(seconds=2)
# Keys are waited for as long as the talk lasts.
EVER = timedelta(days=1)


async def pass_keys(source: Leg, sink: Leg, since: float) -> None:
    """Until cancelled. They talk `since` then, in the loop's time."""
    while True:
        await _pass_on(await _stroke(source, EVER, since), sink)


async def pass_keys_until_dropped(source: Leg, sink: Leg, since: float) -> None:
    """Comes back when `##` was pressed, the one soon after the other, which is not passed on."""
    first = None
    while True:
        stroke = await _stroke(source, EVER if first is None else BETWEEN, since)
        is_hash = stroke is not None and stroke.key == "#"
        if first is not None and is_hash:
            return
        await _pass_on(first, sink)
        if not is_hash:
            await _pass_on(stroke, sink)
        first = stroke if is_hash else None


async def _stroke(source: Leg, limit: timedelta, since: float) -> Stroke | None:
    stroke = await source.stroke(limit=limit)
    return None if stroke is None or stroke.at < since else stroke


async def _pass_on(stroke: Stroke | None, sink: Leg) -> None:
    if stroke is not None and not stroke.audible:
        await sink.press(stroke.key)
