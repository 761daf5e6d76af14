"""What the desktop dialer calls itself in the User-Agent of its requests."""

import re

DIALER = "Callback Dialer"
# A product and its version (RFC 9110 §10.1.5): `CallbackDialer/1.4.2 (Windows 11)`.
DIALER_PRODUCT = "CallbackDialer"
_DIALER = re.compile(rf"{DIALER_PRODUCT}(?:/(\S*))?(?!\S)")


def dialer_version(agent: str) -> str | None:
    """The version of the dialer whose User-Agent this is, empty where it names none; None where
    it is that of something else."""
    product = _DIALER.match(agent)
    return None if product is None else product[1] or ""
