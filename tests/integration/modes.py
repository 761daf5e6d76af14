"""The modes of service numbers, through each of the doors by which a ring comes."""

from switchboard.billing.service_number import RingsBack, ServiceMode
from tests.integration.circumstances import blocked, closed, opening_soon, with_a_second_phone
from tests.integration.conversations import ASKS, BALANCE, FRIEND_TALKED, KNOWN, TALKED
from tests.integration.doors import by_bridge, by_sip, by_sipp, by_twilio
from tests.integration.stage import Conversation, Door

DID = {"mode": ServiceMode.DID, "account": "alice", "rings": "home"}
PIN = {"mode": ServiceMode.PIN, "account": "house"}
ANI_OR_PIN = {"mode": ServiceMode.ANI_OR_PIN, "account": "house"}
DIALS = f"{ASKS} >*1# {TALKED}"
BY_PIN = f"{KNOWN} remember-number >2 {BALANCE} {DIALS}"
DOORS = {
    "Twilio's webhook": by_twilio,
    "an INVITE": by_sip,
    "a bridge": by_bridge,
}


def connects(rule: str, script: str, door: Door, **more: object) -> Conversation:
    return Conversation(rule, (script,), FRIEND_TALKED, door, **more)


def modes(by: str, door: Door) -> list[Conversation]:
    """Each mode, for the callers that it is there for."""
    return [
        connects(f"a ring by {by} is known by caller ID", DIALS, door),
        connects(
            f"a ring by {by} without caller ID rings the phone of a DID",
            DIALS,
            door,
            caller=None,
            customer="home",
            service=DID,
        ),
        connects(f"a ring by {by} is known by PIN", BY_PIN, door, customer="box", service=PIN),
        connects(
            f"a ring by {by} of an unknown caller is known by PIN",
            BY_PIN,
            door,
            customer="box",
            service=ANI_OR_PIN,
        ),
    ]


MODES = [
    *(mode for by, door in DOORS.items() for mode in modes(by, door)),
    connects("a ring by sipp is known by caller ID", DIALS, by_sipp),
    connects("no PIN is asked for where the caller is known", DIALS, by_sip, service=ANI_OR_PIN),
    connects(
        "a PIN is asked for also where the caller is known, whose phone is not offered",
        f"{KNOWN} {BALANCE} {DIALS}",
        by_sip,
        service=PIN,
    ),
    connects(
        "a caller is rung at the default number",
        DIALS,
        by_sip,
        caller="home",
        service={"rings_back": RingsBack.DEFAULT_NUMBER},
        prepare=with_a_second_phone,
    ),
]

QUEUED = connects(
    "a ring outside of the opening hours is rung back when they begin",
    DIALS,
    by_sip,
    prepare=opening_soon,
)
BY_CALLER_ID = [mode for mode in MODES if mode.rule.endswith("is known by caller ID")]
# Who is not rung back, by the code that this is counted under.
NOT_RUNG_BACK: dict[str, dict[str, object]] = {
    "unknown_sender": {"caller": "box"},
    "withheld_caller": {"caller": None},
    "number_closed": {"prepare": closed},
    "account_blocked": {"prepare": blocked},
}
