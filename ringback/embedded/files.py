"""Objects of S3 on the disk: those that S3 would have taken away by now are, at each start."""

from pathlib import Path

from switchboard.staff.jobs import FILE_DAYS

DAY_S = 86_400


def forget_old(files: Path, now_s: float) -> None:
    """Delete what is older than the rules of its bucket allow; ministack keeps it for ever."""
    for account_and_bucket in files.glob("*/*"):
        for prefix, days in FILE_DAYS.items():
            for path in (account_and_bucket / prefix).rglob("*"):
                if path.is_file() and path.stat().st_mtime < now_s - days * DAY_S:
                    path.unlink()
