"""S3 in the log: notes which buckets came and went; their objects are files, which ministack reads
again by itself."""

import json
from collections.abc import Callable

from ministack.services import s3

from ringback.embedded.log import Change, State, Thing, differences


class Buckets:
    """ministack's buckets: where and when they were made. What else is set for them, whoever makes
    tables sets at each start."""

    def __init__(self, note: Callable[[Change], None]) -> None:
        self._note = note
        self._described: dict[Thing, str] = {}

    def restore(self, state: State) -> None:
        """Puts buckets back, around the objects that are there."""
        for thing, parts in state.items():
            if thing[0] == "bucket":
                _, account, name = thing
                buckets = s3._buckets._data
                buckets.setdefault((account, name), {"objects": {}}).update(parts[()])
        self._described = _descriptions()

    def note_changes(self) -> None:
        """Notes what differs from the last call."""
        before, self._described = self._described, _descriptions()
        for change in differences(before, self._described):
            self._note(change)


def _descriptions() -> dict[Thing, str]:
    return {
        ("bucket", account, name): json.dumps(
            {"region": bucket.get("region"), "created": bucket.get("created")}
        )
        for (account, name), bucket in s3._buckets._data.items()
    }
