"""Texts that answer nobody, by Twilio's REST interface, whose server stands in this process."""

from urllib.parse import urlsplit

import pytest
from twilio.http import HttpClient
from twilio.http.response import Response

from chalicelib.twilio_texts import NoTexts, TwilioTexts
from chalicelib.wiring import texts_of
from switchboard.errors import NotTexted
from tests.fakes.api import SETTINGS
from tests.fakes.world import ALICE, SERVICE


class Server(HttpClient):
    """Answers as Twilio does, and keeps what it was sent."""

    def __init__(self, status: int = 201, body: str = '{"sid": "SM1"}') -> None:
        super().__init__(None, is_async=False, timeout=None)
        self.status, self.body, self.asked = status, body, []

    def request(self, method, url, params=None, data=None, headers=None, auth=None, **_more):
        self.asked.append((method, urlsplit(url).path, dict(data), auth))
        return Response(self.status, self.body)


@pytest.mark.parametrize(
    ("sender", "field"), [(str(SERVICE), "From"), ("MG0123", "MessagingServiceSid")]
)
def test_a_text_is_handed_to_twilio(sender, field):
    server = Server()

    TwilioTexts("AC1", "token", sender, server).send(ALICE, "123456 is your code")

    [(method, path, data, auth)] = server.asked
    assert (method, path) == ("POST", "/2010-04-01/Accounts/AC1/Messages.json")
    assert data == {"To": str(ALICE), "Body": "123456 is your code", field: sender}
    assert auth == ("AC1", "token")


def test_a_text_that_twilio_does_not_take_is_refused_without_its_words(caplog):
    server = Server(400, '{"code": 21211, "message": "not a number", "status": 400}')

    with pytest.raises(NotTexted, match="no text can be sent"):
        TwilioTexts("AC1", "token", str(SERVICE), server).send(ALICE, "123456")

    assert "123456" not in caplog.text
    assert ALICE.digits not in caplog.text


def test_without_an_account_at_twilio_no_texts_are_sent():
    texts = texts_of(SETTINGS)

    assert isinstance(texts, NoTexts)
    with pytest.raises(NotTexted, match="from that phone itself"):
        texts.send(ALICE, "123456")
