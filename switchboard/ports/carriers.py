"""The port to carriers that are asked, outside of calls, whether they are there."""

from collections.abc import Callable
from dataclasses import dataclass

from switchboard.calls.trunk import Trunk


@dataclass(frozen=True, slots=True)
class Reply:
    """The final answer, whatever it says: a refusal, too, shows that somebody is there."""

    status: int
    reason: str
    milliseconds: int

    def __str__(self) -> str:
        return f"{self.status} {self.reason}"


# Asks a trunk for its options over its own link. NoReply where nobody answers in time.
AskTrunk = Callable[[Trunk], Reply]
