"""One line of the log about one call, without the numbers of those who spoke."""

from ringback.carrier.call import PhoneCall


def summary(call: PhoneCall) -> str:
    who = f"{masked(call.caller)} called {masked(call.number)}"
    if call.ended is None:
        return f"{who}: in progress"
    outcome = f"{call.final_code or 'no reply'}, ended by the {call.ended_by}"
    if call.answered is None:
        lasted_s = call.ended.monotonic - call.invited.monotonic
        return f"{who}: not answered in {lasted_s:.1f} s ({outcome})"
    waited_s = call.answered.monotonic - call.invited.monotonic
    talked_s = call.ended.monotonic - call.answered.monotonic
    return f"{who}: answered after {waited_s:.1f} s, talked {talked_s:.1f} s ({outcome})"


def masked(number: str) -> str:
    """A number as a log may show it: +44*******567."""
    sign, digits = ("+", number[1:]) if number.startswith("+") else ("", number)
    if len(digits) < 8:
        return "*" * len(number)
    return f"{sign}{digits[:2]}{'*' * (len(digits) - 5)}{digits[-3:]}"
