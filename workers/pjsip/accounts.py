"""The engine's accounts: how it speaks to trunks, and what it hears outside of calls."""

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pjsua2 import pjsua2 as pj

from switchboard.calls.trunk import Trunk
from workers.legs import CannotDial

if TYPE_CHECKING:
    from workers.pjsip.engine import PjsipSettings

Told = Callable[[int], None]


class Accounts:
    """One for each pair of credentials, made when it is first needed."""

    def __init__(self, settings: "PjsipSettings") -> None:
        self._settings = settings
        self._accounts: dict[tuple[str, str] | None, _Account] = {}
        self._answers: deque[tuple[int, int]] = deque()
        # A request is known by the address of its parameters, which live as long as it does.
        self._asked: dict[int, tuple[Any, Told]] = {}

    def of(self, trunk: Trunk) -> Any:
        """The account for a trunk; CannotDial where there are too many of them."""
        key = trunk.credentials
        if key not in self._accounts:
            if len(self._accounts) >= self._settings.max_accounts:
                raise CannotDial("the trunks have more credentials than the engine has accounts")
            account = _Account(self._answers)
            account.create(self._configuration(trunk))
            self._accounts[key] = account
        return self._accounts[key]

    def ask(self, trunk: Trunk, told: Told) -> None:
        """Send an OPTIONS; `told` is called with the final answer by `report`."""
        request = pj.SendRequestParam()
        request.method = "OPTIONS"
        request.txOption.targetUri = f"sip:{address_of(trunk)}"
        request.userData = request.this
        self._asked[int(request.this)] = request, told
        try:
            self.of(trunk).sendRequest(request)
        except pj.Error as fault:
            del self._asked[int(request.this)]
            raise CannotDial(str(fault.reason)) from None

    def report(self) -> None:
        """Pass on what was heard."""
        while self._answers:
            request, status = self._answers.popleft()
            _, told = self._asked.pop(request)
            told(status)

    def clear(self) -> None:
        """Let go of all."""
        self._accounts.clear()
        self._asked.clear()

    def _configuration(self, trunk: Trunk) -> Any:
        config = pj.AccountConfig()
        config.idUri = f"sip:ringback@{self._settings.shown_host}"
        # Both are for clients that register.
        config.natConfig.sipOutboundUse = config.natConfig.contactRewriteUse = 0
        rtp = bound_to(self._settings, config.mediaConfig.transportConfig)
        rtp.port, rtp.portRange = self._settings.rtp_port, self._settings.rtp_ports
        if trunk.credentials is not None:
            user, password = trunk.credentials
            config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", user, 0, password))
        return config


class _Account(pj.Account):  # type: ignore[misc] # SWIG generates no types
    """Notes what it hears, for `Accounts` to report."""

    def __init__(self, answers: deque[tuple[int, int]]) -> None:
        super().__init__()
        self._answers = answers

    def onSendRequest(self, parameter: Any) -> None:
        self._answers.append((int(parameter.userData), parameter.e.body.tsxState.tsx.statusCode))


def address_of(trunk: Trunk) -> str:
    """Where requests to a trunk go, as in a URI."""
    return f"{trunk.host}:{trunk.port}"


def bound_to(settings: "PjsipSettings", transport: Any) -> Any:
    """The transport, at the worker's address."""
    transport.boundAddress = settings.host
    transport.publicAddress = settings.public_address or ""
    return transport
