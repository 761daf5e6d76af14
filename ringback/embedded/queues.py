"""SQS in the log: notes which queues and messages came and went, and puts them back."""

import json
from collections.abc import Callable
from typing import Any

from ministack.services import sqs

from ringback.embedded.log import Change, Part, State, Thing


class Queues:
    """ministack's queues with the messages that nobody has deleted.

    A message is kept as it was sent. After a restart it is visible to everyone, whoever had
    received it, and its receive count begins again.
    """

    def __init__(self, note: Callable[[Change], None]) -> None:
        self._note = note
        self._described: dict[Thing, str] = {}
        self._messages: dict[Thing, set[Part]] = {}

    def restore(self, state: State) -> None:
        """Puts queues and messages back."""
        for thing, parts in state.items():
            if thing[0] == "queue":
                _put_queue(parts)
                self._messages[thing] = parts.keys() - {()}
        self._described = {thing: description for thing, description, _ in _queues()}

    def note_changes(self) -> None:
        """Notes what differs from the last call.

        It compares instead of listening, since messages also go by themselves: to a dead-letter
        queue, or when they are too old.
        """
        gone = set(self._described)
        for thing, description, messages in _queues():
            gone.discard(thing)
            if self._described.get(thing) != description:
                self._described[thing] = description
                self._note(Change(thing, (), json.loads(description)))
            known = self._messages.get(thing, set())
            if known != messages.keys():
                self._messages[thing] = set(messages)
                for part in known - messages.keys():
                    self._note(Change(thing, part, None))
                for part in messages:
                    if part not in known:
                        self._note(Change(thing, part, messages[part]))
        for thing in gone:
            del self._described[thing]
            self._messages.pop(thing, None)
            self._note(Change(thing, (), None))


def _queues() -> list[tuple[Thing, str, dict[Part, Any]]]:
    return [
        (
            ("queue", queue["attributes"]["QueueArn"]),
            _description(account, region, queue),
            {(message["id"],): message for message in queue["messages"]},
        )
        for (account, region, _), queue in sqs._queues.all_items()
    ]


def _description(account: str, region: str, queue: Any) -> str:
    kept = {key: value for key, value in queue.items() if key != "messages"}
    kept["attributes"] = {
        name: value
        for name, value in queue["attributes"].items()
        if not name.startswith("ApproximateNumberOf")
    }
    return json.dumps({"account": account, "region": region, "queue": kept}, sort_keys=True)


def _put_queue(parts: dict[Part, Any]) -> None:
    described = parts[()]
    queue = {**described["queue"], "messages": [parts[part] for part in parts if part]}
    scope = described["account"], described["region"]
    sqs._queues.set_scoped(*scope, queue["url"], queue)
    sqs._queue_name_to_url.set_scoped(*scope, queue["name"], queue["url"])
