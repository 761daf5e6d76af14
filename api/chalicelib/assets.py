"""Static files: known ones only, each with a version in its address, so that it may be kept."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from chalice.app import Request, Response

from chalicelib.routes import path_part, query_of
from chalicelib.wiring import Wiring
from switchboard.errors import NotFound

STATIC = Path(__file__).parent / "static"
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file, and a version that changes with its contents."""

    text: str
    content_type: str
    version: str


@cache
def assets() -> Mapping[str, Asset]:
    """Every file that is served, by its path below `static/`."""
    return {
        path.relative_to(STATIC).as_posix(): _read(path)
        for path in sorted(STATIC.rglob("*"))
        if path.suffix in CONTENT_TYPES
    }


def show_asset(_wiring: Wiring, request: Request) -> Response:
    return _serve(request, path_part(request, "name"))


def show_vendored_asset(_wiring: Wiring, request: Request) -> Response:
    return _serve(request, f"vendor/{path_part(request, 'name')}")


def _serve(request: Request, name: str) -> Response:
    asset = assets().get(name)
    if asset is None:
        raise NotFound("there is no such file")
    asked_version = query_of(request).get("v")
    kept = "public, max-age=31536000, immutable" if asked_version == asset.version else "no-cache"
    return Response(asset.text, {"Content-Type": asset.content_type, "Cache-Control": kept})


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    version = hashlib.sha256(content).hexdigest()[:12]
    return Asset(content.decode(), CONTENT_TYPES[path.suffix], version)
