"""The API on this machine: `python api/local.py --port N`, with the environment of a Lambda."""

import argparse
import base64
import ctypes
import logging
import os
import signal
import sys
from collections.abc import Iterable
from http import HTTPStatus
from types import FrameType
from typing import Any
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIEnvironment

from chalice.app import Chalice
from chalice.config import Config
from chalice.local import CustomLocalChalice, LocalGateway, RouteMatcher
from waitress.server import BaseWSGIServer, create_server

from app import app, wiring
from chalicelib.settings import SettingsError
from switchboard.logs import FORM, write_logs

HOST = "127.0.0.1"
# API Gateway refuses larger ones too, at 10 MB; nothing of ours comes near.
LARGEST_BODY_BYTES = 1_000_000
THREADS = 8
PR_SET_PDEATHSIG = 1
# The gateway answers an unknown path with a 403, as API Gateway does unless it is told otherwise.
NO_SUCH_PATH = {
    "statusCode": 404,
    "headers": {"Content-Type": "application/json"},
    "multiValueHeaders": {},
    "body": '{"code":"not_found","message":"there is no such address"}',
}

log = logging.getLogger("ringback.api")


class Gateway:
    """A Chalice app as a WSGI application: stands where API Gateway stands in AWS."""

    def __init__(self, app: Chalice) -> None:
        # Keeps the current request for each thread; the plain class has one for all.
        app.__class__ = CustomLocalChalice
        # Both know only the routes that are registered by now.
        self._gateway = LocalGateway(app, Config.create())
        self._routes = RouteMatcher(list(app.routes))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = self._answer(environ)
        body = answer["body"] or ""
        content = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
        headers = [(name, str(value)) for name, value in answer["headers"].items()]
        for name, values in answer["multiValueHeaders"].items():
            headers += [(name, value) for value in values]
        headers.append(("Content-Length", str(len(content))))
        status = HTTPStatus(answer["statusCode"])
        start_response(f"{status.value} {status.phrase}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [content]

    def _answer(self, environ: WSGIEnvironment) -> dict[str, Any]:
        path = quote(environ["PATH_INFO"], encoding="latin-1")
        url = f"{path}?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else path
        try:
            self._routes.match_route(url)
        except ValueError:
            log.info("%s, no such path, 404", environ["REQUEST_METHOD"])
            return NO_SUCH_PATH
        body = environ["wsgi.input"].read()
        return self._gateway.handle_request(environ["REQUEST_METHOD"], url, _headers(environ), body)


def _headers(environ: WSGIEnvironment) -> dict[str, str]:
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    return headers


def serve(app: Chalice, port: int) -> BaseWSGIServer:
    """A server of this app, which listens already, on any free port for 0; its `run` serves."""
    server: BaseWSGIServer = create_server(
        Gateway(app),
        host=HOST,
        port=port,
        threads=THREADS,
        ident=None,
        max_request_body_size=LARGEST_BODY_BYTES,
    )
    return server


def main() -> None:
    parser = argparse.ArgumentParser(prog="python api/local.py", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help=f"on {HOST}; 0 for any free one")
    parser.add_argument(
        "--die-with-parent", action="store_true", help="Linux: end when the parent process ends"
    )
    arguments = parser.parse_args()
    if arguments.die_with_parent:
        die_with_parent()
    write_logs(os.environ.get(FORM), "%(asctime)s %(name)s %(levelname)s %(message)s")
    signal.signal(signal.SIGTERM, _end)
    try:
        # Not with the first request, as in Lambda: whoever starts it sees at once what is missing.
        wiring()
        server = serve(app, arguments.port)
    except (SettingsError, OSError) as error:
        sys.exit(f"api: {error}")
    sys.stdout.write(f"api listening on http://{HOST}:{server.effective_port}\n")
    sys.stdout.flush()
    server.run()


def _end(_signal: int, _frame: FrameType | None) -> None:
    sys.exit()


def die_with_parent() -> None:
    """Have the kernel end this process with the one that started it."""
    parent = os.getppid()
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:
        sys.exit("the parent process has gone")


if __name__ == "__main__":
    main()
