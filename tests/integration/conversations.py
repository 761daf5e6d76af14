"""The branches of the conversation with a customer: what is heard and pressed, and what the CDR
tells of it."""

from dataclasses import replace

from ringback.carrier import BUSY, Reject, Tone, Verdict
from switchboard.billing.service_number import ServiceMode
from tests.integration.circumstances import (
    VOUCHER_CENTS,
    allowed_no_callback,
    blocked,
    changed,
    given_a_voucher,
    limited_a_day,
    long_ago,
    mannered,
    nearly_locked_out,
)
from tests.integration.doors import by_order, by_sip
from tests.integration.scripts import PICKS_UP, talks
from tests.integration.stage import Conversation

CAN_TALK = "you-can-talk-for four minutes ringback"
NEXT = "enter-next-destination hangs-up"
TALKED = f"{CAN_TALK} ~1200 destination-hung-up {NEXT}"
FRIEND_TALKED = "friend hung_up, hung_up by destination"
NOBODY_RUNG = "hung_up by customer"
ASKS = "enter-destination"
UNLIMITED = mannered(tell_limit=False)
CONFIRMS = mannered(confirm=True)
KNOWN = "enter-pin >{pin}#"
BALANCE = "balance-is five euros and fifty cents"


def ordered(rule: str, script: str, cdrs: str, **more: object) -> Conversation:
    """A callback that was ordered to the friend."""
    return Conversation(rule, (script,), cdrs, by_order, **more)


def rings(rule: str, *scripts: str, cdrs: str, **more: object) -> Conversation:
    """A customer who is known by caller ID."""
    return Conversation(rule, scripts, cdrs, by_sip, **more)


def dials(rule: str, script: str, cdrs: str = FRIEND_TALKED, **more: object) -> Conversation:
    """The same, who is asked for a number."""
    return rings(rule, f"{ASKS} {script}", cdrs=cdrs, **more)


def by_pin(rule: str, *scripts: str, cdrs: str = NOBODY_RUNG, **more: object) -> Conversation:
    """Somebody at a phone box, who is asked for a PIN."""
    service = {"mode": ServiceMode.PIN, "account": "house", **more.pop("service", {})}
    return rings(rule, *scripts, cdrs=cdrs, service=service, **{"customer": "box", **more})


# What takes long comes first: it shall not end last.
SLOW = [
    dials(
        "three silences end in goodbye",
        f"nothing-entered {ASKS} nothing-entered {ASKS} nothing-entered goodbye is-hung-up",
        "no_destination by customer",
    ),
    ordered(
        "a voicemail box presses nothing, and the destination is not rung",
        "press-one press-one press-one is-hung-up",
        "not_confirmed by customer",
        prepare=CONFIRMS,
    ),
    ordered(
        "a minute before the end the customer is warned",
        "one-moment ringback one-minute-left hangs-up",
        "friend hung_up, hung_up by customer",
        cents=131,
        friend=talks(None, hertz=0),
    ),
    ordered(
        "half a minute before the end there is a beep",
        "one-moment ringback beep hangs-up",
        "friend hung_up, hung_up by customer",
        cents=71,
        friend=talks(None, hertz=0),
    ),
    by_pin(
        "three wrong PINs end the call, and the right one is locked out in the next",
        "enter-pin >1111# wrong-pin enter-pin >2222# wrong-pin enter-pin >3333# locked-out"
        " is-hung-up",
        f"{KNOWN} wrong-pin enter-pin hangs-up",
        cdrs="refused by customer; hung_up by customer",
        payer="house",
        prepare=nearly_locked_out,
        rings_again=True,
    ),
    dials(
        "the credit ends in a talk",
        ">*1# ringback ~1200 credit-ended is-hung-up",
        "friend talk_limit, talk_limit by customer",
        cents=12,
        prepare=UNLIMITED,
        friend=talks(None),
    ),
    dials(
        "the credit ends before a number is dialled",
        "credit-ended is-hung-up",
        "no_credit by customer",
        cents=4,
    ),
]

