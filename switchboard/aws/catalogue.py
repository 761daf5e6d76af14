"""Groups of destinations, plans and the catalogue in DynamoDB."""

from collections.abc import Sequence
from typing import Any, TypeVar

from switchboard.aws.forms import from_text, to_text
from switchboard.aws.models.database import Database
from switchboard.aws.models.sales import CatalogueItem
from switchboard.billing.catalogue import Item
from switchboard.billing.plans import Group, Plan

GROUPS, PLANS, ITEMS = "group", "plan", "item"
Value = TypeVar("Value")


class DynamoCatalogue:
    """`Catalogue` over one small table."""

    def __init__(self, database: Database) -> None:
        self._items: Any = database.table(CatalogueItem)

    def groups(self) -> Sequence[Group]:
        """Every group of destinations, by name."""
        return self._all(GROUPS, Group)

    def save_group(self, group: Group) -> None:
        """Keep a group."""
        self._items(GROUPS, group.name, value=to_text(group)).save()

    def remove_group(self, name: str) -> bool:
        """Take a group away."""
        return self._remove(GROUPS, name)

    def plans(self) -> Sequence[Plan]:
        """Every plan, by name."""
        return self._all(PLANS, Plan)

    def save_plan(self, plan: Plan) -> None:
        """Keep a plan."""
        self._items(PLANS, plan.name, value=to_text(plan)).save()

    def remove_plan(self, name: str) -> bool:
        """Take a plan away."""
        return self._remove(PLANS, name)

    def items(self) -> Sequence[Item]:
        """Every item, by name."""
        return self._all(ITEMS, Item)

    def save_item(self, item: Item) -> None:
        """Keep an item."""
        self._items(ITEMS, item.name, value=to_text(item)).save()

    def remove_item(self, name: str) -> bool:
        """Take an item away."""
        return self._remove(ITEMS, name)

    def _all(self, kind: str, of: type[Value]) -> list[Value]:
        found = self._items.query(kind, consistent_read=True)
        return [from_text(item.value, of) for item in found]

    def _remove(self, kind: str, name: str) -> bool:
        try:
            self._items.get(kind, name, consistent_read=True).delete()
        except self._items.DoesNotExist:
            return False
        return True
