"""“Call me” widgets, as operators see and change them. One belongs to the account that pays, as a
DID does, and needs the same rights."""

from switchboard.billing.widget import Widget
from switchboard.desk import widgets
from switchboard.desk.office.known import own_account
from switchboard.desk.office.rights import log, needs
from switchboard.errors import NotFound
from switchboard.ports import Page, Ports
from switchboard.staff.audit import changes_between
from switchboard.staff.rights import Action, Area
from switchboard.staff.users import Operator


@needs(Area.NUMBERS, Action.SEE)
def list_widgets(
    ports: Ports, by: Operator, text: str = "", *, limit: int, cursor: str | None = None
) -> Page[Widget]:
    """A part of the widgets, by id, whose id or account begins so. The cursor is the last id of the
    part before."""
    begins = text.lower()
    found = [
        widget
        for widget in ports.widgets.all()
        if widget.id.startswith(begins) or widget.account.startswith(begins)
        if (cursor or "") < widget.id and _is_own(ports, by, widget)
    ]
    part = found[:limit]
    return Page(part, part[-1].id if len(found) > limit else None)


@needs(Area.NUMBERS, Action.SEE)
def find_widget(ports: Ports, by: Operator, widget_id: str) -> Widget:
    """A widget. NotFound where there is none, or none for this operator."""
    widget = ports.widgets.get(widget_id)
    if not _is_own(ports, by, widget):
        raise NotFound(f"there is no widget {widget_id[:40]}")
    return widget


@needs(Area.NUMBERS, Action.CHANGE)
def add_widget(ports: Ports, by: Operator, widget: Widget) -> None:
    """Add a widget. AlreadyExists where its id is taken; NotFound where its account does not exist,
    or not for this operator."""
    own_account(ports, by, widget.account)
    widgets.add_widget(ports, widget)
    log(ports, by, "add", f"widget {widget.id}", changes_between(None, widget))


@needs(Area.NUMBERS, Action.CHANGE)
def change_widget(ports: Ports, by: Operator, old: Widget, new: Widget) -> None:
    """Replace a widget by itself with other terms, which count within seconds. Conflict where it is
    no longer `old`."""
    for widget in (old, new):
        own_account(ports, by, widget.account)
    widgets.change_widget(ports, old, new)
    if new != old:
        log(ports, by, "change", f"widget {old.id}", changes_between(old, new))


def _is_own(ports: Ports, by: Operator, widget: Widget) -> bool:
    return not by.role.own_accounts_only or by.has(ports.accounts.get(widget.account).profile)
