"""Forms as browsers and Twilio post them."""

from urllib.parse import parse_qs

from chalice.app import Request

from switchboard.errors import Malformed

# Twilio sends some thirty; a form of ours has five.
MOST_FIELDS = 200


class Form(dict[str, list[str]]):
    """The fields of a form, each with all of its values; a blank one is there."""

    def getlist(self, name: str) -> list[str]:
        """All values of a field, under the name that Twilio's validator asks by."""
        return self[name]

    def text(self, name: str) -> str:
        """The first value of a field without spaces around it, empty where there is none."""
        return self.get(name, [""])[0].strip()


def read_form(request: Request) -> Form:
    """The form of a request. Malformed where it has more fields than any honest one."""
    raw = request.raw_body
    text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
    try:
        return Form(parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError as error:
        raise Malformed("this form cannot be read") from error
