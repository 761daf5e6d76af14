"""Digest authentication (RFC 8760, RFC 7616, RFC 3261 §22): challenges and their answers.

Only with qop "auth", which all user agents of today know.
"""

import hmac
import re
from dataclasses import dataclass

from switchboard.sip.fields import MalformedSip, split
from switchboard.sip.message import Header, Request
from switchboard.sip.secret import ALGORITHMS, REALM, Secret, hashed

_SCHEME = re.compile(r"digest\s+", re.IGNORECASE)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request brings to prove who sent it."""

    user: str
    nonce: str
    uri: str
    response: str
    algorithm: str
    cnonce: str
    nc: str

    @classmethod
    def of(cls, request: Request) -> "Credentials | None":
        """Those for our realm, with an algorithm of ours; None where there are none."""
        for value in request.every("Authorization"):
            params = _params(value)
            algorithm = params.get("algorithm", "MD5").upper()
            ours = params.get("realm") == REALM and algorithm in ALGORITHMS
            if ours and params.get("qop", "").lower() == "auth":
                names = "username nonce uri response cnonce nc".split()
                user, nonce, uri, response, cnonce, nc = (params.get(name, "") for name in names)
                return cls(user, nonce, uri, response.lower(), algorithm, cnonce, nc)
        return None

    def proves(self, secret: Secret, request: Request) -> bool:
        """Whether its sender knows the password of `secret`, and means this very request."""
        ha2 = hashed(self.algorithm, f"{request.method}:{self.uri}")
        parts = secret.ha1(self.algorithm), self.nonce, self.nc, self.cnonce, "auth", ha2
        expected = hashed(self.algorithm, ":".join(parts))
        brought = self.response.encode("utf-8", "surrogateescape")
        same = hmac.compare_digest(expected.encode(), brought)
        return same and (self.uri, self.user) == (request.uri, secret.user)


def challenge(nonce: str, *, stale: bool = False) -> tuple[Header, ...]:
    """What a 401 asks for, once for each algorithm; `stale` says that the password was right."""
    ending = ", stale=true" if stale else ""
    return tuple(
        (
            "WWW-Authenticate",
            f'Digest realm="{REALM}", nonce="{nonce}", algorithm={algorithm}, qop="auth"{ending}',
        )
        for algorithm in ALGORITHMS
    )


def _params(value: str) -> dict[str, str]:
    scheme = _SCHEME.match(value)
    if scheme is None:
        return {}
    params = {}
    for part in split(value[scheme.end() :], ","):
        name, equals, text = part.partition("=")
        if not equals:
            raise MalformedSip(f"no parameter of a digest: {part[:40]!r}")
        quoted = _QUOTED.fullmatch(text.strip())
        content = text.strip() if quoted is None else re.sub(r"\\(.)", r"\1", quoted[1])
        params[name.strip().lower()] = content
    return params
