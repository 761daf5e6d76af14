"""The torture messages of RFC 4475 as the datagrams that they are."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

TEXT = Path(__file__).with_suffix(".txt")
_TITLE = re.compile(r"^=== (?P<name>\w+) (?P<section>[0-9.]+) .*\n", re.MULTILINE)
_ONE_LINE = re.compile(r"<allOneLine>\n(.*?)\n</allOneLine>", re.DOTALL)
_REPEAT = re.compile(r"<repeat count=(\d+)>(.*?)</repeat>")
_HEX = re.compile(r"<hex>([0-9A-F]+)</hex>")


def _messages() -> Iterator[tuple[str, bytes]]:
    text = TEXT.read_text(encoding="ascii")
    titles = list(_TITLE.finditer(text))
    ends = [*(title.start() for title in titles[1:]), len(text)]
    for title, end in zip(titles, ends, strict=True):
        yield title["name"], _datagram(text[title.end() : end])


def _datagram(text: str) -> bytes:
    text = _ONE_LINE.sub(lambda found: found[1].replace("\n", ""), text)
    text = _REPEAT.sub(lambda found: found[2] * int(found[1]), text).replace("\n", "\r\n")
    # Last, since the bytes may be any.
    return _HEX.sub(lambda found: bytes.fromhex(found[1]).decode("latin-1"), text).encode("latin-1")


# By their names.
MESSAGES: Mapping[str, bytes] = dict(_messages())
