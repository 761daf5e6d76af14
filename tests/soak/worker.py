"""A worker that tells on SIGUSR1 what it holds: `python -m tests.soak.worker`, as `workers`.

It writes JSON to a file that is named for its process, in the folder that SOAK_COUNTS names.
"""

import asyncio
import ctypes
import gc
import json
import os
import signal
import sys
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pjsua2 import _pjsua2 as library

from workers.__main__ import main

FOLDER = "SOAK_COUNTS"
# Whose objects are counted, with what is in their tables.
OURS = ("workers", "switchboard")
TABLES = (dict, list, set, deque)

_C = ctypes.CDLL(library.__file__)


def tell(_number: int, _frame: object) -> None:
    """In the thread of the loop and the engine, between two steps of Python."""
    gc.collect()
    tables: Counter[str] = Counter()
    for kind, name, value in _attributes():
        tables[f"{kind}.{name}"] += len(value)
    counted = {
        "calls": _C.pjsua_call_get_count(),
        "conference ports": _C.pjsua_conf_get_active_ports(),
        "tasks": len(asyncio.all_tasks(asyncio.get_running_loop())),
        "objects": len(gc.get_objects()),
        **tables,
    }
    path = Path(os.environ[FOLDER]) / f"{os.getpid()}.json"
    unfinished = path.with_suffix(".part")
    unfinished.write_text(json.dumps(counted))
    unfinished.rename(path)


def _attributes() -> Iterator[tuple[str, str, Any]]:
    """The tables in the objects of ours that there are, by their class and name."""
    for one in gc.get_objects():
        kind = type(one)
        if kind.__module__.partition(".")[0] in OURS:
            names = {*getattr(one, "__dict__", ()), *getattr(kind, "__slots__", ())}
            for name in names:
                value = getattr(one, name, None)
                if isinstance(value, TABLES):
                    yield kind.__name__, name, value


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, tell)
    sys.exit(main())
