"""Measuring audio: how loud it is, and which frequencies it is made of."""

import math

import numpy as np
import numpy.typing as npt

from ringback.carrier.media.g711 import SAMPLE_RATE_HZ, Samples
from ringback.carrier.media.sound import FULL_SCALE

Spectrum = npt.NDArray[np.float64]

# Two frequencies nearer to each other than this count as one. 440 and 480 Hz, the nearest pair
# among the world's ringback tones, are told apart.
_RESOLUTION_HZ = 20.0
# A frequency that carries less than this share of the energy does not count.
_LEAST_SHARE = 0.1
_FEWEST_SAMPLES = SAMPLE_RATE_HZ // 10
_FEWEST_POINTS = 2**15


def level_dbfs(samples: Samples) -> float:
    """RMS over full scale: 0 for the loudest square wave, -3.01 for the loudest sine, minus
    infinity for digital silence and for no samples at all."""
    if not len(samples):
        return -math.inf
    rms = math.sqrt(np.mean(np.square(samples, dtype=np.float64)))
    return 20 * math.log10(rms / FULL_SCALE) if rms else -math.inf


def frequencies_hz(samples: Samples) -> tuple[float, ...]:
    """The frequencies that carry at least a tenth of the energy each, strongest first.

    A single tone is right to 2 Hz, and so is each of a pair 40 Hz apart from 200 ms on.
    Silence, noise and less than 100 ms of anything give none.
    """
    if len(samples) < _FEWEST_SAMPLES:
        return ()
    windowed = (samples - np.mean(samples)) * np.hanning(len(samples))
    # Zeros behind a short stretch make its bins narrow enough for the interpolation below.
    size = max(_FEWEST_POINTS, 2 ** math.ceil(math.log2(len(samples))))
    energy = np.square(np.abs(np.fft.rfft(windowed, size)))
    total = float(np.sum(energy))
    if not total:
        return ()

    bin_hz = SAMPLE_RATE_HZ / size
    reach = round(_RESOLUTION_HZ / bin_hz)
    found: list[float] = []
    remaining = energy.copy()
    while True:
        peak = int(np.argmax(remaining))
        around = slice(max(0, peak - reach), peak + reach + 1)
        if float(np.sum(remaining[around])) < _LEAST_SHARE * total:
            return tuple(found)
        found.append((peak + _offset(energy, peak)) * bin_hz)
        remaining[around] = 0.0


def _offset(energy: Spectrum, peak: int) -> float:
    """How far beside its bin a peak lies, by the parabola through it and its neighbours."""
    if not 0 < peak < len(energy) - 1:
        return 0.0
    left, top, right = np.log(energy[peak - 1 : peak + 2] + np.finfo(float).tiny)
    curvature = left - 2 * top + right
    return float((left - right) / (2 * curvature)) if curvature else 0.0
