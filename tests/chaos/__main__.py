"""`make chaos`: a run by a seed; the exit status is 0 only if all holds."""

import argparse
import asyncio
import logging
import shutil
import sys
import time
from pathlib import Path

from ringback.embedded.process import start_embedded_aws
from tests.chaos.plan import Scale, plan_of
from tests.chaos.report import engine, report
from tests.chaos.verdicts import verdicts_on
from tests.chaos.world import live

FOLDER = Path("var/chaos")


def main() -> int:
    usual = Scale()
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--callbacks", type=int, default=usual.callbacks)
    parser.add_argument("--processes", type=int, default=usual.processes)
    parser.add_argument("--seconds", type=float, default=usual.orders_s, help="in which they come")
    told = parser.parse_args()
    plan = plan_of(told.seed, Scale(told.callbacks, told.processes, told.seconds))
    # A carrier that was gone wonders at what it finds.
    logging.getLogger("ringback.carrier").setLevel(logging.ERROR)
    print(f"chaos by seed {plan.seed}: {told.callbacks} callbacks on {engine()}", flush=True)
    began_s = time.monotonic()
    shutil.rmtree(FOLDER, ignore_errors=True)
    with start_embedded_aws(FOLDER / "aws", log=False) as aws:
        story = asyncio.run(live(plan, aws, FOLDER, lambda line: print(line, flush=True)))
    verdicts = verdicts_on(story.aftermath)
    for line in report(story, verdicts):
        print(line)
    good = all(verdict.holds for verdict in verdicts)
    took_s = time.monotonic() - began_s
    print(f"{'all holds' if good else 'SOMETHING IS BROKEN'}, in {took_s:.0f} s; log: {FOLDER}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
