"""What is true for a while only, in DynamoDB, which takes it away by itself."""

from datetime import datetime, timedelta
from typing import Any

from switchboard.aws.models.database import Database, made
from switchboard.aws.models.system import PassingItem
from switchboard.numbering import PhoneNumber
from switchboard.ports import Confirmation, Limit

ANSWERS_KEPT = timedelta(days=1)


class DynamoThrottle:
    """`Throttle`: one item a key and window."""

    def __init__(self, database: Database) -> None:
        self._items = database.table(PassingItem)

    def take(self, key: str, limit: Limit, now: datetime) -> bool:
        """Count one more, if there is room for it in the present window."""
        items, item = self._items, self._item(key, limit, now)
        actions: list[Any] = [items.taken.add(1), items.gone_at.set(limit.ends_at(now))]
        room = items.taken.does_not_exist() | (items.taken < limit.most)
        return limit.most > 0 and made(lambda: item.update(actions, condition=room))

    def give_back(self, key: str, limit: Limit, now: datetime) -> None:
        """Count one less, if any was counted."""
        items, item = self._items, self._item(key, limit, now)
        made(lambda: item.update([items.taken.add(-1)], condition=items.taken > 0))

    def _item(self, key: str, limit: Limit, now: datetime) -> Any:
        seconds = limit.window // timedelta(seconds=1)
        return self._items(f"limit#{key}#{seconds}#{limit.window_at(now)}")


class DynamoAnswers:
    """`Answers`: one item a trigger."""

    def __init__(self, database: Database) -> None:
        self._items = database.table(PassingItem)

    def find(self, trigger: str) -> str | None:
        """The answer kept, strongly consistent."""
        try:
            answer: str = self._items.get(f"answer#{trigger}", consistent_read=True).answer
        except self._items.DoesNotExist:
            return None
        return answer

    def keep(self, trigger: str, answer: str, now: datetime) -> None:
        """Keep an answer, unless there is one."""
        item = self._items(f"answer#{trigger}", answer=answer, gone_at=now + ANSWERS_KEPT)
        made(lambda: item.save(self._items.key.does_not_exist()))


class DynamoConfirmations:
    """`Confirmations`: one item a phone."""

    def __init__(self, database: Database) -> None:
        self._items = database.table(PassingItem)

    def put(self, confirmation: Confirmation) -> None:
        """Wait for this code, in the place of an earlier one."""
        self._items(
            f"code#{confirmation.number}",
            gone_at=confirmation.expires_at,
            account=confirmation.account,
            code_hash=confirmation.code_hash,
            tries=confirmation.tries,
        ).save()

    def try_once(self, number: PhoneNumber, now: datetime) -> Confirmation | None:
        """The code to compare with, one of its tries taken."""
        items, item = self._items, self._items(f"code#{number}")
        waited_for = (items.tries > 0) & (items.gone_at > now)
        if not made(lambda: item.update([items.tries.add(-1)], condition=waited_for)):
            return None
        return Confirmation(number, item.account, item.code_hash, item.gone_at, int(item.tries))

    def remove(self, number: PhoneNumber) -> None:
        """Wait no more."""
        self._items(f"code#{number}").delete()
