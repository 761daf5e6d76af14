"""What holds for the whole system: classes of destinations, and providers of texts."""

from switchboard.billing.classes import DestinationClass
from switchboard.texts.provider import SmsProvider
from switchboard.wire.forms import Body


def class_body(found: DestinationClass) -> Body:
    """A class of destinations."""
    return {
        "class": found.name,
        "blocked": found.blocked,
        "prefixes": list(found.prefixes),
    }


def sms_provider_body(provider: SmsProvider) -> Body:
    """How a provider of texts speaks, without its secret."""
    return {
        "provider": provider.name,
        "method": provider.method.value,
        "format": provider.format.value,
        "proof": provider.proof.value,
        "proof_in": provider.proof_in,
        "fields": dict(provider.fields),
        "networks": list(provider.networks),
        "answer": provider.answer,
        "answer_type": provider.answer_type,
    }
