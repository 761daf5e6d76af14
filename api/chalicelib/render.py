"""Pages out of templates."""

from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from urllib.parse import urlsplit

from chalice.app import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chalicelib.assets import assets
from chalicelib.progress import clock_face
from chalicelib.readers import ANYBODY, Reader
from chalicelib.routes import HTML
from chalicelib.settings import Settings
from chalicelib.translation import LANGUAGES, translations_of
from switchboard.money import format_micros
from switchboard.numbering import spaced

FORMS = "form-action 'self'"
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # the icons in Tabler's style sheet
        "connect-src 'self'",
        FORMS,
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)
A_YEAR = "max-age=31536000"


@cache
def _templates(language: str) -> Environment:
    environment = Environment(
        extensions=["jinja2.ext.i18n"],
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "amount": format_micros,
        "clock_face": clock_face,
        "phone": spaced,
        "sentence": _sentence,
    }
    environment.policies["ext.i18n.trimmed"] = True
    # What the extension adds to an environment, Jinja2's types do not know.
    install = environment.install_gettext_translations  # type: ignore[attr-defined]  # see above
    install(translations_of(language), newstyle=True)
    environment.globals["_"] = partial(_translated, language)
    return environment


def render(
    settings: Settings,
    template: str,
    values: Mapping[str, object],
    *,
    status: int = 200,
    reader: Reader = ANYBODY,
) -> Response:
    """A page, or a part of one, as this reader reads it."""

    def asset(name: str) -> str:
        return settings.link(f"/static/{name}?v={assets()[name].version}")

    page = (
        _templates(reader.language)
        .get_template(template)
        .render(values, link=settings.link, asset=asset, reader=reader, languages=LANGUAGES)
    )
    return Response(page, {"Content-Type": HTML, **_protection(settings)}, status)


def redirect(settings: Settings, path: str) -> Response:
    """The answer to a form that was taken: the browser goes on to another page."""
    return Response("", {"Location": settings.link(path), "Content-Type": HTML}, 303)


def redirect_elsewhere(settings: Settings, url: str) -> Response:
    """On to an address that is none of ours."""
    return Response("", {"Location": url, "Content-Type": HTML, **_protection(settings)}, 303)


def let_post_to(page: Response, url: str) -> Response:
    """The page, whose form may be posted to the host of this address, too."""
    to = urlsplit(url)
    policy = POLICY.replace(FORMS, f"{FORMS} {to.scheme}://{to.netloc}")
    page.headers["Content-Security-Policy"] = policy
    return page


def attach(settings: Settings, content: bytes, content_type: str, name: str) -> Response:
    """A file that a browser saves under this name."""
    headers: dict[str, str | list[str]] = {
        "Content-Type": content_type,
        "Content-Disposition": f'attachment; filename="{name}"',
        **_protection(settings),
    }
    return Response(content, headers)


def _translated(language: str, text: str, **gaps: object) -> str:
    """A text of ours, or what somebody entered where there is none. The extension's own would take
    either for markup, which is not escaped, and a percent sign in it for a gap."""
    # The catalogue says of itself what it is where it is asked for nothing.
    translated = translations_of(language).gettext(text) if text else ""
    return translated % gaps if gaps else translated


def _sentence(message: str) -> str:
    return f"{message[:1].upper()}{message[1:].removesuffix('.')}."


def _protection(settings: Settings) -> dict[str, str]:
    transport = {"Strict-Transport-Security": A_YEAR} if settings.secure else {}
    return {"Content-Security-Policy": POLICY, **transport}
