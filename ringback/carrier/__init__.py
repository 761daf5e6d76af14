"""A simulated carrier with a phone behind every number: real SIP and RTP, scripted people.

It is a tool for development and tests, and shares no code with the worker that calls it, so that
the two check each other.
"""

from ringback.carrier.call import PhoneCall, Side
from ringback.carrier.carrier import SimulatedCarrier
from ringback.carrier.media.keys import CannotPress
from ringback.carrier.media.recording import Gap, Measurement, Recording
from ringback.carrier.media.sound import NumberTone, Silence, Sound, Tone, UnusableWav, Wav
from ringback.carrier.script import ANSWERS, BUSY, PhoneBook, PhoneScript, Press, Reject, Verdict
from ringback.carrier.timeline import CallEnded, Moment

__all__ = [
    "ANSWERS",
    "BUSY",
    "CallEnded",
    "CannotPress",
    "Gap",
    "Measurement",
    "Moment",
    "NumberTone",
    "PhoneBook",
    "PhoneCall",
    "PhoneScript",
    "Press",
    "Recording",
    "Reject",
    "Side",
    "Silence",
    "SimulatedCarrier",
    "Sound",
    "Tone",
    "UnusableWav",
    "Verdict",
    "Wav",
]
