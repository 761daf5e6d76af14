"""The alarms of planned callbacks: a schedule each in EventBridge Scheduler, which deletes itself.

What is planned stands in the table, and an alarm only says when to look: where one is missing,
late, or left over, the sweep of what is due and the state in the table set it right. So nothing
that is wrong with an alarm is a reason to refuse a plan.
"""

import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from switchboard.aws import sdk
from switchboard.calls.planned import AHEAD, LATEST, Planned

log = logging.getLogger("ringback.alarms")

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class AlarmSettings:
    """The function that is invoked with `{"planned": id}`, and the role by which Scheduler may do
    so, as ARNs; the group that schedules are made in."""

    target: str
    role: str
    group: str = "default"


class SchedulerAlarms:
    """Alarms under the ids of their callbacks, behind the prefix of the system."""

    def __init__(self, settings: AlarmSettings, prefix: str, region: str) -> None:
        self._settings = settings
        self._prefix = prefix
        # Somebody waits for the answer to a plan, which does without.
        config = Config(connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 2})
        self._scheduler: Any = sdk.client("scheduler", region, config)

    def set(self, planned: Planned) -> None:
        """Have the function invoked a little before its time. One that is there stays."""
        rings_at = max(planned.at - AHEAD, planned.planned_at + _SECOND)
        try:
            self._scheduler.create_schedule(
                Name=self._name(planned.id),
                GroupName=self._settings.group,
                ClientToken=planned.id,
                ScheduleExpression=f"at({_whole_second(rings_at):%Y-%m-%dT%H:%M:%S})",
                FlexibleTimeWindow={"Mode": "OFF"},
                ActionAfterCompletion="DELETE",
                Target={
                    "Arn": self._settings.target,
                    "RoleArn": self._settings.role,
                    "Input": json.dumps({"planned": planned.id}),
                    "RetryPolicy": {
                        "MaximumEventAgeInSeconds": LATEST // _SECOND,
                        "MaximumRetryAttempts": 5,
                    },
                },
            )
        except (BotoCoreError, ClientError) as error:
            if _code(error) != "ConflictException":
                log.warning("no alarm for planned callback %s: %s", planned.id, error)

    def clear(self, planned: str) -> None:
        """Take an alarm away; one that is gone is fine."""
        try:
            self._scheduler.delete_schedule(
                Name=self._name(planned), GroupName=self._settings.group
            )
        except (BotoCoreError, ClientError) as error:
            if _code(error) != "ResourceNotFoundException":
                log.warning("the alarm of planned callback %s is still set: %s", planned, error)

    def _name(self, planned: str) -> str:
        return f"{self._prefix}{planned}"


def _whole_second(at: datetime) -> datetime:
    """The next one: an alarm has no fractions, and must not ring before there is something due."""
    at = at.astimezone(UTC)
    return at if not at.microsecond else at.replace(microsecond=0) + _SECOND


def _code(error: BotoCoreError | ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else ""
