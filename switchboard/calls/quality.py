"""What audio is worth to whoever hears it: the E-model of ITU-T G.107 for G.711, simplified.

R = 93.2 - Id - Ie,eff (G.107 §7.1 with the default values of its other parameters), where
- Id = 0.024 d + 0.11 (d - 177.3) H(d - 177.3) for a delay of d milliseconds (the approximation of
  Cole and Rosenbluth, "Voice over IP performance monitoring", 2001, of G.107 §7.4);
- Ie,eff = Ie + (95 - Ie) Ppl / (Ppl + Bpl) for Ppl percent of random loss (G.107 §7.5), with Ie = 0
  and Bpl = 25.1 for G.711 with packet loss concealment (G.113 Appendix I), which pjmedia has.
The score is that of G.107 Annex B.
"""

WITHOUT_IMPAIRMENT = 93.2
LOSS_ROBUSTNESS = 25.1
# What a packet collects before it is sent.
PACKET_MS = 20.0
NOTICED_MS = 177.3


def rating(*, loss: float, delay_ms: float) -> float:
    """The rating R, of a part of the packets lost (0 to 1) and a delay from mouth to ear."""
    late_ms = max(0.0, delay_ms - NOTICED_MS)
    delay_impairment = 0.024 * delay_ms + 0.11 * late_ms
    loss_percent = 100 * loss
    loss_impairment = 95 * loss_percent / (loss_percent + LOSS_ROBUSTNESS)
    return WITHOUT_IMPAIRMENT - delay_impairment - loss_impairment


def opinion(rating: float) -> float:
    """The mean opinion score (MOS-CQE) of a rating: 1 is bad, 4.5 the best there is."""
    bounded = min(100.0, max(0.0, rating))
    score = 1 + 0.035 * bounded + bounded * (bounded - 60) * (100 - bounded) * 7e-6
    # Below 6.5 the polynomial falls under 1, and rises again.
    return max(1.0, score)
