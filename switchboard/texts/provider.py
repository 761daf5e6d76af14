"""How a provider of texts speaks to our webhook, where we do not know it by name."""

import hmac
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from switchboard.errors import Malformed, NotANumber
from switchboard.numbering import PhoneNumber

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
SHORTEST_SECRET = 16
# A field of JSON within another is written with a dot: message.text.
_FIELD = re.compile(r"[^\s.][^\s]{0,99}")
# In an answer: what is texted back.
REPLY = "{reply}"


class Method(Enum):
    """How a provider delivers: in the query, or in a body."""

    GET = "GET"
    POST = "POST"


class Format(Enum):
    """What a body is."""

    FORM = "form"
    JSON = "json"


class Proof(Enum):
    """How a provider shows that it is itself: by the secret in a field or a header, or by an
    HMAC-SHA256 of the body (of a GET: of its sorted fields without the HMAC, `name=value`, joined
    by &), as hex or base64, in a header or field."""

    SECRET = "secret"  # noqa: S105  a kind of proof, not a secret
    HMAC = "hmac"


@dataclass(frozen=True, slots=True)
class SmsProvider:
    """The names of its fields, its secret, where it may come from (networks; any where there are
    none), and what it wants to be answered. `proof_in` names the header or field of the proof."""

    name: str
    secret: str = field(repr=False)
    method: Method = Method.POST
    format: Format = Format.JSON
    proof: Proof = Proof.HMAC
    proof_in: str = "X-Signature"
    id_field: str = "id"
    from_field: str = "from"
    to_field: str = "to"
    text_field: str = "text"
    networks: tuple[str, ...] = ()
    answer: str = REPLY
    answer_type: str = "text/plain"

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise Malformed(f"provider “{self.name[:40]}”: use small letters, digits and dashes")
        if len(self.secret) < SHORTEST_SECRET:
            raise Malformed(f"the secret of a provider has at least {SHORTEST_SECRET} characters")
        fields = (self.proof_in, *self.fields.values())
        for one in fields:
            if not _FIELD.fullmatch(one):
                raise Malformed(f"“{one[:40]}” is no name of a field")
        if len(set(fields)) < len(fields):
            raise Malformed("each field of a provider has a name of its own")
        if not re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", self.answer_type):
            raise Malformed(f"“{self.answer_type[:40]}” is no content type, like text/plain")
        for network in self.networks:
            _network(network)

    @property
    def fields(self) -> Mapping[str, str]:
        """What we call a field, and what the provider does."""
        return {
            "id": self.id_field,
            "from": self.from_field,
            "to": self.to_field,
            "text": self.text_field,
        }

    def allows(self, address: str) -> bool:
        """Whether it may come from this IP address."""
        if not self.networks:
            return True
        try:
            came_from = ip_address(address)
        except ValueError:
            return False
        return any(came_from in _network(network) for network in self.networks)

    def proves(self, proof: str, signed: bytes) -> bool:
        """Whether this proof of what was sent is right; takes as long for any wrong one."""
        if self.proof is Proof.SECRET:
            return _equal(proof, self.secret)
        digest = hmac.digest(self.secret.encode(), signed, "sha256")
        given = proof.strip().removeprefix("sha256=")
        as_hex = _equal(given.lower(), digest.hex())
        return _equal(given, b64encode(digest).decode()) or as_hex

    def read(self, given: Mapping[str, str]) -> dict[str, str]:
        """Our fields of what was sent. Malformed names the provider's field that is missing; only
        a text may be empty."""
        for ours, theirs in self.fields.items():
            if not given.get(theirs) and not (ours == "text" and theirs in given):
                raise Malformed(f"{theirs} is missing")
        return {ours: given[theirs] for ours, theirs in self.fields.items()}


def read_sender(text: str) -> PhoneNumber:
    """The number of a sender or of a service number as providers write it, with or without its
    plus. NotANumber for names and short codes."""
    digits = re.sub(r"^\s*(?:\+|00)?|\s+", "", text)
    if len(digits) < 8:
        raise NotANumber("a name or a short code is not a phone number")
    return PhoneNumber(f"+{digits}")


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(
        one.encode(errors="surrogatepass"), other.encode(errors="surrogatepass")
    )


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise Malformed(f"“{text[:40]}” is no network: write it like 203.0.113.0/24") from None