REDEEMS = dials(
    "a voucher is redeemed",
    f">*01# enter-voucher >{{voucher}}# voucher-redeemed {ASKS} >*0# balance-is seven euros and"
    f" fifty cents {ASKS} hangs-up",
    NOBODY_RUNG,
    prepare=given_a_voucher,
    gains=VOUCHER_CENTS,
)
DIALLED = [
    dials("a number ends with a hash", f">{{friend}}# {TALKED}"),
    dials("a number ends with a pause", f">{{friend}} {TALKED}"),
    dials("a star takes back what was entered", f">0012*{{friend}}# {TALKED}"),
    dials(
        "a local number is one of the account's country",
        f">{{local}}# {TALKED}",
        "neighbour hung_up, hung_up by destination",
    ),
    dials(
        "keys are tones in the audio",
        f">{{friend}}# {TALKED}",
        phone=replace(PICKS_UP, keys_in_audio=True),
    ),
    dials("a speed dial is called", f">*1# {TALKED}"),
    dials(
        "the last number is called again, in this call and in the next",
        f">*1# {CAN_TALK} ~1200 destination-hung-up enter-next-destination >0* {TALKED}",
        "friend hung_up, friend hung_up, hung_up by destination",
    ),
    rings(
        "the last number of an earlier call is called again",
        f"{ASKS} >*2# {CAN_TALK} ~900 destination-hung-up {NEXT}",
        f"{ASKS} >0* {CAN_TALK} ~900 destination-hung-up {NEXT}",
        cdrs="other hung_up, hung_up by destination; other hung_up, hung_up by destination",
        rings_again=True,
    ),
    dials("the balance is told", f">*0# {BALANCE} {ASKS} hangs-up", NOBODY_RUNG),
    REDEEMS,
]

REFUSED = [
    dials(
        "three numbers that cannot be called end in goodbye",
        f">12# invalid-number {ASKS} >0019005550100# not-allowed {ASKS} >{{alice}}# same-number"
        " goodbye is-hung-up",
        "no_destination by customer",
    ),
    dials(
        "speed dials and a last number that are not there",
        f">*7# speed-dial-empty {ASKS} >0* no-redial {ASKS} hangs-up",
        NOBODY_RUNG,
    ),
    dials(
        "no way to a number, and one that costs more than it brings",
        f">0033142685300# not-available {ASKS} >0034911234567# not-available {ASKS} hangs-up",
        NOBODY_RUNG,
    ),
    dials(
        "a prefix that is forbidden, and a voucher that is none",
        f">*1# not-allowed {ASKS} >*01# enter-voucher >12# voucher-refused {ASKS} hangs-up",
        NOBODY_RUNG,
        prepare=changed(forbid=("1",)),
    ),
    dials(
        "a call that the money does not reach",
        ">00493012345678# no-credit is-hung-up",
        "no_credit by customer",
    ),
    dials(
        "a call that a daily limit has no room for",
        ">00493012345678# daily-limit is-hung-up",
        "no_credit by customer",
        cents=600_00,
        prepare=limited_a_day,
    ),
    by_pin(
        "a PIN of a blocked account",
        f"{KNOWN} account-blocked is-hung-up",
        cdrs="refused by customer",
        payer="house",
        prepare=blocked,
    ),
    by_pin(
        "a PIN of an account that has expired",
        f"{KNOWN} account-expired is-hung-up",
        cdrs="refused by customer",
        payer="house",
        prepare=changed(valid_until=long_ago()),
    ),
    by_pin(
        "a PIN of an account without credit",
        f"{KNOWN} no-credit is-hung-up",
        cdrs="refused by customer",
        payer="house",
        cents=0,
    ),
    by_pin(
        "a PIN of an account with too many callbacks",
        f"{KNOWN} too-many-callbacks is-hung-up",
        cdrs="refused by customer",
        payer="house",
        prepare=allowed_no_callback,
    ),
]

