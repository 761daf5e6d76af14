"""Workers' heartbeats and trunks in DynamoDB: small tables, read whole."""

from collections.abc import Sequence

from switchboard.aws.forms import from_text, pack, to_text, to_us, unpack
from switchboard.aws.models.database import Database, made
from switchboard.aws.models.system import TrunkItem, WorkerItem
from switchboard.aws.remembered import Remembered
from switchboard.calls.beat import Beat
from switchboard.calls.trunk import Trunk


class DynamoWorkers:
    """`Workers` over one table, an item a worker."""

    def __init__(self, database: Database) -> None:
        self._items = database.table(WorkerItem)

    def beat(self, beat: Beat) -> None:
        """Tell that a worker lives, and how far its calls are."""
        self._items(beat.worker, beat_at=to_us(beat.beat_at), packed=pack(beat)).save()

    def all(self) -> Sequence[Beat]:
        """The last heartbeat of every worker that has not said goodbye."""
        found = self._items.scan(consistent_read=True)
        beats = [
            from_text(item.beat, Beat) if item.beat else unpack(item.packed, Beat) for item in found
        ]
        return sorted(beats, key=lambda beat: beat.worker)

    def forget(self, beat: Beat) -> None:
        """Take a heartbeat away, unless a newer one has come."""
        items, beat_at = self._items, to_us(beat.beat_at)
        # Of none, and of one that is text, there is no instant.
        unchanged = items.beat_at.does_not_exist() | (items.beat_at == beat_at)
        made(lambda: self._items(beat.worker).delete(unchanged))


class DynamoTrunks:
    """`Trunks` over one table, which is remembered for seconds."""

    def __init__(self, database: Database) -> None:
        self._items = database.table(TrunkItem)
        self._all = Remembered(self._read)

    def save(self, trunk: Trunk) -> None:
        """Add a trunk, or replace the one of this name."""
        self._items(trunk.name, trunk=to_text(trunk)).save()
        self._all.forget()

    def remove(self, name: str) -> bool:
        """Take a trunk away; whether there was one."""
        item = self._items(name)
        removed = made(lambda: item.delete(self._items.name.exists()))
        self._all.forget()
        return removed

    def all(self, *, fresh: bool = False) -> Sequence[Trunk]:
        """Every trunk, by priority and name."""
        return self._all.get(fresh=fresh)

    def _read(self) -> Sequence[Trunk]:
        found = self._items.scan(consistent_read=True)
        trunks = [from_text(item.trunk, Trunk) for item in found]
        return sorted(trunks, key=lambda trunk: (trunk.priority, trunk.name))
