"""The customer chooses a language by key; each is offered in itself."""

from collections.abc import Sequence

from workers.dialogue.keypad import FIRST_KEY_LIMIT, forget
from workers.phone import Leg
from workers.speech.spoken import Keys


async def choose_language(leg: Leg, languages: Sequence[str]) -> bool:
    """Whether one was chosen, which the leg speaks from then on; else the one that it spoke."""
    if not languages:
        return False
    before = leg.language
    choices = {str(key): language for key, language in enumerate(languages, start=1)}
    for key, language in choices.items():
        leg.language = language
        await leg.play_until_key("choose-language", Keys(key))
    pressed = await leg.key(limit=FIRST_KEY_LIMIT)
    await forget(leg)
    leg.language = choices.get(pressed or "", before)
    return pressed in choices
