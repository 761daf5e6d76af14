"""What is deployed to Lambda: one zip that needs nothing but Lambda's own boto3 beside it."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from switchboard.aws.queues import JOB_VISIBLE_AGAIN_S

pytestmark = pytest.mark.integration

API = Path(__file__).parents[2] / "api"
LARGEST_ZIP_MB = 50
OF_LAMBDA = {"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six"}
WHERE_FROM = """
import json, sys
sys.path.insert(0, sys.argv[1])
import app, switchboard.aws, switchboard.vault
found = {}
for name, module in list(sys.modules.items()):
    file = getattr(module, "__file__", None)
    if file and "site-packages" in file and name[0] != "_":
        found[name.partition(".")[0]] = file
print(json.dumps(found))
"""


def _functions_with(packaged: Path, event: str) -> list[dict]:
    """The functions that events of this type are handed to, as they are deployed."""
    resources = json.loads((packaged / "sam.json").read_text())["Resources"].values()
    functions = [one["Properties"] for one in resources if "Function" in one["Type"]]
    return [
        one for one in functions if event in [of["Type"] for of in one.get("Events", {}).values()]
    ]


def test_the_zip_has_all_that_the_api_imports_and_is_small(tmp_path):
    package = [str(Path(sys.executable).with_name("chalice")), "package", str(tmp_path)]
    env = {**os.environ, "PIP_NO_DEPS": "1", "AWS_DEFAULT_REGION": "eu-west-1"}
    subprocess.run(package, cwd=API, env=env, check=True, capture_output=True)
    deployed = tmp_path / "deployment.zip"

    unpacked = tmp_path / "task"
    with zipfile.ZipFile(deployed) as archive:
        archive.extractall(unpacked)
    asked = [sys.executable, "-c", WHERE_FROM, str(unpacked)]
    answer = subprocess.run(asked, cwd=tmp_path, check=True, capture_output=True, text=True)

    [runner] = _functions_with(tmp_path, "SQS")
    [event] = runner["Events"].values()
    assert (event["Properties"]["BatchSize"], runner["Timeout"]) == (1, JOB_VISIBLE_AGAIN_S)
    assert event["Properties"]["Queue"]["Fn::Sub"].endswith(":ringback-jobs")
    assert set(json.loads(answer.stdout)) <= OF_LAMBDA
    assert deployed.stat().st_size < LARGEST_ZIP_MB * 1_000_000
