"""Opening the ports: which tables and queues, in which region."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from switchboard.aws.accounts import DynamoAccounts
from switchboard.aws.alarms import AlarmSettings, SchedulerAlarms
from switchboard.aws.audit import DynamoAudit
from switchboard.aws.books import DynamoBooks
from switchboard.aws.bridges import DynamoBridges
from switchboard.aws.callbacks import DynamoCallbacks
from switchboard.aws.catalogue import DynamoCatalogue
from switchboard.aws.files import S3Files
from switchboard.aws.fleet import DynamoTrunks, DynamoWorkers
from switchboard.aws.jobs import DynamoJobs
from switchboard.aws.minutes import DynamoMinutes
from switchboard.aws.models import ALL
from switchboard.aws.models.database import Database
from switchboard.aws.passing import DynamoAnswers, DynamoConfirmations, DynamoThrottle
from switchboard.aws.phone_books import DynamoPhoneBooks
from switchboard.aws.pins import DynamoPins
from switchboard.aws.queues import (
    JOB_VISIBLE_AGAIN_S,
    SqsControl,
    SqsDeadOrders,
    SqsQueue,
    sqs_client,
)
from switchboard.aws.rings import DynamoRings
from switchboard.aws.schedule import DynamoSchedule
from switchboard.aws.settings import DynamoSettings
from switchboard.aws.sheets import DynamoSheets
from switchboard.aws.sms_providers import DynamoSmsProviders
from switchboard.aws.staff import DynamoStaff, DynamoStaffVisits
from switchboard.aws.subscriptions import DynamoSubscriptions
from switchboard.aws.system_log import DynamoSystemLog
from switchboard.aws.templates import DynamoTemplates
from switchboard.aws.traces import DynamoTraces
from switchboard.aws.upgrade import upgrade
from switchboard.aws.visits import DynamoVisits
from switchboard.aws.widgets import DynamoWidgets
from switchboard.clock import SystemClock
from switchboard.ports import Ports

DEFAULT_PREFIX = "ringback-"
ALARM_TARGET, ALARM_ROLE = "RINGBACK_ALARM_TARGET", "RINGBACK_ALARM_ROLE"


@dataclass(frozen=True, slots=True)
class AwsSettings:
    """Which system: its tables and queues begin with the prefix. Endpoints and credentials are
    the SDK's own affair (AWS_ENDPOINT_URL and its like). Without `alarms`, somebody has to look
    often which planned callbacks are due. The `bucket` of files has a name of its own where the
    usual one is taken: names of buckets are unique in the whole world."""

    region: str
    prefix: str = DEFAULT_PREFIX
    alarms: AlarmSettings | None = None
    bucket: str | None = None

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """AWS_DEFAULT_REGION (or AWS_REGION, as Lambda has it), and RINGBACK_PREFIX; for alarms
        RINGBACK_ALARM_TARGET and RINGBACK_ALARM_ROLE, and RINGBACK_ALARM_GROUP; and
        RINGBACK_FILES_BUCKET. KeyError names the variable that is missing: the region's, or one of
        the first two of alarms."""
        region = env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION")
        if not region:
            raise KeyError("AWS_DEFAULT_REGION")
        prefix = env.get("RINGBACK_PREFIX", DEFAULT_PREFIX)
        return cls(region, prefix, _alarms(env), env.get("RINGBACK_FILES_BUCKET") or None)

    @property
    def callbacks_queue(self) -> str:
        """The queue where orders wait for a worker."""
        return f"{self.prefix}callbacks"

    @property
    def dead_orders_queue(self) -> str:
        """The queue where orders go that no worker could serve."""
        return f"{self.prefix}callbacks-dead"

    @property
    def jobs_queue(self) -> str:
        """The queue where jobs wait for a runner."""
        return f"{self.prefix}jobs"

    @property
    def files_bucket(self) -> str:
        """The bucket of the files of jobs."""
        return self.bucket or f"{self.prefix}files"


def _alarms(env: Mapping[str, str]) -> AlarmSettings | None:
    target, role = env.get(ALARM_TARGET), env.get(ALARM_ROLE)
    if target and role:
        return AlarmSettings(target, role, env.get("RINGBACK_ALARM_GROUP") or "default")
    if target or role:
        raise KeyError(ALARM_ROLE if target else ALARM_TARGET)
    return None


def open_ports(settings: AwsSettings) -> Ports:
    """All ports over AWS. Nothing is asked before the first use."""
    database = Database.open(settings.prefix, settings.region)
    sqs = sqs_client(settings.region)
    alarms = None
    if settings.alarms is not None:
        alarms = SchedulerAlarms(settings.alarms, settings.prefix, settings.region)
    return Ports(
        accounts=DynamoAccounts(database),
        books=DynamoBooks(database),
        sheets=DynamoSheets(database),
        callbacks=DynamoCallbacks(database),
        queue=SqsQueue(settings.callbacks_queue, sqs),
        dead_orders=SqsDeadOrders(settings.dead_orders_queue, sqs),
        control=SqsControl(settings.prefix, sqs),
        workers=DynamoWorkers(database),
        traces=DynamoTraces(database),
        minutes=DynamoMinutes(database),
        trunks=DynamoTrunks(database),
        pins=DynamoPins(database),
        rings=DynamoRings(database),
        bridges=DynamoBridges(database),
        settings=DynamoSettings(database),
        phone_books=DynamoPhoneBooks(database),
        schedule=DynamoSchedule(database, alarms),
        throttle=DynamoThrottle(database),
        answers=DynamoAnswers(database),
        confirmations=DynamoConfirmations(database),
        sms_providers=DynamoSmsProviders(database),
        widgets=DynamoWidgets(database),
        catalogue=DynamoCatalogue(database),
        subscriptions=DynamoSubscriptions(database),
        templates=DynamoTemplates(database),
        visits=DynamoVisits(database),
        staff=DynamoStaff(database),
        staff_visits=DynamoStaffVisits(database),
        audit=DynamoAudit(database),
        system_log=DynamoSystemLog(database),
        jobs=DynamoJobs(database),
        job_queue=SqsQueue(settings.jobs_queue, sqs),
        files=_files(settings),
        clock=SystemClock(),
    )


def callbacks_inbox(settings: AwsSettings) -> SqsQueue:
    """Where a worker takes orders from."""
    return SqsQueue(settings.callbacks_queue, sqs_client(settings.region))


def jobs_inbox(settings: AwsSettings) -> SqsQueue:
    """Where a runner takes jobs from."""
    return SqsQueue(settings.jobs_queue, sqs_client(settings.region))


def control_inbox(settings: AwsSettings, worker: str) -> SqsQueue:
    """Where a worker is told to hang up: a queue of its own, which it creates and removes."""
    return SqsControl(settings.prefix, sqs_client(settings.region)).queue_of(worker)


def create_tables(settings: AwsSettings) -> list[str]:
    """Make the tables, the queues and the bucket that are missing, and upgrade the tables of an
    earlier version; gives the names of all."""
    database = Database.open(settings.prefix, settings.region)
    models = [database.table(model) for model in ALL]
    there = database.tables()
    for model in models:
        if model.Meta.table_name in there:
            upgrade(database, model)
        else:
            model.create_table(wait=True)
    create_queues(settings)
    _files(settings).create()
    return [*(model.Meta.table_name for model in models), *_others(settings)]


def create_queues(settings: AwsSettings) -> None:
    """Make the queues that are missing."""
    callbacks, dead, jobs = _queues(settings)
    dead.create()
    callbacks.create(dead=dead)
    jobs.create(visible_again_s=JOB_VISIBLE_AGAIN_S)


def delete_tables(settings: AwsSettings) -> list[str]:
    """Delete the tables, the queues and the bucket with all that is in them; gives the names."""
    database = Database.open(settings.prefix, settings.region)
    models = [database.table(model) for model in ALL]
    there = database.tables()
    gone = [model for model in models if model.Meta.table_name in there]
    for model in gone:
        model.delete_table()
    callbacks, dead, jobs = _queues(settings)
    callbacks.remove()
    dead.remove_queue()
    jobs.remove()
    _files(settings).remove()
    return [*(model.Meta.table_name for model in gone), *_others(settings)]


def _others(settings: AwsSettings) -> list[str]:
    queues = [settings.callbacks_queue, settings.dead_orders_queue, settings.jobs_queue]
    return [*queues, settings.files_bucket]


def _queues(settings: AwsSettings) -> tuple[SqsQueue, SqsDeadOrders, SqsQueue]:
    """Those of callbacks, of dead orders, of jobs."""
    sqs = sqs_client(settings.region)
    return (
        SqsQueue(settings.callbacks_queue, sqs),
        SqsDeadOrders(settings.dead_orders_queue, sqs),
        SqsQueue(settings.jobs_queue, sqs),
    )


def _files(settings: AwsSettings) -> S3Files:
    return S3Files(settings.files_bucket, settings.region)
