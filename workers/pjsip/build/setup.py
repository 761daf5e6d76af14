"""Compiles what SWIG made of pjproject's C++ library, and packs it as a wheel.

Run by build.sh in pjproject's own folder for that, which knows how to link its libraries.
"""

import os
import subprocess

from setuptools import Extension, setup


def asked(target: str) -> list[str]:
    """What pjproject's makefile answers."""
    make = ["make", "--no-print-directory", "--file=helper.mak", target]
    return subprocess.run(make, check=True, capture_output=True, text=True).stdout.split()


setup(
    # That of the stock wheel, so that the one takes the place of the other.
    name="pjsua2-python",
    version=os.environ["WHEEL_VERSION"],
    description="pjsua2 for Ringback's media workers",
    license="GPL-2.0-or-later",
    license_files=["COPYING"],
    packages=["pjsua2"],
    ext_modules=[
        Extension(
            "pjsua2._pjsua2",
            ["pjsua2_wrap.cpp"],
            # After Python's own -O3 and -g: this is glue, and would take two minutes.
            extra_compile_args=[*asked("cflags"), "-O1", "-g0"],
            libraries=asked("libs"),
            extra_link_args=[*asked("ldflags"), "-Wl,--strip-all"],
        )
    ],
)
