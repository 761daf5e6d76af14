"""Clients of the SDK, which reads megabytes of JSON about AWS: once for all of them."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.loaders import Loader, create_loader
from botocore.session import Session, get_session


def new_session() -> Session:
    """A session with credentials of its own: it keeps those that it finds first."""
    session = get_session()
    session.register_component("data_loader", _loader())
    return session


def client(service: str, region: str, config: Config) -> Any:
    """A client for a service of AWS in a region."""
    session: Any = boto3.Session(botocore_session=new_session(), region_name=region)
    return session.client(service, config=config)


@cache
def _loader() -> Loader:
    return create_loader()
