"""SMS providers that are not built in, as operators see and change them. They are a way in for
texts, as phone bridges are, and need the same rights."""

from collections.abc import Mapping, Sequence

from switchboard.desk.office.rights import log, needs
from switchboard.errors import AlreadyExists, NotFound
from switchboard.ports import Ports
from switchboard.staff.audit import changes_between
from switchboard.staff.rights import Action, Area
from switchboard.staff.users import Operator
from switchboard.texts.provider import SmsProvider, read_sender


@needs(Area.BRIDGES, Action.SEE)
def list_providers(ports: Ports, _by: Operator) -> Sequence[SmsProvider]:
    """Every provider, by name."""
    return ports.sms_providers.all()


@needs(Area.BRIDGES, Action.SEE)
def find_provider(ports: Ports, _by: Operator, name: str) -> SmsProvider:
    """A provider as it stands. NotFound where there is none."""
    return _known(ports, name)


@needs(Area.BRIDGES, Action.SEE)
def try_message(
    ports: Ports, _by: Operator, name: str, sent: Mapping[str, str]
) -> Mapping[str, str]:
    """How a message with these fields would be read, by our names; nothing is done of what it asks
    for. Malformed names what is missing, NotANumber where a number is none."""
    read = _known(ports, name).read(sent)
    numbers = {party: str(read_sender(read[party])) for party in ("from", "to")}
    return {**read, **numbers}


@needs(Area.BRIDGES, Action.CHANGE)
def add_provider(ports: Ports, by: Operator, provider: SmsProvider) -> None:
    """Take texts from a new provider. AlreadyExists where the name is taken."""
    if any(known.name == provider.name for known in ports.sms_providers.all()):
        raise AlreadyExists(f"there is an SMS provider {provider.name} already")
    ports.sms_providers.save(provider)
    log(ports, by, "add", _about(provider), changes_between(None, provider))


@needs(Area.BRIDGES, Action.CHANGE)
def change_provider(ports: Ports, by: Operator, provider: SmsProvider) -> None:
    """Replace the provider of this name; it counts within seconds. NotFound where there is none."""
    old = _known(ports, provider.name)
    ports.sms_providers.save(provider)
    if provider != old:
        log(ports, by, "change", _about(provider), changes_between(old, provider))


@needs(Area.BRIDGES, Action.CHANGE)
def remove_provider(ports: Ports, by: Operator, name: str) -> None:
    """Take no more texts from a provider, within seconds. NotFound where there is none."""
    old = _known(ports, name)
    ports.sms_providers.remove(name)
    log(ports, by, "remove", _about(old), changes_between(old, None))


def _known(ports: Ports, name: str) -> SmsProvider:
    # One by one they are remembered for seconds, and might be what they were before a change.
    for provider in ports.sms_providers.all():
        if provider.name == name:
            return provider
    raise NotFound(f"there is no SMS provider {name}")


def _about(provider: SmsProvider) -> str:
    return f"SMS provider {provider.name}"
