"""Where a far end may speak from: hosts that an answer to our INVITE names."""

import re
from collections.abc import Iterator

# Requests within the dialog come from the contact, or from the last of the proxies that stay in
# between (RFC 3261 §12.1).
_LINE = re.compile(r"^(?:contact|m|record-route)[ \t]*:(.*)$", re.IGNORECASE | re.MULTILINE)
_HOST = re.compile(r"sips?:(?:[^@>\s]*@)?([\w.-]+)", re.IGNORECASE)


def hosts_of(answer: str) -> Iterator[str]:
    """The hosts of its contact and of its route, names or addresses."""
    for line in _LINE.finditer(answer):
        yield from _HOST.findall(line[1])
