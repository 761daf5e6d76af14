"""Serves ministack's DynamoDB, SQS and S3 with our log underneath, and long polls that wake at
once."""

import asyncio
import json
import signal
from collections.abc import Awaitable, Callable
from typing import Any

from hypercorn.asyncio import serve as serve_http
from hypercorn.config import Config
from ministack import app as ministack

from ringback.embedded import expressions, queries
from ringback.embedded.buckets import Buckets
from ringback.embedded.journal import Journal
from ringback.embedded.log import Log
from ringback.embedded.longpoll import LongPoll
from ringback.embedded.queues import Queues
from ringback.embedded.tables import ITEM_ACTIONS, TABLE_ACTIONS, Tables

Reply = tuple[int, dict[str, str], bytes]
Handler = Callable[..., Awaitable[Reply]]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Application = Callable[[Any, Receive, Send], Awaitable[None]]

JSON = "application/x-amz-json-1.0"


async def serve(port: int, log: Log | None) -> None:
    """Serves on 127.0.0.1 until SIGTERM or SIGINT; without a log nothing outlives the process."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    expressions.install()
    queries.install()
    long_poll = LongPoll()
    long_poll.install()

    async def stopped() -> None:
        await stopping.wait()
        long_poll.close()

    if log is None:
        await serve_http(_application, _config(port), shutdown_trigger=stopped)
        return
    journal = _kept_in(log)
    await serve_http(_without_reset(_application), _config(port), shutdown_trigger=stopped)
    await journal.close()


def _config(port: int) -> Config:
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.loglevel = "WARNING"
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1
    return config


def _kept_in(log: Log) -> Journal:
    """Puts back what the log has and from now on notes there whatever changes."""
    journal = Journal(log)
    tables, queues = Tables(journal.note), Queues(journal.note)
    buckets = Buckets(journal.note)
    state = log.state()
    tables.restore(state)
    queues.restore(state)
    buckets.restore(state)
    log.rewrite(state)
    tables.follow()
    handlers: dict[str, Handler] = ministack.SERVICE_HANDLERS
    handlers["dynamodb"] = _keeping_tables(handlers["dynamodb"], tables, journal)
    handlers["sqs"] = _keeping(handlers["sqs"], queues, journal)
    handlers["s3"] = _keeping(handlers["s3"], buckets, journal)
    return journal


# No reply leaves, not even a read's or a refusal's, before all that it may have seen is on the
# disk: who is told "that is there already" must still find it there after a crash.


def _keeping_tables(handle: Handler, tables: Tables, journal: Journal) -> Handler:
    async def keeping(method: str, path: str, headers: dict[str, str], *request: Any) -> Reply:
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        if action not in ITEM_ACTIONS and action not in TABLE_ACTIONS:
            message = f"{action} is refused: the log of the embedded AWS cannot follow it"
            error = {"__type": "UnknownOperationException", "message": message}
            return 400, {"Content-Type": JSON}, json.dumps(error).encode()
        reply = await handle(method, path, headers, *request)
        if action in TABLE_ACTIONS:
            tables.note_descriptions()
        await journal.settled()
        return reply

    return keeping


def _keeping(handle: Handler, kept: Queues | Buckets, journal: Journal) -> Handler:
    async def keeping(*request: Any) -> Reply:
        reply = await handle(*request)
        kept.note_changes()
        await journal.settled()
        return reply

    return keeping


def _without_reset(serve: Application) -> Application:
    async def refuse_reset(scope: Any, receive: Receive, send: Send) -> None:
        if scope.get("path") != "/_ministack/reset":
            await serve(scope, receive, send)
            return
        headers = [(b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 403, "headers": headers})
        message = b"What is kept is not reset: stop the embedded AWS and remove its directory.\n"
        await send({"type": "http.response.body", "body": message})

    return refuse_reset


async def _application(scope: Any, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif (b"x-amz-target", b"AmazonSQS.ReceiveMessage") in scope["headers"]:
        await _while_connected(scope, receive, send)
    else:
        await ministack.app(scope, receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    """In place of ministack's, which sweeps Docker, starts schedulers and runs scripts it finds."""
    message: Any = {"type": ""}
    while message["type"] != "lifespan.shutdown":
        message = await receive()
        await send({"type": f"{message['type']}.complete"})


async def _while_connected(scope: Any, receive: Receive, send: Send) -> None:
    """Drops the request when its client goes.

    Else the long poll of a worker that was killed would swallow the next message, and a callback
    would wait for the visibility timeout.
    """
    request = [await receive()]
    while request[-1].get("more_body"):
        request.append(await receive())
    unread = iter(request)

    async def read() -> Any:
        return next(unread)

    serving = asyncio.ensure_future(ministack.app(scope, read, send))
    leaving = asyncio.ensure_future(receive())
    leaving.add_done_callback(lambda _: serving.cancel())
    try:
        await serving
    except asyncio.CancelledError:
        if not leaving.done():
            raise
    finally:
        leaving.cancel()
