"""Rights: what may be done in which area, and the roles that have them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Self

from switchboard.billing.account import check_id
from switchboard.errors import Malformed


class Area(Enum):
    """A part of the system."""

    ACCOUNTS = "accounts"
    MONEY = "money"
    CALLS = "calls"
    TRACES = "traces"
    RATES = "rates"
    PLANS = "plans"
    PINS = "pins"
    TRUNKS = "trunks"
    NUMBERS = "numbers"
    BRIDGES = "bridges"
    INVOICES = "invoices"
    REPORTS = "reports"
    USERS = "users"
    AUDIT = "audit"
    SYSTEM = "system"


class Action(Enum):
    """What is done there; whoever exports takes away what others only look at."""

    SEE = "see"
    CHANGE = "change"
    EXPORT = "export"


@dataclass(frozen=True, slots=True)
class Right:
    """One action in one area, written like `accounts:change`."""

    area: Area
    action: Action

    def __str__(self) -> str:
        return f"{self.area.value}:{self.action.value}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The right of a text. Malformed where there is none."""
        area, _, action = text.strip().lower().partition(":")
        try:
            return cls(Area(area), Action(action))
        except ValueError:
            raise Malformed(f"“{text[:40]}” is no right: write it like accounts:change") from None


ALL_RIGHTS = tuple(Right(area, action) for area in Area for action in Action)


@dataclass(frozen=True, slots=True)
class Role:
    """What its users may do. With `hides_costs` they see what customers pay, and not what carriers
    are paid or what is earned; with `own_accounts_only` there are no accounts for them but those
    that they own."""

    name: str
    rights: frozenset[Right] = frozenset()
    hides_costs: bool = False
    own_accounts_only: bool = False

    def __post_init__(self) -> None:
        check_id("role", self.name)


def rights_of(*texts: str) -> frozenset[Right]:
    """The rights of texts like `accounts:see,change` or `rates:*`."""
    return frozenset(right for text in texts for right in _rights_of(text))


def _rights_of(text: str) -> Iterable[Right]:
    area, _, actions = text.partition(":")
    names = [action.value for action in Action] if actions.strip() == "*" else actions.split(",")
    return (Right.parse(f"{area}:{name.strip()}") for name in names)


def _see(*areas: Area) -> frozenset[Right]:
    return frozenset(Right(area, Action.SEE) for area in areas)


ADMINISTRATOR = Role("administrator", frozenset(ALL_RIGHTS))
OPERATOR = Role(
    "operator",
    _see(Area.INVOICES, Area.REPORTS, Area.AUDIT, Area.SYSTEM)
    | rights_of(
        "accounts:*",
        "money:see,change",
        "calls:*",
        "traces:*",
        "rates:*",
        "plans:*",
        "pins:*",
        "trunks:*",
        "numbers:*",
        "bridges:*",
    ),
)
FINANCE = Role(
    "finance",
    _see(Area.ACCOUNTS, Area.CALLS, Area.RATES, Area.PLANS, Area.TRUNKS, Area.AUDIT)
    | rights_of(
        "accounts:export",
        "money:*",
        "calls:export",
        "rates:export",
        "pins:*",
        "invoices:*",
        "reports:*",
    ),
)
SUPPORT = Role(
    "support",
    _see(Area.MONEY, Area.CALLS, Area.RATES, Area.PLANS, Area.NUMBERS, Area.INVOICES)
    | rights_of("accounts:see,change", "calls:change", "traces:see,change"),
    hides_costs=True,
)
READY_MADE: Mapping[str, Role] = {
    role.name: role for role in (ADMINISTRATOR, OPERATOR, FINANCE, SUPPORT)
}
