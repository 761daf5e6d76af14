"""The embedded AWS: DynamoDB and SQS in one process on this machine, kept across `kill -9`."""
