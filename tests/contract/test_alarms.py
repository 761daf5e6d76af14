"""Alarms of planned callbacks, in EventBridge Scheduler as moto and the embedded AWS have it."""

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import boto3
import pytest

from switchboard.aws.alarms import AlarmSettings
from switchboard.aws.opening import AwsSettings, create_tables, open_ports
from switchboard.calls.callback import Trigger
from switchboard.calls.planned import Planned, PlanState
from switchboard.ports import Schedule
from tests.contract.conftest import CREDENTIALS, REGION, moto
from tests.fakes.world import ALICE, BOB

FUNCTION = f"arn:aws:lambda:{REGION}:123456789012:function:ringback-place_planned_callback"
ROLE = "arn:aws:iam::123456789012:role/ringback-alarms"
NOW = datetime(2099, 1, 2, 3, 4, 5, tzinfo=UTC)
HALF_PAST = datetime(2099, 1, 2, 18, 30, tzinfo=UTC)


class Town:
    """A schedule with alarms, and what Scheduler has of them."""

    def __init__(self) -> None:
        self.prefix = f"t{uuid4().hex[:8]}-"
        settings = AwsSettings(REGION, self.prefix, AlarmSettings(FUNCTION, ROLE))
        create_tables(settings)
        self.schedule: Schedule = open_ports(settings).schedule
        self.scheduler = boto3.client("scheduler", region_name=REGION)

    @property
    def alarms(self) -> list[str]:
        listed = self.scheduler.list_schedules(NamePrefix=self.prefix)["Schedules"]
        return [one["Name"] for one in listed]

    def alarm(self, planned: Planned) -> dict:
        return self.scheduler.get_schedule(Name=f"{self.prefix}{planned.id}", GroupName="default")


@pytest.fixture(params=["moto", pytest.param("embedded", marks=pytest.mark.integration)])
def aws(request, monkeypatch):
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    if request.param == "moto":
        with moto():
            yield
        return
    monkeypatch.setenv("AWS_ENDPOINT_URL", request.getfixturevalue("embedded_url"))
    yield


@pytest.fixture
def town(aws) -> Town:
    return Town()


def planned(at: datetime = HALF_PAST, identity: str = "1") -> Planned:
    return Planned("alice", ALICE, BOB, Trigger("sms", identity), at, NOW)


def test_an_alarm_is_set_once_for_a_minute_before_its_time(town):
    one = planned()

    assert [town.schedule.put(one) for _ in range(2)] == [True, False]

    assert town.alarms == [f"{town.prefix}{one.id}"]
    alarm = town.alarm(one)
    assert alarm["ScheduleExpression"] == "at(2099-01-02T18:29:00)"
    assert alarm["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert alarm["ActionAfterCompletion"] == "DELETE"
    target = alarm["Target"]
    assert (target["Arn"], target["RoleArn"]) == (FUNCTION, ROLE)
    assert json.loads(target["Input"]) == {"planned": one.id}


@pytest.mark.parametrize(
    ("at", "expression"),
    [
        (NOW + timedelta(seconds=20), "at(2099-01-02T03:04:06)"),
        (HALF_PAST + timedelta(milliseconds=1), "at(2099-01-02T18:29:01)"),
        (HALF_PAST.astimezone(tz=None), "at(2099-01-02T18:29:00)"),
    ],
)
def test_an_alarm_is_set_for_a_whole_second_that_is_to_come(town, at, expression):
    one = planned(at)

    town.schedule.put(one)

    assert town.alarm(one)["ScheduleExpression"] == expression


def test_an_alarm_goes_with_its_plan(town):
    one, other = planned(), planned(identity="2")
    town.schedule.put(one)
    town.schedule.put(other)

    moved = [town.schedule.move(one.id, PlanState.PLANNED, PlanState.CANCELLED) for _ in range(2)]

    assert moved == [True, True]
    assert town.alarms == [f"{town.prefix}{other.id}"]


def test_an_alarm_that_has_rung_is_left_to_delete_itself(town):
    one = planned()
    town.schedule.put(one)

    town.schedule.move(one.id, PlanState.PLANNED, PlanState.STARTED)
    town.schedule.move(one.id, PlanState.STARTED, PlanState.PLACED)

    assert town.alarms == [f"{town.prefix}{one.id}"]


def test_an_alarm_that_is_there_already_stays(town, caplog):
    one = planned()
    town.schedule.put(one)
    table = town.schedule._items
    table(one.id).delete()

    assert town.schedule.put(one)

    assert len(town.alarms) == 1
    assert caplog.records == []


def test_a_plan_is_kept_where_no_alarm_can_be_set(aws, caplog, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_SCHEDULER", "http://127.0.0.1:9")
    town, one = Town(), planned()

    with caplog.at_level(logging.WARNING):
        assert town.schedule.put(one)

    assert town.schedule.find(one.id) == one
    assert town.schedule.due(HALF_PAST, limit=1) == [one]
    assert "no alarm for planned callback" in caplog.text
    assert town.schedule.move(one.id, PlanState.PLANNED, PlanState.CANCELLED)
    assert town.schedule.find(one.id) == replace(one, state=PlanState.CANCELLED)


@pytest.mark.parametrize(
    ("env", "alarms"),
    [
        ({}, None),
        ({"RINGBACK_ALARM_TARGET": "t", "RINGBACK_ALARM_ROLE": "r"}, AlarmSettings("t", "r")),
        (
            {
                "RINGBACK_ALARM_TARGET": "t",
                "RINGBACK_ALARM_ROLE": "r",
                "RINGBACK_ALARM_GROUP": "g",
            },
            AlarmSettings("t", "r", "g"),
        ),
    ],
)
def test_alarms_are_set_where_the_environment_names_a_target_and_a_role(env, alarms):
    assert AwsSettings.from_env({"AWS_REGION": REGION, **env}).alarms == alarms


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ("RINGBACK_ALARM_TARGET", "RINGBACK_ALARM_ROLE"),
        ("RINGBACK_ALARM_ROLE", "RINGBACK_ALARM_TARGET"),
    ],
)
def test_half_of_the_settings_of_alarms_is_an_error_that_names_the_other(given, missing):
    with pytest.raises(KeyError, match=missing):
        AwsSettings.from_env({"AWS_REGION": REGION, given: "arn"})
