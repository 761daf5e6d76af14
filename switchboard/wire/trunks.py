"""Trunks, without their passwords, for those who run the system."""

from datetime import timedelta

from switchboard.calls.caller_id import CallerId
from switchboard.calls.link import Link
from switchboard.calls.trunk import Trunk
from switchboard.wire.forms import Body


def trunk_body(trunk: Trunk) -> Body:
    """A trunk; `user` and `rings_as` are the user names of its passwords."""
    return {
        "trunk": trunk.name,
        "host": trunk.host,
        "port": trunk.port,
        "priority": trunk.priority,
        "weight": trunk.weight,
        "capacity": trunk.capacity,
        "calls_per_second": trunk.calls_per_second,
        "cost_sheet": trunk.cost_sheet,
        "rewrites": [str(rule) for rule in trunk.rewrites],
        "enabled": trunk.enabled,
        "rings_from": [*trunk.rings_from],
        "rings_as": None if trunk.rings_as is None else trunk.rings_as.user,
        "user": None if trunk.credentials is None else trunk.credentials[0],
        "reply_limit": _seconds(trunk.reply_limit),
        "rests_after": trunk.rests_after,
        "keep_alive": None if trunk.keep_alive is None else _seconds(trunk.keep_alive),
        **_caller_id_body(trunk.caller_id),
        **_link_body(trunk.link),
    }


def _link_body(link: Link) -> Body:
    return {
        "transport": link.transport.value,
        "proxy": None if link.proxy is None else f"{link.proxy[0]}:{link.proxy[1]}",
        "registers": link.registers,
        "srtp": link.srtp,
        "codecs": [codec.value for codec in link.codecs],
        "session_timers": link.session_timers,
        "release_media": link.release_media,
    }


def _caller_id_body(caller_id: CallerId) -> Body:
    sender, asserted = caller_id.sender, caller_id.asserted
    return {
        "from": sender.says,
        "from_rewrites": [str(rule) for rule in sender.rewrites],
        "from_domain": caller_id.domain or None,
        "asserted": None if asserted is None else asserted.says,
        "asserted_rewrites": [] if asserted is None else [str(rule) for rule in asserted.rewrites],
    }


def _seconds(span: timedelta) -> int:
    return span // timedelta(seconds=1)
