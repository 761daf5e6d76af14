"""Holds the house to its style where a machine can; names file and line of what is amiss.

ruff, mypy and import-linter check the rest: pyproject.toml.
"""

import ast
import io
import json
import os
import re
import tokenize
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = "switchboard api workers ringback sms_bridge dialer_app infra tests".split()

MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 60

# Where a process takes its next order after a fault (style §4), or hands it to who waits for it.
OUTERMOST_LOOPS = {
    "api/runner.py",  # the next job
    "ringback/cli/app.py",  # a refusal becomes one line; a bug goes on
    "ringback/local/up.py",  # the next sweep
    "switchboard/desk/system_log.py",  # the next lines of a process
    "switchboard/desk/sweep.py",  # one callback keeps no other from being settled
    "workers/channels.py",  # calls go on while the other workers are not heard of
    "workers/chores.py",  # whatever a worker does all the time, again
    "workers/host.py",  # the next order
    "workers/pjsip/call.py",  # an exception that leaves an override of pjsua2's is lost
    "workers/spool.py",  # what a worker left behind; the next one
    "workers/session.py",  # a call that happened is settled, however long the stores are away
    "workers/threads.py",  # raised again where it is awaited
}

KEPT = re.compile(r"\.exception\(|\braise\b|\.set_exception\(")

# The modules of api/ stand in no package, so that import-linter cannot read them.
CLOSED_TO_THE_API = re.compile(
    r"(workers|ringback|sms_bridge|dialer_app|boto3|botocore|pynamodb|phonenumbers|argon2|pjsua2"
    r"|ministack|python_calamine|switchboard\.(aws|vault|spreadsheets))(\.|$)"
)
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}
ENVIRONMENT = {"os.environ", "os.environb", "os.getenv"}

LEFT_OPEN = re.compile(r"\b(TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b")
SUPPRESSION = re.compile(r"# *(noqa|type: *ignore|pragma:|fmt:|ruff:)", re.IGNORECASE)
REASONED = re.compile(
    r"# *(noqa: [A-Z]+\d+(, [A-Z]+\d+)*|type: ignore\[[a-z, -]+\]|pragma: no cover|fmt: \w+)"
    r"[ #:-]+\w+.* \w+"
)


def files(*patterns: str) -> list[str]:
    """What stands below the rooms, without what others wrote and what tools leave behind."""
    found = (path for room in ROOMS for name in patterns for path in (ROOT / room).rglob(name))
    paths = (path.relative_to(ROOT).as_posix() for path in found if path.is_file())
    return sorted(path for path in paths if not re.search(r"/(vendor|node_modules)/", path))


MODULES = files("*.py")
CORE = [path for path in MODULES if path.startswith("switchboard/")]
FLOORS_AND_DESK = [
    path for path in CORE if not path.startswith(("switchboard/aws/", "switchboard/vault"))
]
TESTS = [path for path in MODULES if path.startswith("tests/")]


@cache
def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def tree(path: str) -> ast.Module:
    return ast.parse(text(path), filename=path)


def nodes(paths: Iterable[str], *kinds: type[ast.AST]) -> Iterator[tuple[str, Any]]:
    return (
        (path, node) for path in paths for node in ast.walk(tree(path)) if isinstance(node, kinds)
    )


def lines_with(pattern: re.Pattern[str], paths: Iterable[str]) -> Iterator[str]:
    return (
        f"{path}:{number} {line.strip()}"
        for path in paths
        for number, line in enumerate(text(path).splitlines(), start=1)
        if pattern.search(line)
    )


def uses(names: set[str], paths: Iterable[str]) -> Iterator[str]:
    """Where one of the dotted names is read: `datetime.now`, also as `datetime.datetime.now`."""
    for path, node in nodes(paths, ast.Attribute):
        dotted = ".".join(ast.unparse(node).split(".")[-2:])
        if dotted in names:
            yield f"{path}:{node.lineno} {dotted}"


def imports(path: str) -> Iterator[tuple[int, str]]:
    for _, node in nodes([path], ast.Import, ast.ImportFrom):
        if isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        else:
            yield from ((node.lineno, alias.name) for alias in node.names)


def comments(path: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text(path)).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def expect_none(places: Iterable[str], rule: str) -> None:
    found = list(places)
    if found:
        pytest.fail("\n  ".join([rule, *found]), pytrace=False)


def test_the_rooms_stand_where_the_plan_has_them():
    empty = (room for room in ROOMS if not any((ROOT / room).glob("*.*")))

    expect_none(empty, "Each room of the plan has a file that says what it is for:")


