"""Transactions of new items, put without the mapper: of a hundred it costs more than the rest."""

from collections.abc import Mapping
from typing import Any

from pynamodb.transactions import TransactWrite

from switchboard.aws.models.database import TableItem

Value = str | int | bool | Mapping[str, Any]


class NewItems(TransactWrite):
    """A transaction that takes new items as plain values, too."""

    def put(
        self, model: type[TableItem], values: Mapping[str, Value | None], *, new: str | None = None
    ) -> None:
        """Put what an item of these values would save; where `new` names a part of its key, only
        if there is none."""
        form = {name: _form(value) for name, value in values.items() if value is not None}
        put: dict[str, Any] = {"TableName": model.Meta.table_name, "Item": form}
        if new is not None:
            put["ConditionExpression"] = "attribute_not_exists (#0)"
            put["ExpressionAttributeNames"] = {"#0": new}
        self._put_items.append(put)


def _form(value: Value) -> dict[str, Any]:
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    return {"M": {name: _form(one) for name, one in value.items()}}
