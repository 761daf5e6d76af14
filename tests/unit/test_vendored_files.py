"""Holds the front-end files of others to what was fetched and to what their README says."""

import hashlib
import json
from pathlib import Path

API = Path(__file__).parents[2] / "api"
VENDORED = API / "chalicelib" / "static" / "vendor"


def test_vendored_files_are_the_recorded_ones_and_no_others():
    recorded = dict(
        reversed(line.split("  ")) for line in (VENDORED / "SHA256SUMS").read_text().splitlines()
    )

    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDORED.iterdir()
        if path.name not in {"README.md", "SHA256SUMS"}
    }

    assert found == recorded


def test_the_readme_names_the_versions_that_are_locked():
    packages = json.loads((API / "package-lock.json").read_text())["packages"]
    readme = (VENDORED / "README.md").read_text()

    for name in packages[""]["dependencies"]:
        assert f"`{name}` {packages[f'node_modules/{name}']['version']}" in readme