INTRODUCED = [
    ordered(
        "a person presses 1, and the destination is rung",
        "press-one >1 one-moment ringback ~1200 is-hung-up",
        FRIEND_TALKED,
        prepare=CONFIRMS,
    ),
    rings(
        "a language is chosen by key",
        "choose-language 1 es/choose-language es/2 >2 es/enter-destination hangs-up",
        cdrs=NOBODY_RUNG,
        service={"languages": ("en", "es")},
    ),
    rings(
        "a service number speaks its own language",
        "pt/enter-destination hangs-up",
        cdrs=NOBODY_RUNG,
        service={"language": "pt"},
    ),
    by_pin(
        "a PIN is known at the second try, and the phone is remembered",
        f"enter-pin >1234# wrong-pin {KNOWN} remember-number >1 number-remembered {BALANCE} {ASKS}"
        f" >*1# {TALKED}",
        cdrs=FRIEND_TALKED,
    ),
    by_pin(
        "a PIN goes with an account number, and the phone is not remembered",
        f"enter-account >{{account}}# {KNOWN} remember-number >2 {BALANCE} {ASKS} hangs-up",
        service={"asks_account": True},
    ),
    by_pin(
        "a PIN with the number of another account is wrong",
        f"enter-account >0# {KNOWN} wrong-pin enter-account hangs-up",
        service={"asks_account": True},
        payer="house",
    ),
]

ENDED = [
    dials(
        "a destination that is busy is followed by the next",
        f">*1# {CAN_TALK} destination-busy enter-next-destination >*2# {CAN_TALK} ~900"
        f" destination-hung-up {NEXT}",
        "friend busy, other hung_up, hung_up by destination",
        friend=talks(verdict=BUSY),
    ),
    dials(
        "a destination that does not answer is followed by the next",
        f">*1# {CAN_TALK} destination-no-answer enter-next-destination >*2# {CAN_TALK} ~900"
        f" destination-hung-up {NEXT}",
        "friend no_answer, other hung_up, hung_up by destination",
        friend=talks(verdict=Verdict.NO_ANSWER),
    ),
    dials(
        "a destination that cannot be reached is followed by the next",
        f">*1# {CAN_TALK} destination-unreachable {NEXT}",
        "friend not_found, not_found by destination",
        friend=talks(verdict=Reject(404)),
    ),
    dials(
        "two hashes drop the destination, and the next is asked for",
        f">*1# {CAN_TALK} ~1200 >## enter-next-destination >*2# {CAN_TALK} ~900"
        f" destination-hung-up {NEXT}",
        "friend hung_up, other hung_up, hung_up by destination",
        friend=talks(None),
    ),
    dials(
        "early media is heard in the place of ringback",
        f">*1# you-can-talk-for four minutes ~1000 ~1200 destination-hung-up {NEXT}",
        friend=talks(ring_s=1, early_media=Tone(1000)),
    ),
    rings(
        "a customer who is busy is called again",
        "is-busy",
        f"{ASKS} hangs-up",
        cdrs="busy by customer; hung_up by customer",
        service={"retries": 1},
    ),
    rings(
        "a customer declines, and is not called again",
        "declines",
        cdrs="declined by customer",
        service={"retries": 1},
    ),
]

# Where a customer may hang up, and what is told of it.
HUNG_UP = [
    ordered("is asked to confirm", "press-one hangs-up", NOBODY_RUNG, prepare=CONFIRMS),
    rings(
        "is asked for a language",
        "choose-language hangs-up",
        cdrs=NOBODY_RUNG,
        service={"languages": ("en",)},
    ),
    by_pin("is asked for a PIN", "enter-pin hangs-up", payer="house"),
    by_pin("may have the phone remembered", f"{KNOWN} remember-number hangs-up"),
    dials("enters a number", ">0014 hangs-up", NOBODY_RUNG),
    dials("hears how long a talk may be", ">*1# you-can-talk-for hangs-up", NOBODY_RUNG),
    dials(
        "hears the destination ring",
        f">*1# {CAN_TALK} hangs-up",
        "friend hung_up, hung_up by customer",
        friend=talks(verdict=Verdict.NO_ANSWER),
    ),
    dials(
        "talks",
        f">*1# {CAN_TALK} ~1200 hangs-up",
        "friend hung_up, hung_up by customer",
        friend=talks(None),
    ),
    dials(
        "hears that the destination is busy",
        f">*1# {CAN_TALK} destination-busy hangs-up",
        "friend busy, busy by destination",
        friend=talks(verdict=BUSY),
    ),
]
HUNG_UP = [replace(one, rule=f"the customer hangs up who {one.rule}") for one in HUNG_UP]

CONVERSATIONS = [*SLOW, *DIALLED, *REFUSED, *INTRODUCED, *ENDED, *HUNG_UP]
