"""Every test, in two runs at once: those with real telephones, which mostly wait, and all others,
which compute.

These run at a lower priority, so that no call is late because of them. The telephones' run is
shown as it goes, the other one when it is over; where either fails, this does. A test with
telephones that failed beside the others may pass alone.
"""

import shutil
import subprocess
import sys
from tempfile import TemporaryFile

from tests.second_try import PYTEST, first_try, second_try

TELEPHONES = "tests/integration"
# A test that waits for its turn takes longer than one that does not; what failed last is the
# other run's to remember.
PATIENT = ["--timeout=600", "-p", "no:cacheprovider"]


def main() -> int:
    """The status of whichever run failed; 0 where none did."""
    others = ["nice", "-n", "5", *PYTEST, "tests", f"--ignore={TELEPHONES}", *PATIENT]
    with (
        TemporaryFile() as said,
        subprocess.Popen(others, stdout=said, stderr=subprocess.STDOUT) as computing,
    ):
        status = first_try([TELEPHONES])
        computing.wait()
        said.seek(0)
        shutil.copyfileobj(said, sys.stdout.buffer)
        sys.stdout.flush()
    return second_try([TELEPHONES], status) or computing.returncode


if __name__ == "__main__":
    sys.exit(main())
