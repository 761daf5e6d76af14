"""Every mode of service numbers and every branch of the conversation, over real SIP and RTP."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from ringback.embedded.process import EmbeddedAws
from switchboard.desk.service_numbers import find_service_number
from tests.fakes.exchange import CENT
from tests.integration.conversations import CONVERSATIONS, REDEEMS
from tests.integration.modes import BY_CALLER_ID, MODES, NOT_RUNG_BACK, QUEUED
from tests.integration.stage import (
    LONG_PROMPT,
    LONG_PROMPT_S,
    Conversation,
    Played,
    Stage,
    open_stage,
)
from tests.integration.system import until

# The first test waits for all that are played.
pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

# A second begun counts whole, and a busy machine is late now and then.
LAG_S = 1.5


@pytest.fixture(scope="module")
def stage(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_stage(aws, tmp_path_factory.mktemp("stage")) as stage:
        yield stage


@pytest.fixture(scope="module")
def outcomes(stage: Stage, request: pytest.FixtureRequest) -> Mapping[str, Played | BaseException]:
    """What became of the conversations that were asked for, all of which are over."""
    asked = [
        item.callspec.params["conversation"]
        for item in request.session.items
        if item.module is request.module and hasattr(item, "callspec")
    ]
    return stage.play(list({one.rule: one for one in asked}.values()))


@pytest.fixture
def played(conversation: Conversation, outcomes: Mapping[str, Played | BaseException]) -> Played:
    outcome = outcomes[conversation.rule]
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


@pytest.mark.parametrize("conversation", [QUEUED, *CONVERSATIONS, *MODES], ids=lambda one: one.rule)
def test_a_conversation_goes_as_it_is_written(conversation: Conversation, played: Played):
    assert played.scripts == played.scripted
    assert played.told == conversation.cdrs
    check_times(played)
    check_money(conversation, played)


def check_times(played: Played) -> None:
    """Each customer leg is as long as its phone was off the hook."""
    for call, cdr in zip(played.calls, played.cdrs, strict=True):
        if call.answered is not None:
            off_hook_s = call.ended.monotonic - call.answered.monotonic
            assert cdr.customer.seconds == pytest.approx(off_hook_s + 0.5, abs=LAG_S)


def check_money(conversation: Conversation, played: Played) -> None:
    """Each leg costs a cent a second, and one account pays it all."""
    spent = sum(cdr.cost.micros for cdr in played.cdrs)
    legs = [leg for cdr in played.cdrs for leg in cdr.legs]
    assert spent == sum(leg.seconds for leg in legs) * CENT
    opened = {"alice": conversation.cents + conversation.gains, "house": 500}
    for name, balance in played.balances.items():
        paid = spent if name == conversation.payer else 0
        assert (balance.posted_micros, balance.holds) == (opened[name] * CENT - paid, {})
        assert balance.avail_micros == balance.posted_micros


@pytest.mark.parametrize("conversation", [REDEEMS], ids=["of a voucher"])
def test_keys_stop_a_prompt(conversation: Conversation, played: Played):
    [times] = played.times

    assert times["voucher-redeemed"] - times[LONG_PROMPT] < LONG_PROMPT_S


@pytest.mark.parametrize("conversation", [QUEUED], ids=["by an INVITE"])
def test_a_closed_number_waits_until_it_opens(
    stage: Stage, conversation: Conversation, played: Played
):
    [callback], [call] = played.callbacks, played.calls
    service = find_service_number(stage.system.ports, played.cast.service)

    opens_at = service.hours.opens_at(callback.requested_at)

    assert callback.requested_at < opens_at <= call.invited.at


@pytest.mark.parametrize("conversation", BY_CALLER_ID, ids=lambda one: one.rule)
@pytest.mark.parametrize("code", NOT_RUNG_BACK)
def test_who_is_not_rung_back_is_answered_as_who_is(
    stage: Stage, conversation: Conversation, played: Played, code: str
):
    ports = stage.system.ports
    refused = replace(conversation, **NOT_RUNG_BACK[code])

    async def ring():
        cast, _ = stage.cast(refused)
        answer = await stage.knock(refused, cast)
        today = ports.clock.now().date()
        return cast, answer, await until(lambda: ports.rings.refused(cast.service, today) or None)

    cast, answer, counted = asyncio.run(ring())

    assert ([answer], counted) == ([*played.answers], {code: 1})
    for one in cast.accounts.values():
        assert ports.callbacks.recent(one.account, limit=5, cursor=None).items == []


def test_the_books_are_clean_after_all_of_it(stage: Stage, outcomes):
    assert stage.system.books_are_clean()
