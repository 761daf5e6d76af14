"""Files in a bucket of S3, which takes them away after their time."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import IO, Any, cast

from botocore.config import Config
from botocore.exceptions import ClientError

from switchboard.aws import sdk
from switchboard.errors import NotFound
from switchboard.ports import UploadForm
from switchboard.staff.jobs import FILE_DAYS

LINK_S = 60
UPLOAD_S = 3600
MISSING = {"404", "NoSuchKey", "NotFound"}
NO_BUCKET = {"404", "NoSuchBucket"}
OURS = {"BucketAlreadyOwnedByYou"}
# The only region that may not be named (Amazon S3 API reference, CreateBucket).
FIRST_REGION = "us-east-1"


class S3Files:
    """`Files` in one bucket, which nobody reaches without our credentials or a signed address."""

    def __init__(self, bucket: str, region: str) -> None:
        self.bucket = bucket
        self._region = region
        self._made: Any = None

    @property
    def _s3(self) -> Any:
        """A client, made at its first use: it takes a tenth of a second that few processes need."""
        if self._made is None:
            # The older signature, which is the default of addresses, is not known everywhere.
            config = Config(signature_version="s3v4", connect_timeout=2, read_timeout=30)
            self._made = sdk.client("s3", self._region, config)
        return self._made

    def put(self, key: str, content: IO[bytes], content_type: str) -> int:
        """Keep a file."""
        size = content.seek(0, 2)
        content.seek(0)
        self._s3.put_object(Bucket=self.bucket, Key=key, Body=content, ContentType=content_type)
        return size

    @contextmanager
    def open(self, key: str) -> Iterator[IO[bytes]]:
        """A file as a stream."""
        try:
            answer = self._s3.get_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if _code(error) in MISSING:
                raise NotFound("this file is gone") from None
            raise
        with closing(answer["Body"]) as body:
            yield cast("IO[bytes]", body)

    def size(self, key: str) -> int | None:
        """The size of a file in bytes."""
        try:
            found = self._s3.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if _code(error) in MISSING:
                return None
            raise
        return int(found["ContentLength"])

    def delete(self, key: str) -> None:
        """Delete a file."""
        self._s3.delete_object(Bucket=self.bucket, Key=key)

    def link(self, key: str, name: str) -> str:
        """An address where a browser gets a file."""
        asked = {
            "Bucket": self.bucket,
            "Key": key,
            "ResponseContentDisposition": f'attachment; filename="{name}"',
        }
        return str(self._s3.generate_presigned_url("get_object", asked, ExpiresIn=LINK_S))

    def upload_form(self, key: str, *, most_bytes: int, then: str) -> UploadForm:
        """How a browser uploads a file."""
        form = self._s3.generate_presigned_post(
            self.bucket,
            key,
            Fields={"success_action_redirect": then},
            Conditions=[
                {"success_action_redirect": then},
                ["content-length-range", 1, most_bytes],
            ],
            ExpiresIn=UPLOAD_S,
        )
        return UploadForm(form["url"], form["fields"])

    def create(self) -> None:
        """Make the bucket, if it is missing: encrypted, closed to the public, forgetful."""
        place = {"CreateBucketConfiguration": {"LocationConstraint": self._region}}
        try:
            named = {} if self._region == FIRST_REGION else place
            self._s3.create_bucket(Bucket=self.bucket, **named)
        except ClientError as error:
            if _code(error) not in OURS:
                raise
        closed = "BlockPublicAcls IgnorePublicAcls BlockPublicPolicy RestrictPublicBuckets".split()
        self._s3.put_public_access_block(
            Bucket=self.bucket,
            PublicAccessBlockConfiguration=dict.fromkeys(closed, True),
        )
        algorithm = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        self._s3.put_bucket_encryption(
            Bucket=self.bucket, ServerSideEncryptionConfiguration={"Rules": [algorithm]}
        )
        rules = [
            {
                "ID": prefix.rstrip("/"),
                "Status": "Enabled",
                "Filter": {"Prefix": prefix},
                "Expiration": {"Days": days},
            }
            for prefix, days in FILE_DAYS.items()
        ]
        self._s3.put_bucket_lifecycle_configuration(
            Bucket=self.bucket, LifecycleConfiguration={"Rules": rules}
        )

    def remove(self) -> None:
        """Delete the bucket with all that is in it; one that is gone is fine."""
        try:
            for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket):
                for kept in page.get("Contents", ()):
                    self.delete(kept["Key"])
            self._s3.delete_bucket(Bucket=self.bucket)
        except ClientError as error:
            if _code(error) not in NO_BUCKET:
                raise


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")
