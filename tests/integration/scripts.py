"""Scripts of telephones: what one phone hears and does in a call, word by word.

A word is a prompt ("enter-pin"), an amount or a span in words ("four minutes"), "ringback", or a
voice by its pitch in hertz ("~1200"); ">12#" presses keys; "hangs-up", or "is-hung-up" by the far
end. A phone goes on as soon as it has heard the word before, and what it heard and did is a script
again: a test compares the two. A voice that comes early cuts the ringback before it short, so that
this may be left out.
"""

import asyncio
from collections import deque
from dataclasses import replace
from datetime import timedelta

from ringback.carrier import BUSY, CannotPress, PhoneCall, PhoneScript, Reject, Silence, Tone
from ringback.carrier import Verdict as Answer
from tests.integration.chords import Listener

# Longer than any silence in which a customer may dial.
SILENCE_S = 20.0
LISTENS_EVERY_S = 0.02
HANGS_UP, IS_HUNG_UP = "hangs-up", "is-hung-up"
RINGBACK, VOICE = "ringback", "~"

PICKS_UP = PhoneScript(ring_for=timedelta(), sound=Tone(700))
# Scripts of one word: nobody hears or does anything.
NOT_REACHED = {
    "is-busy": replace(PICKS_UP, verdict=BUSY),
    "declines": replace(PICKS_UP, verdict=Reject(603)),
    "is-out": replace(PICKS_UP, verdict=Answer.NO_ANSWER),
}


def talks(
    talk_s: float | None = 0.8, *, ring_s: float = 0.4, hertz: float = 1200, **script: object
) -> PhoneScript:
    """The phone of another party, who speaks at a pitch, or is silent at none, and hangs up."""
    return PhoneScript(
        ring_for=timedelta(seconds=ring_s),
        sound=Tone(hertz) if hertz else Silence(),
        hang_up_after=None if talk_s is None else timedelta(seconds=talk_s),
        **script,
    )


async def follow(call: PhoneCall, script: str) -> tuple[str, dict[str, float]]:
    """What this phone heard and did, up to where that is no longer its script; and when, by word,
    the last time."""
    if script in NOT_REACHED:
        await call.wait_ended()
        return script, {}
    phone, done, times = _Phone(call), [], {}
    for word in script.split():
        happened = await phone.live(word)
        done.append(happened)
        times[happened] = asyncio.get_running_loop().time()
        if happened != word:
            await call.hang_up()
            break
    await call.wait_ended()
    return " ".join(done), times


class _Phone:
    def __init__(self, call: PhoneCall) -> None:
        self._call = call
        self._listener = Listener(call.heard)
        self._heard: deque[str] = deque()

    async def live(self, word: str) -> str:
        """The word itself, where it is done, or heard next; else what is heard in its place."""
        if word == HANGS_UP:
            await self._call.hang_up()
            return word
        if not word.startswith(">"):
            heard = await self._next()
            is_cut_short = heard == RINGBACK and word.startswith(VOICE)
            return await self._next() if is_cut_short else heard
        try:
            await self._call.press(word[1:])
        except CannotPress:
            return IS_HUNG_UP
        return word

    async def _next(self) -> str:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + SILENCE_S
        while loop.time() < deadline:
            is_over = self._call.ended is not None
            self._heard.extend(self._listener.signs())
            if self._heard:
                return self._heard.popleft()
            if is_over:
                return IS_HUNG_UP
            await asyncio.sleep(LISTENS_EVERY_S)
        return "silence"
