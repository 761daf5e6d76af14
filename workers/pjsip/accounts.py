"""The engine's accounts: how it speaks to trunks, and what it hears outside of calls."""

import ssl
from collections import deque
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pjsua2 import pjsua2 as pj

from switchboard.calls.link import Transport
from switchboard.calls.trunk import Trunk
from workers.guard import Guard, sip_sockets
from workers.legs import CannotDial, NoWay

if TYPE_CHECKING:
    from workers.pjsip.engine import PjsipSettings

# Without a new registration in this time the registrar forgets us, and how soon a failed one is
# tried again.
REGISTERED_S = 300
REGISTER_AGAIN_S = 20
# How soon a far end notices that we are gone while it speaks past us: the least of RFC 4028.
RELEASED_SESSION_S = 90

# What may stand in the user part of a URI as it is (RFC 3261 §25.1).
IN_A_USER = "!~*'()&=+$,;?/"

Told = Callable[[int], None]


class Accounts:
    """One for all trunks that are spoken to in the same way, made when it is first needed and let
    go when its place is needed; and the transports that they need beside UDP."""

    def __init__(self, endpoint: Any, settings: "PjsipSettings", most: int, guard: Guard) -> None:
        self._endpoint = endpoint
        self._guard = guard
        self._most = most
        self._settings = settings
        self._accounts: dict[Hashable, _Account] = {}
        self._transports = {Transport.UDP}
        self._answers: deque[tuple[int, int]] = deque()
        # A request is known by the address of its parameters, which live as long as it does.
        self._asked: dict[int, tuple[Any, Told, Hashable]] = {}
        self._calls: dict[int, Hashable] = {}

    def prepare(self, trunk: Trunk) -> CannotDial | None:
        """Have an account for a trunk; where that cannot be, why, for a frame without objects of
        pjsua2 to raise. NoWay where the engine has not what the trunk wants."""
        self._guard.expect(trunk.host)
        if trunk.link.proxy is not None:
            self._guard.expect(trunk.link.proxy[0])
        if _terms(trunk) in self._accounts:
            return None
        if not self._have_room():
            return CannotDial("the trunks need more accounts than the engine has")
        try:
            self._open(trunk.link.transport)
            account = _Account(self._answers)
            account.create(self._configuration(trunk))
        except pj.Error as fault:
            return NoWay(f"the engine cannot do what the trunk wants: {fault.reason}")
        self._accounts[_terms(trunk)] = account
        return None

    def taken(self, trunk: Trunk, call: int) -> Any:
        """The account for a trunk, once it is prepared; a call has it until that has `left`."""
        self._calls[call] = _terms(trunk)
        return self._accounts[_terms(trunk)]

    def left(self, call: int) -> None:
        """A call is over."""
        self._calls.pop(call, None)

    def ask(self, trunk: Trunk, told: Told) -> CannotDial | None:
        """Send an OPTIONS; `told` is called with the final answer by `report`. Gives why it could
        not be sent."""
        fault = self.prepare(trunk)
        if fault is not None:
            return fault
        request = pj.SendRequestParam()
        request.method = "OPTIONS"
        request.txOption.targetUri = uri_of(trunk)
        request.userData = request.this
        self._asked[int(request.this)] = request, told, _terms(trunk)
        try:
            self._accounts[_terms(trunk)].sendRequest(request)
        except pj.Error as error:
            del self._asked[int(request.this)]
            return NoWay(str(error.reason))
        return None

    def registration(self, trunk: Trunk) -> int | None:
        """Be registered there; what the last registration was answered with."""
        if self.prepare(trunk) is not None:
            return None
        account = self._accounts[_terms(trunk)]
        if not account.wanted:
            account.wanted = True
            with suppress(pj.Error):  # it is tried again, as after any failure
                account.setRegistration(True)
        code: int | None = account.code
        return code

    def unregister(self, trunk: Trunk) -> None:
        """Be registered there no more."""
        account = self._accounts.get(_terms(trunk))
        if account is not None and account.wanted:
            account.leave()

    def leave(self) -> None:
        """Be registered nowhere any more."""
        for account in self._accounts.values():
            if account.wanted:
                account.leave()

    @property
    def are_leaving(self) -> bool:
        """Whether some registrar has not confirmed that yet."""
        return any(account.is_leaving for account in self._accounts.values())

    def report(self) -> None:
        """Pass on what was heard."""
        while self._answers:
            request, status = self._answers.popleft()
            _, told, _ = self._asked.pop(request)
            told(status)

    def clear(self) -> None:
        """Let go of all."""
        self._accounts.clear()
        self._asked.clear()

    def _have_room(self) -> bool:
        """For one more, if need be by letting go of one that nothing uses."""
        if len(self._accounts) < self._most:
            return True
        used = {*self._calls.values(), *(terms for _, _, terms in self._asked.values())}
        for terms, account in self._accounts.items():
            if terms not in used and not (account.wanted or account.is_leaving):
                del self._accounts[terms]
                return True
        return False

    def _open(self, transport: Transport) -> None:
        if transport in self._transports:
            return
        config, kind = bound_to(self._settings, pj.TransportConfig()), pj.PJSIP_TRANSPORT_TCP
        config.port = self._settings.sip_port
        if transport is Transport.TLS:
            # TCP may have that port.
            config.port, kind = 0, pj.PJSIP_TRANSPORT_TLS
            config.tlsConfig.verifyServer = True
            config.tlsConfig.CaListFile = ssl.get_default_verify_paths().cafile or ""
            config.tlsConfig.proto = pj.PJ_SSL_SOCK_PROTO_TLS1_2 | pj.PJ_SSL_SOCK_PROTO_TLS1_3
        self._endpoint.transportCreate(kind, config)
        self._guard.protect(*sip_sockets(self._settings.sip_port))
        self._transports.add(transport)

    def _configuration(self, trunk: Trunk) -> Any:
        config, link = pj.AccountConfig(), trunk.link
        config.idUri = f"sip:ringback@{self._settings.shown_host}"
        # Both are for clients that have no public address.
        config.natConfig.sipOutboundUse = config.natConfig.contactRewriteUse = 0
        rtp = bound_to(self._settings, config.mediaConfig.transportConfig)
        rtp.port, rtp.portRange = self._settings.rtp_port, self._settings.rtp_ports
        if link.srtp:
            config.mediaConfig.srtpUse = pj.PJMEDIA_SRTP_MANDATORY
            config.mediaConfig.srtpSecureSignaling = 1
        timers = pj.PJSUA_SIP_TIMER_OPTIONAL if link.session_timers else pj.PJSUA_SIP_TIMER_INACTIVE
        config.callConfig.timerUse = timers
        if link.release_media:
            config.callConfig.timerSessExpiresSec = RELEASED_SESSION_S
        if link.proxy is not None:
            host, port = link.proxy
            config.sipConfig.proxies.append(f"sip:{host}:{port}{_by(link.transport)};lr")
        if trunk.credentials is not None:
            user, password = trunk.credentials
            config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", user, 0, password))
            if link.registers:
                config.idUri = f"sip:{quote(user, safe=IN_A_USER)}@{trunk.host}"
                config.regConfig.registrarUri = uri_of(trunk)
                config.regConfig.registerOnAdd = False
                config.regConfig.timeoutSec = REGISTERED_S
                config.regConfig.retryIntervalSec = REGISTER_AGAIN_S
                config.regConfig.firstRetryIntervalSec = REGISTER_AGAIN_S
        return config


