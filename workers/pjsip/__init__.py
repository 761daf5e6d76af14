"""The media engine over pjsua2. Nothing outside of this package imports pjsua2."""

from workers.pjsip.engine import CannotStart, PjsipEngine, PjsipSettings

__all__ = ["CannotStart", "PjsipEngine", "PjsipSettings"]
