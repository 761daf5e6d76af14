"""Planned callbacks in DynamoDB: what is not done with stands in two indexes."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from switchboard.aws.alarms import SchedulerAlarms
from switchboard.aws.forms import from_text, to_text, to_us
from switchboard.aws.models.calls import PlannedItem
from switchboard.aws.models.database import Database, made
from switchboard.calls.planned import Planned, PlanState

# One partition takes a thousand writes a second.
DUE = "due"


class DynamoSchedule:
    """`Schedule` over one table; an alarm says when to look there, where there are any."""

    def __init__(self, database: Database, alarms: SchedulerAlarms | None = None) -> None:
        self._items = database.table(PlannedItem)
        self._alarms = alarms

    def put(self, planned: Planned) -> bool:
        """Write a new one, if its id is new, and set its alarm."""
        item = self._items(
            planned.id,
            at=to_us(planned.at),
            planned=to_text(replace(planned, state=PlanState.PLANNED)),
            state=planned.state.value,
            due=DUE,
            planned_by=planned.account,
        )
        is_new = made(lambda: item.save(self._items.id.does_not_exist()))
        if is_new and self._alarms is not None:
            self._alarms.set(planned)
        return is_new

    def find(self, planned: str) -> Planned | None:
        """As it stands, strongly consistent."""
        try:
            return _planned(self._items.get(planned, consistent_read=True))
        except self._items.DoesNotExist:
            return None

    def move(self, planned: str, old: PlanState, new: PlanState) -> bool:
        """Move from one state to another, if it is in the first, or in the second already."""
        items = self._items
        actions: list[Any] = [items.state.set(new.value)]
        if not new.open:
            actions += [items.due.remove(), items.planned_by.remove()]
        condition = items.state.is_in(old.value, new.value)
        moved = made(lambda: items(planned).update(actions, condition=condition))
        # Whatever else ends it has come with the alarm, or after it.
        if moved and new is PlanState.CANCELLED and self._alarms is not None:
            self._alarms.clear(planned)
        return moved

    def due(self, now: datetime, *, limit: int) -> Sequence[Planned]:
        """Those whose time has come and which are not done with, the earliest first."""
        items = self._items
        return _all(items.by_due.query(DUE, items.at <= to_us(now), limit=limit))

    def of(self, account: str) -> Sequence[Planned]:
        """All that this account has before it, the earliest first."""
        return _all(self._items.by_account.query(account))


def _all(items: Iterable[Any]) -> list[Planned]:
    return [_planned(item) for item in items]


def _planned(item: Any) -> Planned:
    return replace(from_text(item.planned, Planned), state=PlanState(item.state))
