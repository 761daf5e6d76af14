"""Passwords as customers change them."""

from switchboard.billing.account import Account
from switchboard.desk.lockout import one_sign_in
from switchboard.desk.profiles import Changes, change_profile
from switchboard.errors import Malformed, NotAllowed
from switchboard.ports import Passwords, Ports

SHORTEST_PASSWORD = 8
# Hashing what is longer would cost us.
LONGEST_PASSWORD = 256


class WrongPassword(NotAllowed):
    """Who is signed in does not know the password."""

    code = "wrong_password"


def change_password(
    ports: Ports, passwords: Passwords, account: str, old: str, new: str, address: str
) -> Account:
    """The account with another password, by a customer at this address who knows the old one; all
    visits end. WrongPassword where the old one is not right, which counts as a try to sign in."""
    if not SHORTEST_PASSWORD <= len(new) <= LONGEST_PASSWORD:
        raise Malformed(f"a password has {SHORTEST_PASSWORD} characters at least")
    profile = ports.accounts.get(account).profile
    with one_sign_in(ports, profile.login or account, address):
        right = len(old) <= LONGEST_PASSWORD and passwords.matches(old, profile.password_hash)
        if not right:
            raise WrongPassword("the present password is wrong")
    return change_profile(ports, account, Changes(password_hash=passwords.hash(new)))
