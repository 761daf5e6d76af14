"""Manners: how the customer of a callback is spoken to."""

from dataclasses import astuple, dataclass


@dataclass(frozen=True, slots=True)
class Manners:
    """What a customer is asked and told, and who is told of them; None: as usual.

    Who must `confirm` presses 1 before anything else happens: a voicemail box does not. Usually
    nobody must. The balance is told who gave a PIN, how long they can talk whoever dialled the
    destination; they too are asked for the next number after it. The destination is usually shown
    who calls.
    """

    confirm: bool | None = None
    tell_balance: bool | None = None
    tell_limit: bool | None = None
    ask_next: bool | None = None
    show_number: bool | None = None

    def over(self, other: "Manners") -> "Manners":
        """These, and where they say nothing, the other's."""

        both = zip(astuple(self), astuple(other), strict=True)
        return Manners(*(theirs if mine is None else mine for mine, theirs in both))


AS_USUAL = Manners()
