"""The ports on AWS: DynamoDB through PynamoDB, SQS through boto3."""

from switchboard.aws.opening import (
    AwsSettings,
    callbacks_inbox,
    control_inbox,
    create_tables,
    delete_tables,
    open_ports,
)

__all__ = [
    "AwsSettings",
    "callbacks_inbox",
    "control_inbox",
    "create_tables",
    "delete_tables",
    "open_ports",
]
