"""Texts that answer nobody, sent by Twilio's REST interface."""

import logging

from twilio.http import HttpClient

from switchboard.errors import NotTexted
from switchboard.numbering import PhoneNumber

log = logging.getLogger("ringback.twilio")

TIMEOUT_S = 5


class TwilioTexts:
    """`Texts` from a number of ours at Twilio, or a messaging service (MG…)."""

    def __init__(
        self, account_sid: str, auth_token: str, sender: str, http: HttpClient | None = None
    ) -> None:
        self._credentials = (account_sid, auth_token)
        self._sender = sender
        self._http = http

    def send(self, to: PhoneNumber, text: str) -> None:
        """Send a text. NotTexted where Twilio does not take it."""
        # Imported late: Twilio's client takes half a second, and most requests send nothing.
        from twilio.base.exceptions import TwilioException
        from twilio.http.http_client import TwilioHttpClient
        from twilio.rest import Client

        client = Client(
            *self._credentials, http_client=self._http or TwilioHttpClient(timeout=TIMEOUT_S)
        )
        kind = "messaging_service_sid" if self._sender.startswith("MG") else "from_"
        try:
            client.messages.create(to=str(to), body=text, **{kind: self._sender})
        except (TwilioException, OSError) as error:
            log.warning("a text to %s was not sent: %s", to.masked, type(error).__name__)
            raise NotTexted("no text can be sent to that phone now") from None


class NoTexts:
    """`Texts` where no way out is configured."""

    def send(self, to: PhoneNumber, text: str) -> None:  # noqa: ARG002  the port's
        """NotTexted, with what can be done instead."""
        raise NotTexted(
            "we send no codes by text: text your PIN and R.number from that phone itself, or have"
            " it called for one"
        )
