"""The choice of a language: a customer's for the account, a visitor's for the browser."""

import re
from datetime import timedelta

from chalice.app import Request, Response

from chalicelib.render import redirect
from chalicelib.translation import COOKIE, LANGUAGES
from chalicelib.visits import cookie_of, own_form, visit_of
from chalicelib.wiring import Wiring
from switchboard.desk.profiles import Changes, change_profile
from switchboard.errors import Malformed

CHOICE_LASTS = timedelta(days=365)
# A path of ours: `//host` and `/\host` are other people's.
_OWN_PATH = re.compile(r"/(?![/\\])[\w./?&=%+-]*", re.ASCII)


def choose_language(wiring: Wiring, request: Request) -> Response:
    """POST: pages, calls and texts of a customer, or the pages in this browser."""
    visit = visit_of(wiring, request)
    form = own_form(wiring, request, visit)
    language = form.text("language")
    if language not in LANGUAGES:
        raise Malformed("this language is none of ours")
    response = redirect(wiring.settings, own_path(form.text("back")))
    if visit.account is not None:
        change_profile(wiring.ports, visit.account, Changes(language=language))
        return response
    # None of our secrets, and no page is another one for it.
    response.headers["Set-Cookie"] = cookie_of(wiring.settings, COOKIE, language, CHOICE_LASTS)
    return response


def own_path(asked: str) -> str:
    """Where a form wants to go on to, if it is one of our pages; else the first page."""
    return asked if _OWN_PATH.fullmatch(asked) else "/"
