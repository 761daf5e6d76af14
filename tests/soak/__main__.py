"""`make soak`: prints what each worker held before and after; fails where something was left."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from ringback.embedded.process import start_embedded_aws
from tests.soak.counts import EXACT, OBJECTS
from tests.soak.run import Plan, Soak
from workers.pjsip import engine

# Transactions of SIP live for half a minute.
REST_S = 35
TUNED = Plan(callbacks=5000, warm_up=500, workers=2, at_once=24, rest_s=REST_S)
# Two callbacks fit into a process.
STOCK = Plan(callbacks=1000, warm_up=200, workers=4, at_once=8, rest_s=REST_S)


def tell(line: str) -> None:
    print(line, flush=True)


def main() -> int:
    is_tuned = hasattr(engine.pj, "MAX_ACCOUNTS")
    plan = TUNED if is_tuned else STOCK
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--callbacks", type=int, default=plan.callbacks)
    parser.add_argument("--warm-up", type=int, default=plan.warm_up)
    told = parser.parse_args()
    plan = Plan(told.callbacks, told.warm_up, plan.workers, plan.at_once, plan.rest_s)
    name = "tuned" if is_tuned else "stock"
    tell(f"{plan.callbacks} callbacks after {plan.warm_up} to warm up, with the {name} engine")
    with tempfile.TemporaryDirectory(prefix="ringback-soak-") as folder:
        (Path(folder) / "aws").mkdir()
        with start_embedded_aws(Path(folder) / "aws", log=False) as aws:
            soaked = asyncio.run(Soak(aws, Path(folder), plan, tell).run())
    print(f"{plan.callbacks / soaked.took_s:.1f} callbacks a second")
    wrong = [*soaked.lost, *([] if soaked.books_are_clean else ["the books are not clean"])]
    for number, (before, after) in enumerate(zip(soaked.before, soaked.after, strict=True)):
        print(
            f"worker {number}: {before.megabytes:.1f} MB, then {after.megabytes:.1f}"
            f" ({100 * (after.megabytes / before.megabytes - 1):+.1f} %);"
            f" files {before.files}, then {after.files};"
            f" UDP sockets {before.udp_sockets}, then {after.udp_sockets}; "
            + "; ".join(
                f"{name} {before.told[name]}, then {after.told[name]}" for name in (*EXACT, OBJECTS)
            )
        )
        wrong += (f"worker {number}: {one}" for one in after.too_much(before, plan.callbacks))
    for one in wrong:
        print(one)
    print("something was left behind or lost" if wrong else "nothing was lost, nothing left behind")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
