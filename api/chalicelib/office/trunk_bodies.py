"""What is asked for and told of trunks."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.bodies import E164, Model
from chalicelib.office.bodies import Patch, Title, TrunkName, Version

Rule = Annotated[str, Field(max_length=60, examples=["44=strip2,prepend0044"])]
Rules = Annotated[list[Rule], Field(max_length=100)]
Address = Annotated[str, Field(min_length=1, max_length=253, examples=["sip.example.com:5060"])]
Transport = Literal["udp", "tcp", "tls"]
Codecs = Annotated[list[Literal["pcmu", "pcma"]], Field(min_length=1, max_length=2)]
Whose = Annotated[str, Field(pattern=r"^(caller|account|\+?[0-9]{1,20})$", examples=["caller"])]


class TrunkHealth(Model):
    """How the workers find a trunk."""

    state: str
    """disabled, no workers, silent, resting, failing, not registered or ok: the worst."""
    workers: int
    found_by: int
    """So many of the workers find it so."""
    rests_until: datetime | None
    why: str | None


class Trunk(Model):
    """A carrier that terminates legs, without its passwords."""

    trunk: str
    address: str
    host: str
    port: int
    priority: int
    """The lowest is tried first."""
    weight: int
    capacity: int | None
    """Most legs at once."""
    calls_per_second: int | None
    cost_sheet: str | None
    """The rate sheet with its prices; null: what it costs is not known."""
    rewrites: list[str]
    """How numbers are sent: the first rule that fits."""
    enabled: bool
    rings_from: list[str]
    rings_as: str | None
    user: str | None
    reply_limit: int
    """Seconds to reply; then the next trunk is tried."""
    rests_after: int
    """So many failures in a row; 0: never."""
    keep_alive: int | None
    """Seconds between OPTIONS."""
    sender: Annotated[str, Field(alias="from")]
    sender_rewrites: Annotated[list[str], Field(alias="from_rewrites")]
    sender_domain: Annotated[str | None, Field(alias="from_domain")]
    asserted: str | None
    asserted_rewrites: list[str]
    transport: Transport
    proxy: str | None
    registers: bool
    srtp: bool
    codecs: Codecs
    session_timers: bool
    release_media: bool
    version: Version
    health: TrunkHealth | None
    """Null where a trunk was only added or changed."""


class Secret(Model):
    """A user name and its password, for digest authentication."""

    user: Annotated[str, Field(min_length=1, max_length=128)]
    password: Annotated[str, Field(min_length=1, max_length=256)]


class TrunkChanges(Patch):
    """What to change of a trunk. Workers notice within ten seconds."""

    address: Address | None = None
    priority: Annotated[int | None, Field(ge=0, le=1_000_000)] = None
    weight: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
    capacity: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
    calls_per_second: Annotated[int | None, Field(ge=1, le=10_000)] = None
    cost_sheet: Title | None = None
    rewrites: Rules | None = None
    enabled: bool | None = None
    rings_from: Annotated[
        list[Annotated[str, Field(max_length=18, examples=["203.0.113.0/28"])]] | None,
        Field(max_length=200),
    ] = None
    """Networks that it sends rings from, beside its own host."""
    rings_login: Secret | None = None
    """As whom it may ring from anywhere; null: from nowhere else."""
    login: Secret | None = None
    """As whom it knows us; null: by our address."""
    reply_limit: Annotated[int | None, Field(ge=1, le=32)] = None
    rests_after: Annotated[int | None, Field(ge=0, le=1000)] = None
    keep_alive: Annotated[int | None, Field(ge=5, le=3600)] = None
    sender: Annotated[Whose | None, Field(alias="from")] = None
    """Whose number From has: caller, account, or a number."""
    sender_rewrites: Annotated[Rules | None, Field(alias="from_rewrites")] = None
    sender_domain: Annotated[str | None, Field(alias="from_domain", max_length=253)] = None
    asserted: Whose | None = None
    """The same of P-Asserted-Identity; null: there is none."""
    asserted_rewrites: Rules | None = None
    transport: Transport | None = None
    proxy: Address | None = None
    registers: bool | None = None
    srtp: bool | None = None
    codecs: Codecs | None = None
    session_timers: bool | None = None
    release_media: bool | None = None


class NewTrunk(TrunkChanges):
    """A trunk to be added."""

    trunk: TrunkName
    address: Address


class TrunkTest(Model):
    """How a trunk is asked."""

    number: E164 | None = None
    """Shown as the trunk would get it; it is not dialled."""


class TrunkReply(Model):
    """What a trunk answered when it was asked for its options (SIP OPTIONS)."""

    status: int
    reason: str
    milliseconds: int
    sent: str | None
    """The number as it would be sent."""
