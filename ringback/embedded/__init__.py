"""The embedded AWS: DynamoDB, SQS and S3 in one process on this machine, kept across `kill -9`."""
