"""The client of a database: made once, since making one takes a tenth of a second."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from switchboard.aws.models.database import Database

THREADS = 8
DEADLINE_S = 30


def test_threads_that_ask_at_once_share_one_client(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    connection = Database.open("test-", "eu-central-1").connection
    all_ask = threading.Barrier(THREADS, timeout=DEADLINE_S)

    def client() -> object:
        all_ask.wait()
        return connection.client

    with ThreadPoolExecutor(THREADS) as threads:
        clients = [asked.result() for asked in [threads.submit(client) for _ in range(THREADS)]]

    assert len({id(one) for one in clients}) == 1
