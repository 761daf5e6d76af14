"""Widgets as an operator sets them up by the command."""

from collections.abc import Iterator

import pytest

from tests.integration.shell import Shell, shell_of_a_new_system

pytestmark = pytest.mark.integration

SHOP = "https://shop.example.com"


@pytest.fixture(scope="module")
def shell(tmp_path_factory) -> Iterator[Shell]:
    with shell_of_a_new_system(tmp_path_factory.mktemp("aws"), "widgets-") as shell:
        shell.import_sheet()
        shell.json("accounts", "add", "shop", "--sheet", "retail", "--country", "GB")
        yield shell


def test_a_widget_is_added_changed_and_shown_with_what_a_site_has_to_have(shell):
    made = shell.json(
        *("widgets", "add", "support", "--account", "shop", "--to", "020 7946 0123"),
        *("--origin", SHOP, "--hours", "mon-fri 09:00-17:00", "--time-zone", "Europe/London"),
    )
    changed = shell.json(
        *("widgets", "set", "support", "--country", "gb", "--country", "ie", "--ask-code"),
        *("--per-address", "3/10m", "--in-all", "50/1d", "--language", "fr"),
    )
    page = "https://call.example.com/widget/support"
    shown = shell.json("widgets", "show", "support", RINGBACK_PUBLIC_URL="https://call.example.com")

    assert made == {
        "widget": "support",
        "account": "shop",
        "to": "+442079460123",
        "origins": [SHOP],
        "countries": ["GB"],
        "hours": ["mon-fri 09:00-17:00"],
        "time_zone": "Europe/London",
        "calls_for_address": "10/1h",
        "calls_to_phone": "3/1h",
        "calls_in_all": "100/1d",
        "asks_code": False,
        "language": "en",
        "enabled": True,
    }
    assert changed == {
        **made,
        "countries": ["GB", "IE"],
        "asks_code": True,
        "calls_for_address": "3/10m",
        "calls_in_all": "50/1d",
        "language": "fr",
    }
    assert shown == {**changed, "page": page, "snippet": shown["snippet"]}
    assert shown["snippet"].startswith(f'<script async src="{page}.js"></script><noscript>')
    assert shell.json("widgets", "list") == [changed]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--account", "shop"), "a widget needs --account, --to and --origin"),
        (("--account", "x", "--to", "+442079460123", "--origin", SHOP), "there is no account x"),
        (
            ("--account", "shop", "--to", "+442079460123", "--origin", "shop.example.com"),
            "“shop.example.com” is no site: write it like https://www.example.com",
        ),
    ],
)
def test_a_widget_that_cannot_be_is_refused(shell, words, why):
    refused = shell.run("widgets", "add", "sales", *words)

    assert (refused.returncode, refused.stderr.strip()) == (2, why)


def test_a_widget_is_shown_with_an_address_only_where_it_is_known(shell):
    shell.json(
        *("widgets", "add", "hotline", "--account", "shop", "--to", "+442079460124"),
        *("--origin", SHOP, "--disable"),
    )

    refused = shell.run("widgets", "show", "hotline")

    assert refused.returncode == 1
    assert "RINGBACK_PUBLIC_URL is not set" in refused.stderr
