"""Hearing keys in the audio of one line: the share of a core that it takes."""

import time
from collections.abc import Iterator

from ringback.carrier.media.sound import KeyTones
from workers.tones import ToneEar

PACKETS = 1000
PACKET_SAMPLES = 160
PACKET_US = 20_000


def key_rows() -> Iterator[str]:
    key = KeyTones("5").samples(0, PACKET_SAMPLES).tobytes()
    for what, packet in (("a key", key), ("silence", bytes(len(key)))):
        ear, began = ToneEar(), time.process_time()
        for _ in range(PACKETS):
            ear.hear(packet)
        took_us = (time.process_time() - began) / PACKETS * 1e6
        share = 100 * took_us / PACKET_US
        yield f"hearing {what} for 20 ms: {took_us:.0f} us, {share:.2f} % of a core"
