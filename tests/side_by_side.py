"""Every test, in three runs at once: those with real telephones, which mostly wait; those that hold
the stores to their contracts, which wait for DynamoDB engines; and all others, which compute, with
those of programs that ring nobody.

The last two run at a lower priority, so that no call is late because of them. The telephones' run
is shown as it goes, the others when they are over; where any fails, this does. A test with
telephones that failed beside the others may pass alone.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile

from tests.second_try import PYTEST, first_try, second_try

INTEGRATION = Path("tests/integration")
# Of its files, those of programs that ring nobody.
RING_NOBODY = (
    "*_command",
    "embedded_aws*",
    "api_process",
    "chaos_proxy",
    "jobs_*",
    "package",
    "rest_*",
)
PROGRAMS = sorted(str(path) for name in RING_NOBODY for path in INTEGRATION.glob(f"test_{name}.py"))
TELEPHONES = [str(INTEGRATION), *(f"--ignore={path}" for path in PROGRAMS)]
STORES = ["tests/contract", "tests/dynamodb_local"]
OTHERS = ["tests/browser", "tests/unit", "tests/test_house.py", *PROGRAMS]
# A test that waits for its turn takes longer than one that does not; what failed last is the
# telephones' run to remember.
PATIENT = ["--timeout=600", "-p", "no:cacheprovider"]


def main() -> int:
    """The status of whichever run failed; 0 where none did."""
    with TemporaryFile() as stores_said, TemporaryFile() as others_said:
        beside = [
            (_start(STORES, stores_said), stores_said),
            (_start(OTHERS, others_said), others_said),
        ]
        status = first_try(TELEPHONES)
        for run, said in beside:
            run.wait()
            said.seek(0)
            shutil.copyfileobj(said, sys.stdout.buffer)
        sys.stdout.flush()
        telephones = second_try(TELEPHONES, status)
    return telephones or max((run.returncode for run, _ in beside), key=abs)


def _start(tests, said) -> subprocess.Popen[bytes]:
    """Goes on by itself; what it says is kept."""
    words = ["nice", "-n", "5", *PYTEST, *tests, *PATIENT]
    return subprocess.Popen(words, stdout=said, stderr=subprocess.STDOUT)


if __name__ == "__main__":
    sys.exit(main())
