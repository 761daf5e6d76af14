"""Phones behind a carrier that speaks TLS and SRTP only, in a process of its own.

    python -m tests.integration.secured_phones PORT CERTIFICATE KEY FOLDER NUMBER=HERTZ…

Each phone answers at once, plays its tone, and records what it hears as FOLDER/NUMBER.wav; the last
one hangs up after a while. An engine of pjsua2, since nothing else here speaks SRTP.
"""

import re
import sys
import time
from pathlib import Path

from pjsua2 import pjsua2 as pj

HOST = "127.0.0.1"
TALKS_S = 3.0
LEVEL = 6000


class Phone(pj.Call):
    def __init__(self, account: "Carrier", number: int, hertz: float, recording: Path) -> None:
        super().__init__(account, number)
        description = pj.ToneDesc()
        description.freq1, description.on_msec, description.volume = round(hertz), 1000, LEVEL
        self._tone, self._recorder = pj.ToneGenerator(), pj.AudioMediaRecorder()
        self._tone.createToneGenerator(8000, 1)
        self._tone.play(pj.ToneDescVector([description]), True)
        self._recorder.createRecorder(str(recording))

    def onCallMediaState(self, _parameter) -> None:  # noqa: N802  it overrides one of pjsua2
        audio = self.getAudioMedia(-1)
        self._tone.startTransmit(audio)
        audio.startTransmit(self._recorder)


class Carrier(pj.Account):
    def __init__(self, tones: dict[str, float], folder: Path) -> None:
        super().__init__()
        self._tones = tones
        self._folder = folder
        self.phones: dict[str, Phone] = {}

    def onIncomingCall(self, parameter) -> None:  # noqa: N802  it overrides one of pjsua2
        called = re.match(r"INVITE sips?:(\+?\d+)@", parameter.rdata.wholeMsg)[1]
        phone = Phone(self, parameter.callId, self._tones[called], self._folder / f"{called}.wav")
        self.phones[called] = phone
        answer = pj.CallOpParam(True)
        answer.opt.videoCount = answer.opt.textCount = 0
        answer.statusCode = 200
        phone.answer(answer)


def main(port: str, certificate: str, key: str, folder: str, *phones: str) -> None:
    tones = {number: float(hertz) for number, hertz in (one.split("=") for one in phones)}
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.logConfig.level = config.logConfig.consoleLevel = 2
    config.uaConfig.threadCnt, config.uaConfig.mainThreadOnly = 0, True
    config.medConfig.clockRate = config.medConfig.sndClockRate = 8000
    config.medConfig.noVad, config.medConfig.sndAutoCloseTime = True, -1
    endpoint.libInit(config)
    endpoint.audDevManager().setNullDev()
    transport = pj.TransportConfig()
    transport.port, transport.boundAddress = int(port), HOST
    transport.tlsConfig.certFile, transport.tlsConfig.privKeyFile = certificate, key
    endpoint.transportCreate(pj.PJSIP_TRANSPORT_TLS, transport)
    endpoint.libStart()
    account = pj.AccountConfig()
    account.idUri = f"sip:carrier@{HOST}:{port};transport=tls"
    account.mediaConfig.srtpUse = pj.PJMEDIA_SRTP_MANDATORY
    account.mediaConfig.transportConfig.boundAddress = HOST
    account.mediaConfig.transportConfig.port = 46_000
    carrier = Carrier(tones, Path(folder))
    carrier.create(account)
    print("ready", flush=True)  # noqa: T201 - for the test
    hangs_up_at = None
    while hangs_up_at is None or time.monotonic() < hangs_up_at:
        endpoint.libHandleEvents(10)
        if hangs_up_at is None and len(carrier.phones) == len(tones):
            hangs_up_at = time.monotonic() + TALKS_S
    carrier.phones[list(tones)[-1]].hangup(pj.CallOpParam())
    while any(phone.isActive() for phone in carrier.phones.values()):
        endpoint.libHandleEvents(10)
    # The recordings are written when their recorders go.
    carrier.phones.clear()
    endpoint.libDestroy()


if __name__ == "__main__":
    main(*sys.argv[1:])
