"""Slips: what a visitor's browser carries in the place of a cookie, which a frame on another site
may not have. A form's own id, or a callback's, signed for one widget and for a time."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer


@dataclass(frozen=True, slots=True)
class Slips:
    """Slips of one kind: one that names a form is none that names a callback."""

    secret_key: str
    kind: str
    lasts: timedelta

    def write(self, widget: str, name: str, now: datetime) -> str:
        """A slip that nobody can forge."""
        return self._serializer.dumps([widget, name, int(now.timestamp())])

    def read(self, slip: str, widget: str, now: datetime) -> str | None:
        """What it names; None where it is too old, another widget's, or not of ours."""
        try:
            written_for, name, written_s = self._serializer.loads(slip)
        except BadSignature:
            return None
        is_young = now.timestamp() - written_s < self.lasts.total_seconds()
        return str(name) if written_for == widget and is_young else None

    @property
    def _serializer(self) -> URLSafeSerializer:
        digest = {"digest_method": hashlib.sha256}
        return URLSafeSerializer(self.secret_key, salt=f"widget {self.kind}", signer_kwargs=digest)


def form_slips(secret_key: str) -> Slips:
    """Those in forms. Whoever left a page open over lunch can still use it."""
    return Slips(secret_key, "form", timedelta(hours=2))


def call_slips(secret_key: str) -> Slips:
    """Those in the address of a call's state: longer than any call."""
    return Slips(secret_key, "call", timedelta(days=1))