class _Account(pj.Account):  # type: ignore[misc] # SWIG generates no types
    """Notes what it hears, for `Accounts` to report; `code` is what the last registration was
    answered with, while one is `wanted`."""

    def __init__(self, answers: deque[tuple[int, int]]) -> None:
        super().__init__()
        self._answers = answers
        self.wanted = self.is_leaving = False
        self.code: int | None = None

    def leave(self) -> None:
        """Be registered no more."""
        self.wanted, self.code = False, None
        with suppress(pj.Error):  # it was not registered
            self.setRegistration(False)
            self.is_leaving = True

    def onSendRequest(self, parameter: Any) -> None:
        self._answers.append((int(parameter.userData), parameter.e.body.tsxState.tsx.statusCode))

    def onRegState(self, parameter: Any) -> None:
        self.is_leaving = False
        if self.wanted:
            self.code = parameter.code


def uri_of(trunk: Trunk, user: str = "") -> str:
    """Where requests to a trunk go."""
    return f"sip:{f'{user}@' * bool(user)}{trunk.host}:{trunk.port}{_by(trunk.link.transport)}"


def bound_to(settings: "PjsipSettings", transport: Any) -> Any:
    """The transport, at the worker's address."""
    transport.boundAddress = settings.host
    transport.publicAddress = settings.public_address or ""
    return transport


def _by(transport: Transport) -> str:
    return "" if transport is Transport.UDP else f";transport={transport.value}"


def _terms(trunk: Trunk) -> Hashable:
    """What trunks with one account have in common."""
    link = trunk.link
    spoken_to = link.transport, link.proxy, link.srtp, link.session_timers, link.release_media
    return trunk.credentials, spoken_to, (trunk.host, trunk.port) if link.registers else None
