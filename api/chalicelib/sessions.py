"""Who is signed in, as a signed text: an API client's token, a browser's cookie."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, Signer, URLSafeSerializer


@dataclass(frozen=True, slots=True)
class Session:
    """Whoever bears it acts for this account, if any, until it expires. The nonce tells two
    sessions of one account apart."""

    account: str | None
    expires_at: datetime
    nonce: str

    @classmethod
    def begin(cls, account: str | None, now: datetime, lifetime: timedelta) -> "Session":
        """A new session, which ends at a whole second."""
        return cls(account, (now + lifetime).replace(microsecond=0), secrets.token_urlsafe(16))


class Seal:
    """Makes sessions that nobody can forge, for one use: a token is no cookie."""

    def __init__(self, secret_key: str, use: str) -> None:
        digest = {"digest_method": hashlib.sha256}
        self._serializer = URLSafeSerializer(secret_key, salt=use, signer_kwargs=digest)
        self._form_signer = Signer(secret_key, salt=f"{use} form", digest_method=hashlib.sha256)

    def close(self, session: Session) -> str:
        """The session as a text for its bearer."""
        expires_s = int(session.expires_at.timestamp())
        return self._serializer.dumps([session.account, expires_s, session.nonce])

    def open(self, text: str, now: datetime) -> Session | None:
        """The session of a text, None where it has expired or is not of ours."""
        try:
            account, expires_s, nonce = self._serializer.loads(text)
        except BadSignature:
            return None
        session = Session(account, datetime.fromtimestamp(expires_s, UTC), nonce)
        return session if now < session.expires_at else None

    def form_token(self, session: Session) -> str:
        """What a form of this session carries, so that no other site can post it."""
        return self._form_signer.get_signature(session.nonce).decode()

    def is_form_of(self, session: Session, form_token: str) -> bool:
        """Whether a form was made for this session."""
        return self._form_signer.verify_signature(session.nonce, form_token)
