"""Promotions, as operators give them to accounts."""

from dataclasses import dataclass, replace

from switchboard.desk import promotions
from switchboard.desk.office.known import check_sheet_shown, own_account, shown_sheets
from switchboard.desk.office.rights import log, needs
from switchboard.desk.promotions import PART, Chosen, Granted, Promotion
from switchboard.ports import Ports
from switchboard.staff.audit import Change
from switchboard.staff.rights import Action, Area
from switchboard.staff.users import Operator


@dataclass(frozen=True, slots=True)
class Choices:
    """What a promotion can be for, and whom it can be given by."""

    groups: tuple[str, ...]
    plans: tuple[str, ...]
    sheets: tuple[str, ...]


@needs(Area.MONEY, Action.CHANGE, writes=False)
def choices(ports: Ports, by: Operator) -> Choices:
    """The names that there are."""
    return Choices(
        tuple(group.name for group in ports.catalogue.groups()),
        tuple(plan.name for plan in ports.catalogue.plans()),
        tuple(shown_sheets(ports, by)),
    )


@needs(Area.MONEY, Action.CHANGE)
def grant(
    ports: Ports,
    by: Operator,
    promotion: Promotion,
    chosen: Chosen,
    *,
    limit: int = PART,
    cursor: str | None = None,
) -> Granted:
    """Give a promotion to a part of these accounts, once to each. NotFound where one that is named
    is none of this operator's, or the sheet; those of others have a plan or a sheet in vain."""
    for account in chosen.accounts:
        own_account(ports, by, account)
    check_sheet_shown(ports, by, chosen.sheet)
    if by.role.own_accounts_only:
        chosen = replace(chosen, owner=by.login)
    done = promotions.grant_part(ports, promotion, chosen, limit=limit, cursor=cursor)
    if done.granted:
        bucket = promotion.allowance
        changes = [
            Change("bucket", "", f"{bucket.seconds} s to {bucket.group}"),
            Change("days", "", f"{bucket.from_on} to {bucket.until_on}"),
            Change("accounts", "", _named(done.granted)),
        ]
        log(ports, by, "grant", f"promotion {promotion.name}", changes)
    return done


def _named(accounts: tuple[str, ...], few: int = 20) -> str:
    more = f" and {len(accounts) - few} more" if len(accounts) > few else ""
    return ", ".join(accounts[:few]) + more
