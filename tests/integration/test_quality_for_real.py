"""What the record says of how a clean call sounded, whoever listened to it and when."""

from dataclasses import dataclass

import pytest

from ringback.carrier import PhoneScript, Press, Tone
from ringback.carrier.media.g711 import Samples
from switchboard.calls.ending import Party
from switchboard.calls.leg import RtpQuality
from switchboard.calls.manners import Manners
from switchboard.desk.profiles import Changes, change_profile
from tests.integration.caller import in_real_time
from tests.integration.far_end import far_end
from tests.integration.system import System
from tests.integration.test_callbacks_for_real import AT_ONCE, SPEECH_DBFS, seconds
from tests.integration.test_callbacks_for_real import tones as heard_by
from tests.integration.test_pjsip_audio import tones
from workers.phone import LegTrace

pytestmark = pytest.mark.integration


def sounded_well(rtp: RtpQuality) -> bool:
    """Whether all that came was heard, but for what a machine that has much to do takes in late."""
    return rtp.lost == 0 and rtp.discarded <= 0.02 * rtp.received and rtp.mos > 4


@in_real_time
async def test_a_clean_call_sounds_well_however_long_prompts_and_ringing_took(system: System):
    alice = system.customer()
    change_profile(system.ports, alice.account, Changes(manners=Manners(tell_limit=False)))
    keys = (Press(seconds(3), f"00{alice.friend.digits}#"),)
    asks = PhoneScript(AT_ONCE, sound=Tone(700), digits=keys, hang_up_after=seconds(14))
    friend = PhoneScript(ring_for=seconds(1), sound=Tone(1200), hang_up_after=seconds(2.5))
    async with system.carrier({alice.phone: asks, alice.friend: friend}) as carrier:
        callback = system.order(alice, None)
        one = await carrier.next_call(str(alice.phone))
        other = await carrier.next_call(str(alice.friend))
        await one.wait_ended()
        _, cdr = await system.ended(callback)

    answered = one.answered.monotonic
    assert one.heard.between(answered + 2.5, answered + 3).level_dbfs > SPEECH_DBFS
    talk = other.answered.monotonic + 0.3, other.ended.monotonic
    assert (heard_by(one, *talk), heard_by(other, *talk)) == ({1200}, {700})
    assert [leg.number for leg in cdr.legs] == [alice.phone, alice.friend]
    assert [leg.rtp for leg in cdr.legs if not sounded_well(leg.rtp)] == []


@dataclass
class Turning:
    """What a phone plays: one tone, and another from when it is told."""

    tone: Tone

    def samples(self, first: int, count: int) -> Samples:
        return self.tone.samples(first, count)


def test_who_was_not_listened_to_is_heard_at_once_and_as_of_now(worker):
    traces, sound = (LegTrace(), LegTrace()), Turning(Tone(600))

    async def flow():
        async with (
            far_end("answers", tone=sound) as one,
            far_end("answers", tone=Tone(900)) as other,
            worker.phone.dial(one.order(), traces[0]) as customer,
            worker.phone.dial(other.order(Party.DESTINATION), traces[1]) as destination,
        ):
            await customer.play("beep", "beep")
            sound.tone = Tone(1500)
            # So long what was said is on its way.
            await one.handset.hear(0.2)
            await worker.phone.join(customer, destination)
            await other.handset.hear(0.1)
            return await other.handset.hear(0.3)

    heard = worker.run(flow())

    assert tones(heard) == {1500}
    assert [trace.rtp for trace in traces if not sounded_well(trace.rtp)] == []
