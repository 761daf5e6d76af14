"""What a worker counts for Prometheus: its calls, how callbacks and legs ended, and audio."""

from datetime import timedelta
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, values

from switchboard.calls.cdr import Cdr
from switchboard.calls.leg import LegRecord

HEARTBEAT = "ringback_heartbeat_timestamp_seconds"
MOS_BUCKETS = (1.5, 2, 2.5, 3, 3.5, 4, 4.3, 4.5)
# Seconds from the INVITE to the first ring: carriers are called slow beyond six.
PDD_BUCKETS_S = (0.25, 0.5, 1, 2, 3, 4, 6, 8, 12, 20)
# Seconds from when a callback may ring until a worker takes it: patience ends at ninety.
WAIT_BUCKETS_S = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 90)
ENDED = ("ending", "culprit")
RTP_PACKETS = (
    ("received", "Packets of audio that came from far ends."),
    ("lost", "Packets of audio that far ends sent and that did not come."),
)


def count_as(process: int) -> None:
    """Count, from the first metric on, into the files of this process of a supervisor: one that
    takes the place of another counts on where that ended, and no series nor file is added."""
    values.ValueClass = values.MultiProcessValue(lambda: process)  # type: ignore[no-untyped-call]  # it has no types


class _LegMetrics:
    """How legs went, by trunk."""

    def __init__(self, registry: CollectorRegistry) -> None:
        counter = partial(Counter, registry=registry)
        by_trunk = partial(Histogram, labelnames=("trunk",), registry=registry)
        self._ended = counter(
            "ringback_legs_ended_total", "Legs that were placed.", ("party", "trunk", *ENDED)
        )
        self._seconds = counter(
            "ringback_legs_answered_seconds_total",
            "How long legs were answered.",
            ("party", "trunk"),
        )
        self._pdd = by_trunk(
            "ringback_post_dial_delay_seconds",
            "From the INVITE to the first ring.",
            buckets=PDD_BUCKETS_S,
        )
        self._mos = by_trunk(
            "ringback_leg_mos",
            "How a leg sounded: the mean opinion score by the E-model (ITU-T G.107).",
            buckets=MOS_BUCKETS,
        )
        self._received, self._lost = (
            counter(f"ringback_rtp_packets_{what}_total", text, ("trunk",))
            for what, text in RTP_PACKETS
        )

    def ended(self, leg: LegRecord) -> None:
        """A leg is over."""
        party, verdict = leg.party.value, leg.verdict
        self._ended.labels(party, leg.trunk, verdict.ending.value, verdict.culprit.value).inc()
        self._seconds.labels(party, leg.trunk).inc(leg.seconds)
        if leg.invited_at is not None and leg.ringing_at is not None:
            self._pdd.labels(leg.trunk).observe((leg.ringing_at - leg.invited_at).total_seconds())
        if leg.rtp is not None:
            self._received.labels(leg.trunk).inc(leg.rtp.received)
            self._lost.labels(leg.trunk).inc(leg.rtp.lost)
            if leg.rtp.mos is not None:
                self._mos.labels(leg.trunk).observe(leg.rtp.mos)


class Metrics:
    """Under several processes each counts for itself, and whoever asks gets the sums."""

    def __init__(self, registry: CollectorRegistry) -> None:
        gauge, counter = partial(Gauge, registry=registry), partial(Counter, registry=registry)
        self._live = gauge(
            "ringback_callbacks_live",
            "Callbacks that this worker has in its hands.",
            multiprocess_mode="livesum",
        )
        self._capacity = gauge(
            "ringback_callbacks_capacity",
            "Callbacks that it can carry at once; none while it leaves.",
            multiprocess_mode="livesum",
        )
        self._beat = gauge(
            HEARTBEAT, "When it last told the stores that it lives.", multiprocess_mode="liveall"
        )
        newest = partial(gauge, multiprocess_mode="mostrecent")
        self._waiting = newest("ringback_orders_waiting", "Orders that no worker has taken yet.")
        self._dead = newest("ringback_orders_dead", "Orders that no worker could serve.")
        self._wait = Histogram(
            "ringback_order_wait_seconds",
            "From when a callback may ring until a worker takes it.",
            buckets=WAIT_BUCKETS_S,
            registry=registry,
        )
        self._ended = counter(
            "ringback_callbacks_ended_total", "Callbacks that rang and are settled.", ENDED
        )
        self._legs = _LegMetrics(registry)

    def beat(self, *, live: int, capacity: int) -> None:
        """A heartbeat has reached the stores."""
        self._live.set(live)
        self._capacity.set(capacity)
        self._beat.set_to_current_time()

    def taken(self, waited: timedelta) -> None:
        """A callback was taken that had waited so long."""
        self._wait.observe(waited.total_seconds())

    def counted(self, *, waiting: int, dead: int) -> None:
        """The queues were looked at."""
        self._waiting.set(waiting)
        self._dead.set(dead)

    def ended(self, cdr: Cdr) -> None:
        """A callback is settled."""
        verdict = cdr.verdict
        self._ended.labels(verdict.ending.value, verdict.culprit.value).inc()
        for leg in cdr.legs:
            self._legs.ended(leg)
