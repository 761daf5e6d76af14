"""What went wrong, in one line, with its exit status."""

from dataclasses import dataclass

from typer.exceptions import Abort, TyperException

from ringback.embedded.process import EmbeddedAwsFailed
from ringback.local.child import PartFailed
from ringback.wiring import NoSystem
from switchboard.errors import NoReply, Refusal
from switchboard.tables.cells import BadRows

BAD_INPUT, FAILURE = 2, 1


@dataclass(frozen=True, slots=True)
class Explanation:
    """The line for the person, nothing where all is said; the status for the shell."""

    line: str
    status: int


def explain(fault: Exception) -> Explanation | None:
    """None where it is a bug, which shows itself whole."""
    if isinstance(fault, BadRows):
        rows = [f"line {row.line}: {row.reason}" for row in fault.rows]
        return Explanation(
            "\n".join([*rows, f"{len(rows)} bad row(s); nothing imported"]), BAD_INPUT
        )
    if isinstance(fault, TyperException):
        return Explanation(_usage(fault), fault.exit_code)
    if isinstance(fault, Abort):
        return Explanation("stopped", FAILURE)
    if isinstance(fault, Refusal):
        return Explanation(fault.message, FAILURE if isinstance(fault, NoReply) else BAD_INPUT)
    if type(fault).__module__.partition(".")[0] in {"botocore", "pynamodb"}:
        reason = str(fault).strip().rpartition("\n")[2]
        return Explanation(f"the system's stores cannot be used: {reason}", FAILURE)
    if isinstance(fault, (NoSystem, PartFailed, EmbeddedAwsFailed)):
        return Explanation(str(fault), FAILURE)
    return None


def _usage(fault: TyperException) -> str:
    """What was typed wrong, and where the right form stands. A command that was typed alone has
    shown its help."""
    said = " ".join(fault.format_message().split())
    context = getattr(fault, "ctx", None)
    where = f" (see `{context.command_path} --help`)" if said and context is not None else ""
    return f"{said}{where}"