def test_lambda_gets_the_core_by_a_link_in_vendor():
    link = ROOT / "api" / "vendor" / "switchboard"

    assert link.is_symlink()
    assert link.readlink() == Path("../../switchboard")


def test_a_module_opens_with_one_sentence_that_says_what_it_is_for():
    def opens_well(path: str) -> bool:
        sentence = (ast.get_docstring(tree(path)) or "").split("\n\n")[0]
        return bool(re.fullmatch(r"\S.*[.:]", sentence, re.DOTALL))

    silent = (f"{path}:1" for path in MODULES if text(path) and not opens_well(path))

    expect_none(silent, "A module opens with one sentence, ended by a full stop:")


def test_no_file_needs_a_table_of_contents():
    lengths = {path: len(text(path).splitlines()) for path in files("*.py", "*.sh", "*.html")}

    long = (f"{path}:{lines}" for path, lines in lengths.items() if lines > MOST_LINES)

    expect_none(long, f"A file of more than {MOST_LINES} lines is two files:")


def test_no_function_is_longer_than_a_page():
    functions = nodes(MODULES, ast.FunctionDef, ast.AsyncFunctionDef)

    long = (
        f"{path}:{node.lineno} {node.name}"
        for path, node in functions
        if node.end_lineno - node.lineno >= MOST_LINES_OF_A_FUNCTION
    )

    expect_none(long, f"A function has at most {MOST_LINES_OF_A_FUNCTION} lines:")


def test_everything_is_caught_only_in_the_outermost_loop_which_logs_the_traceback():
    def catches_all(node: ast.ExceptHandler) -> bool:
        return node.type is None or bool(re.search(r"\b(Base)?Exception\b", ast.unparse(node.type)))

    stray = (
        f"{path}:{node.lineno}"
        for path, node in nodes(MODULES, ast.ExceptHandler)
        if catches_all(node) and not (path in OUTERMOST_LOOPS and KEPT.search(ast.unparse(node)))
    )

    expect_none(stray, "`except Exception` stands in the outermost loop of a process and logs it:")


def test_the_core_is_told_the_time_and_its_settings():
    asks = [path for path in FLOORS_AND_DESK if path != "switchboard/clock.py"]

    found = [*uses(CLOCKS, asks), *uses(ENVIRONMENT, CORE)]

    expect_none(found, "Rules and use cases are passed the time and their settings:")


def test_money_never_meets_a_float():
    exact = [path for path in CORE if re.match(r"switchboard/(money|rating|ledger|billing)", path)]

    literals = (
        f"{path}:{node.lineno} {node.value}"
        for path, node in nodes(exact, ast.Constant)
        if isinstance(node.value, float)
    )
    conversions = (
        f"{path}:{node.lineno} float" for path, node in nodes(exact, ast.Name) if node.id == "float"
    )

    expect_none([*literals, *conversions], "Money is counted in whole numbers and fractions:")


def test_a_value_is_a_frozen_slotted_dataclass():
    def is_loose(decorator: ast.expr) -> bool:
        written = ast.unparse(decorator)
        is_dataclass = re.match(r"(dataclasses\.)?dataclass\b", written)
        return bool(is_dataclass) and not {"frozen=True", "slots=True"} <= set(
            re.findall(r"\w+=\w+", written)
        )

    loose = (
        f"{path}:{node.lineno} {node.name}"
        for path, node in nodes(CORE, ast.ClassDef)
        if any(is_loose(decorator) for decorator in node.decorator_list)
    )

    expect_none(loose, "A dataclass of the core is frozen and slotted:")


def test_the_modules_of_the_api_keep_to_the_plan_of_the_house():
    loose_modules = [path for path in MODULES if re.fullmatch(r"api/\w+\.py", path)]

    strangers = (
        f"{path}:{line} {name}"
        for path in loose_modules
        for line, name in imports(path)
        if CLOSED_TO_THE_API.match(name)
    )

    expect_none(strangers, "The API imports the core, and its adapters in wiring.py only:")


def test_a_suppression_carries_its_code_and_its_reason():
    def gives_its_reason(path: str, line: int, comment: str) -> bool:
        above = text(path).splitlines()[line - 2].strip()
        has_reason_above = above.startswith("# ") and not SUPPRESSION.match(above)
        return bool(REASONED.match(comment) or (has_reason_above and re.search(r"[:\[]", comment)))

    unexplained = (
        f"{path}:{line} {comment}"
        for path in MODULES
        for line, comment in comments(path)
        if SUPPRESSION.match(comment) and not gives_its_reason(path, line, comment)
    )

    expect_none(unexplained, "A suppression names what it silences and why:")


