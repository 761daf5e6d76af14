"""The ports on AWS: DynamoDB through PynamoDB, SQS and S3 through boto3."""

from switchboard.aws.opening import (
    AwsSettings,
    callbacks_inbox,
    control_inbox,
    create_tables,
    delete_tables,
    jobs_inbox,
    open_ports,
)

__all__ = [
    "AwsSettings",
    "callbacks_inbox",
    "control_inbox",
    "create_tables",
    "delete_tables",
    "jobs_inbox",
    "open_ports",
]
