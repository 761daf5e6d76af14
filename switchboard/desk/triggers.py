"""Triggers: what a text to a service number sets going. Rings: see rings.py."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from switchboard.billing.account import Account
from switchboard.desk.text_orders import answer_order
from switchboard.desk.text_senders import Incoming, TextKeys, identify
from switchboard.errors import NoService, Refusal
from switchboard.numbering import PhoneNumber
from switchboard.ports import Directory, Limit, Ports
from switchboard.texts.grammar import read_text, split_pin
from switchboard.texts.orders import Connect, TextOrder
from switchboard.texts.replies import apologise, say
from switchboard.texts.sentences import ENGLISH

# Replies cost money, and two machines that answer each other would never stop; people who learn
# what can be texted send dozens.
REPLIES_TO_CUSTOMER = Limit(60, timedelta(hours=1))
REPLIES_TO_STRANGER = Limit(1, timedelta(hours=1))
# In all: senders can be forged, any number of them.
REPLIES_TO_STRANGERS = Limit(100, timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a text is answered with; nothing where that would be one reply too many. `refused` is
    the code of the refusal, where it was refused."""

    words: str | None
    refused: str | None = None


def take_text(ports: Ports, keys: TextKeys, incoming: Incoming, text: str) -> Answer:
    """What a text asks for is done, and answered in the language of the account. The same text
    again is answered alike and does nothing more. A refusal is an answer, too."""
    payer: Account | None = None
    callback_only = False
    try:
        directory = _look_up(ports, incoming)
        payer = None if directory.account is None else ports.accounts.get(directory.account)
        order = read_text(text)
        # A callback is placed once by itself: that costs no look at what was answered before.
        callback_only = payer is not None and _only_connects(order)
        known = None if callback_only else ports.answers.find(incoming.trigger.callback_id)
        if known is not None:
            return Answer(known or None)
        asking = identify(ports, keys, incoming, payer, order)
        payer = asking.account
        answer = Answer(say(answer_order(asking), payer.profile.language))
    except Refusal as refusal:
        callback_only = False
        language = ENGLISH if payer is None else payer.profile.language
        answer = Answer(apologise(refusal, language), refusal.code)
    return answer if callback_only else _within_limits(ports, incoming, payer, answer)


def _only_connects(order: TextOrder) -> bool:
    """Whether it asks for a callback and nothing else, with a PIN or without."""
    if not isinstance(order, Connect):
        return False
    pinned = split_pin(order.phones)
    return pinned is None or isinstance(pinned[1], Connect)


def _within_limits(
    ports: Ports, incoming: Incoming, payer: Account | None, answer: Answer
) -> Answer:
    """The answer, without its words where the sender was answered often enough; kept, so that the
    same text again is answered alike."""
    trigger, now = incoming.trigger.callback_id, ports.clock.now()
    known = ports.answers.find(trigger)
    if known is not None:
        return Answer(known or None, answer.refused)
    allowed = _may_reply(ports, incoming.sender, now, known=payer is not None)
    ports.answers.keep(trigger, (answer.words or "") if allowed else "", now)
    return answer if allowed else Answer(None, answer.refused)


def _may_reply(ports: Ports, sender: PhoneNumber, now: datetime, *, known: bool) -> bool:
    take, key = ports.throttle.take, f"reply#{sender}"
    if known:
        return take(key, REPLIES_TO_CUSTOMER, now)
    # What is dear to call is dear to text, and earns money for whoever holds it.
    matched = ports.settings.classes().match(sender)
    if matched is not None and matched[1].blocked:
        return False
    return take(key, REPLIES_TO_STRANGER, now) and take("replies", REPLIES_TO_STRANGERS, now)


def _look_up(ports: Ports, incoming: Incoming) -> Directory:
    directory = ports.accounts.look_up(incoming.sender, incoming.service)
    if directory.service is None:
        raise NoService(f"{incoming.service!r} is not a service number")
    if directory.service.suspended:
        raise NoService("this number is out of service")
    return directory
