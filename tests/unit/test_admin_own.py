"""What users do for their own sign-in in the console."""

import re

import pyotp

from switchboard.desk.office.own import add_second_factor
from switchboard.staff.codes import new_secret
from switchboard.staff.rights import ADMINISTRATOR
from switchboard.staff.users import Operator
from tests.fakes.api import readable
from tests.fakes.console import PASSWORD, console_of


def test_another_phone_is_set_up_with_the_password():
    console = console_of()
    secret, path = new_secret(), "/admin/me/second-factor"

    def code_of(secret: str) -> str:
        return pyotp.TOTP(secret).at(console.ports.clock.now())

    by = Operator("jane", ADMINISTRATOR, "console")
    add_second_factor(console.ports, by, console.wiring.safe, secret, code_of(secret))
    page = console.get(path).body.decode()
    new = re.search(r'name="secret" value="(\w+)"', page)[1]

    without = console.submit(page, path, code=code_of(new))
    wrong = console.submit(page, path, code=code_of(new), password="wrong")
    right = console.submit(page, path, code=code_of(new), password=PASSWORD)

    assert (without.status_code, wrong.status_code) == (422, 400)
    assert "Your recovery codes" in readable(right)
