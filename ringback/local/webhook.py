"""A text message as Twilio delivers it: a signed form, posted to our webhook."""

import base64
import hashlib
import hmac
from collections.abc import Mapping

import httpx


def signature(url: str, form: Mapping[str, str], token: str) -> str:
    """What Twilio puts into X-Twilio-Signature: HMAC-SHA1 over the URL and the sorted fields
    (Twilio's documentation, "Webhooks security")."""
    signed = url + "".join(name + form[name] for name in sorted(form))
    digest = hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def post_text(
    base_url: str, token: str, *, sender: str, service: str, text: str, message_id: str
) -> httpx.Response:
    """Deliver a text. The answer is TwiML."""
    url = f"{base_url}/webhooks/twilio/sms"
    form = {
        "ApiVersion": "2010-04-01",
        "Body": text,
        "From": sender,
        "MessageSid": message_id,
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsMessageSid": message_id,
        "SmsSid": message_id,
        "SmsStatus": "received",
        "To": service,
    }
    headers = {"X-Twilio-Signature": signature(url, form, token)}
    return httpx.post(url, data=form, headers=headers, timeout=20)
