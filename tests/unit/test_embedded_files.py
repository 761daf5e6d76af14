"""Objects of the embedded S3 on the disk."""

import os

from ringback.embedded.files import DAY_S, forget_old

NOW_S = 1_800_000_000


def test_what_its_rules_would_have_taken_away_is_gone_and_all_else_stays(tmp_path):
    ages = {"uploads/jane/1": 2, "secrets/2/pins.csv": 1, "results/3/a.xlsx": 2, "results/4/b": 9}
    for key, days in ages.items():
        path = tmp_path / "000000000000" / "files" / key
        path.parent.mkdir(parents=True)
        path.write_bytes(b"x")
        os.utime(path, times=(0, NOW_S - days * DAY_S - 1))

    forget_old(tmp_path, NOW_S)

    left = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert left == ["a.xlsx"]
    forget_old(tmp_path / "missing", NOW_S)
