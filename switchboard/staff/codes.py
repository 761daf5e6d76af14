"""Codes of the second factor: by time (RFC 6238), and for whoever lost their phone."""

import hashlib
import hmac
from datetime import datetime, timedelta

import pyotp

STEP = timedelta(seconds=30)
ISSUER = "Ringback"
SECRET_LENGTH = 32


def new_secret() -> str:
    """A secret for one user's phone, in base 32."""
    return pyotp.random_base32(SECRET_LENGTH)


def is_secret(text: str) -> bool:
    """Whether `new_secret` could have made it."""
    return len(text) == SECRET_LENGTH and set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def enrolment_uri(secret: str, login: str) -> str:
    """What a phone reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is, None where it is none of now: a phone's clock may be a step
    early or late."""
    totp, digits = pyotp.TOTP(secret), code.replace(" ", "")
    if not (digits.isascii() and digits.isdecimal()):
        return None
    present = int(now.timestamp()) // int(STEP.total_seconds())
    steps = (present, present - 1, present + 1)
    fitting = (step for step in steps if hmac.compare_digest(totp.generate_otp(step), digits))
    return next(fitting, None)


def recovery_hash(code: str) -> str:
    """How a recovery code is kept. It is random and long, so that a plain hash cannot be
    searched."""
    plain = code.strip().lower().replace("-", "").replace(" ", "")
    return hashlib.sha256(plain.encode(errors="surrogatepass")).hexdigest()
