"""Long lists, read ahead."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Part = TypeVar("Part")


def read_ahead(parts: Iterator[Part]) -> Iterator[Part]:
    """The same parts, each of which is read while the one before it is worked with; but nothing
    behind the first, before it is known to be asked for."""
    for first in parts:
        yield first
        break
    with ThreadPoolExecutor(1, "read-ahead") as reader:
        coming = reader.submit(next, parts, None)
        while (part := coming.result()) is not None:
            coming = reader.submit(next, parts, None)
            yield part
