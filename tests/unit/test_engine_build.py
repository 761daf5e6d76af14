"""The build of pjsua2 takes no source that nobody vouches for, and says what it is made with."""

import re
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

BUILD = Path(__file__).parents[2] / "workers" / "pjsip" / "build"


def refusal(source: Path) -> str:
    """What the build says before it has done anything."""
    script = str(BUILD / "build.sh")
    refused = subprocess.run([script, str(source)], capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stdout) == (1, "")
    return refused.stderr


def test_a_tarball_of_another_checksum_is_refused_by_its_checksum(tmp_path):
    tarball = tmp_path / "pjproject-2.17.tar.gz"
    tarball.write_bytes(b"something else")

    said = refusal(tarball)

    assert str(tarball) in said
    assert sha256(b"something else").hexdigest() in said


def test_a_source_that_is_not_there_is_named(tmp_path):
    assert str(tmp_path / "missing.tar.gz") in refusal(tmp_path / "missing.tar.gz")


def test_the_readme_gives_a_reason_for_each_define():
    defines = set(
        re.findall(r"^#define (\w+)", (BUILD / "config_site.h").read_text(), re.MULTILINE)
    )

    explained = set(re.findall(r"`(PJ\w+)`", (BUILD / "README.md").read_text()))

    assert defines == explained


@pytest.mark.parametrize("limit", re.findall(r"int (\w+) =", (BUILD / "limits.i").read_text()))
def test_the_engine_reads_the_limits_that_the_build_tells(limit):
    engine = (BUILD.parent / "engine.py").read_text()

    assert f'getattr(pj, "{limit}", ' in engine
