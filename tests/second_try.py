"""Tests with real telephones, on a machine that may be too busy for them: what failed is run once
more by itself, and fails if it does so again.

    python -m tests.second_try tests/integration/test_phone.py …
"""

import subprocess
import sys
from collections.abc import Sequence

PYTEST = [sys.executable, "-m", "pytest"]
# What pytest exits with where tests ran and some failed, and nothing worse happened.
SOME_FAILED = 1


def first_try(tests: Sequence[str]) -> int:
    """Pytest's exit status for `tests`, as arguments of it."""
    return subprocess.run([*PYTEST, *tests], check=False).returncode


def second_try(tests: Sequence[str], status: int) -> int:
    """The status after those have run again that failed in the first try, which exited with
    `status`. To be called when nothing else runs any more."""
    if status != SOME_FAILED:
        return status
    sys.stdout.write("\nWhat failed is run once more, by itself:\n")
    sys.stdout.flush()
    again = ["--last-failed", "--last-failed-no-failures=none"]
    return subprocess.run([*PYTEST, *tests, *again], check=False).returncode


if __name__ == "__main__":
    sys.exit(second_try(sys.argv[1:], first_try(sys.argv[1:])))
