"""A carrier's answer to a challenge, worked out apart from the code that checks it."""

import hashlib
import re

from switchboard.sip.message import Request, Response

CNONCE = "0a4f113b"


def answered(
    invite: Request, asked: Response, user: str, password: str, algorithm: str = "SHA-256"
) -> Request:
    """The INVITE again, with what the challenge asks for."""
    [line] = [
        value
        for name, value in asked.headers
        if name == "WWW-Authenticate" and f"algorithm={algorithm}," in value
    ]
    nonce, realm = (re.search(f'{name}="([^"]*)"', line)[1] for name in ("nonce", "realm"))

    def digest(*parts: str) -> str:
        return hashlib.new(algorithm.replace("-", ""), ":".join(parts).encode()).hexdigest()

    ha1, ha2 = digest(user, realm, password), digest(invite.method, invite.uri)
    response = digest(ha1, nonce, "00000001", CNONCE, "auth", ha2)
    credentials = (
        f'Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{invite.uri}",'
        f' response="{response}", algorithm={algorithm}, cnonce="{CNONCE}", qop=auth, nc=00000001'
    )
    return invite.with_headers(("Authorization", credentials))