def test_nothing_is_left_open():
    open_ends = [
        *lines_with(LEFT_OPEN, files("*.py", "*.sh", "*.html", "*.js", "*.css", "*.toml", "*.md")),
        *(
            f"{path}:{node.lineno} {node.id}"
            for path, node in nodes(MODULES, ast.Name)
            if node.id.startswith("NotImplemented")
        ),
        *uses({"mark.skip", "mark.skipif", "mark.xfail", "pytest.skip", "pytest.xfail"}, TESTS),
    ]

    expect_none(open_ends, "What is begun is finished, and what is tested runs:")


def test_tests_use_fakes_and_wait_for_events():
    mocks = (
        f"{path}:{line} {name}"
        for path in TESTS
        for line, name in imports(path)
        if re.match(r"(unittest\.mock|mock|pytest_mock)\b", name)
    )

    expect_none(mocks, "A mock agrees with any mistake; a fake passes the port's contract tests:")
    expect_none(uses({"time.sleep"}, TESTS), "A test waits for an event with a deadline:")


def test_the_name_of_a_test_is_a_sentence():
    functions = nodes(TESTS, ast.FunctionDef, ast.AsyncFunctionDef)

    curt = (
        f"{path}:{node.lineno} {node.name}"
        for path, node in functions
        if node.name.startswith("test") and not re.fullmatch(r"test(_[a-z0-9]+){3,}", node.name)
    )

    expect_none(curt, "A test's name states the rule in three words or more:")


PARTS_OF_THE_LOCK = ["api/requirements.txt", "workers/requirements.txt"]


@pytest.mark.parametrize("lock", ["requirements.lock", *PARTS_OF_THE_LOCK])
def test_python_packages_are_locked_by_hash_and_name_no_index(lock):
    loose = lines_with(re.compile(r"^\w(?!.*==.* \\$)"), [lock])
    addresses = lines_with(re.compile(r"://|--(extra-)?index-url|--find-links|^-[if]\b"), [lock])

    expect_none(loose, "Each package has one version, and hashes on the lines below:")
    expect_none(addresses, "A lock names no address:")


def test_every_dependency_is_locked():
    project = tomllib.loads(text("pyproject.toml"))
    groups = [project["project"]["dependencies"], *project["dependency-groups"].values()]
    asked = {
        re.match(r"[\w-]+", one)[0] for group in groups for one in group if isinstance(one, str)
    }

    locked = set(re.findall(r"^([\w-]+)==", text("requirements.lock"), re.MULTILINE))

    expect_none(asked - locked, "`make lock` was not run after pyproject.toml changed:")


@pytest.mark.parametrize("part", PARTS_OF_THE_LOCK)
def test_lambda_and_the_workers_get_the_versions_that_are_tested(part):
    packed, tested = (
        set(re.findall(r"^\w\S*==\S+", text(lock), re.MULTILINE))
        for lock in (part, "requirements.lock")
    )

    expect_none(packed - tested, f"`make lock` takes what {part} has from requirements.lock:")


@pytest.mark.parametrize("lock", ["api/package-lock.json", "tests/browser/package-lock.json"])
def test_npm_packages_are_locked_by_hash_and_name_no_registry(lock):
    packages = json.loads(text(lock))["packages"]

    loose = [f"{lock}: {name}" for name in packages if name and "integrity" not in packages[name]]

    expect_none(loose, "Each package has a checksum:")
    expect_none(lines_with(re.compile(r'"resolved"'), [lock]), "A lock names no address:")


def test_a_script_stops_at_its_first_error_and_can_be_run():
    scripts = [".ci/run", *files("*.sh")]

    careless = (f"{path}:1" for path in scripts if "\nset -euo pipefail\n" not in text(path))
    locked = (f"{path}:1" for path in scripts if not os.access(ROOT / path, os.X_OK))

    expect_none(careless, "A script has `set -euo pipefail`:")
    expect_none(locked, "A script is executable:")


def test_what_the_readme_says_to_make_can_be_made():
    targets = set(re.findall(r"^([a-z0-9-]+):", text("Makefile"), re.MULTILINE))

    promised = set(re.findall(r"\bmake ([a-z0-9-]+)", text("README.md")))

    expect_none(promised - targets, "README.md names targets that the Makefile does not have:")


def test_pre_commit_repeats_the_checks_of_ci_and_nothing_else():
    checks = re.search(r"^check: (.*)", text("Makefile"), re.MULTILINE)

    hooks = re.findall(r"entry: make (.*)", text(".pre-commit-config.yaml"))

    assert checks is not None
    assert hooks == checks[1].split()
