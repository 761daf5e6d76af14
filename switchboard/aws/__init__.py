"""The ports on AWS: DynamoDB through PynamoDB, SQS through boto3."""

from switchboard.aws.opening import AwsSettings, open_ports

__all__ = ["AwsSettings", "open_ports"]
