"""Pages out of templates."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from chalice.app import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chalicelib.assets import assets
from chalicelib.progress import clock_face
from chalicelib.routes import HTML
from chalicelib.settings import Settings

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # the icons in Tabler's style sheet
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)
A_YEAR = "max-age=31536000"


@cache
def _templates() -> Environment:
    environment = Environment(
        extensions=["jinja2.ext.i18n"],
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"clock_face": clock_face, "sentence": _sentence}
    environment.policies["ext.i18n.trimmed"] = True
    # What the extension adds to an environment, Jinja2's types do not know.
    install = environment.install_null_translations  # type: ignore[attr-defined]  # see above
    install(newstyle=True)
    return environment


def render(
    settings: Settings, template: str, values: Mapping[str, object], *, status: int = 200
) -> Response:
    """A page, or a part of one."""

    def asset(name: str) -> str:
        return settings.link(f"/static/{name}?v={assets()[name].version}")

    page = _templates().get_template(template).render(values, link=settings.link, asset=asset)
    return Response(page, {"Content-Type": HTML, **_protection(settings)}, status)


def redirect(settings: Settings, path: str) -> Response:
    """The answer to a form that was taken: the browser goes on to another page."""
    return Response("", {"Location": settings.link(path), "Content-Type": HTML}, 303)


def _sentence(message: str) -> str:
    return f"{message[:1].upper()}{message[1:].removesuffix('.')}."


def _protection(settings: Settings) -> dict[str, str]:
    transport = {"Strict-Transport-Security": A_YEAR} if settings.secure else {}
    return {"Content-Security-Policy": POLICY, **transport}
