"""Forms of the console: what is asked for, how it is read, and shown again with what was wrong."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from chalice.app import Response

from chalicelib.admin.console import Console, Crumb
from chalicelib.forms import Form
from chalicelib.routes import status_of
from chalicelib.translation import mark
from switchboard.desk.office.rights import right_of
from switchboard.errors import Malformed, Refusal

INCOMPLETE = 422
NONCE = "nonce"
# A form with `links`, each with its label, to what else is done with the same thing.
LINKED = "admin/form_linked.html"
# What a page that asks whether this is meant posts to change it once more.
AGAIN = "again"

# What was read from each field, by its name; and a `nonce`, the same when a form is posted twice.
Entered = Mapping[str, Any]
Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is asked for. `kind` is that of an input (`text`, `password`, `email`, …), or
    `amount` (with its `unit`), `select` (`unset` is what it says where nothing is chosen), `checks`
    (any of the choices), `switch` (yes or no), `lines`. `read` makes of the text what is meant, and
    says by a refusal what is wrong with it; it is not asked where nothing was entered."""

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    values: tuple[str, ...] = ()
    choices: Choices = ()
    hint: str = ""
    unit: str = ""
    unset: str = ""
    required: bool = False
    longest: int = 200
    autocomplete: str = "off"
    read: Callable[[str], Any] = str
    error: str = ""


def switch(name: str, label: str, value: bool, hint: str = "") -> Field:  # noqa: FBT001  a setting
    """A field that is yes or no."""
    return Field(name, label, "switch", value="yes" if value else "", hint=hint)


@dataclass(frozen=True, slots=True)
class AskFor:
    """A form: its title, what its button does, and a text that says what will happen. A dangerous
    one has a red button. `back` is the way out. Whoever lacks the right of its `use_case` is not
    shown what they could not send."""

    title: str
    button: str
    fields: tuple[Field, ...] = ()
    text: str = ""
    danger: bool = False
    back: str = "/admin"
    crumbs: Sequence[Crumb] = ()
    use_case: Callable[..., object] | None = None


@dataclass(frozen=True, slots=True)
class FormsOf:
    """What all forms of one thing have in common: its page, to which they lead back, the crumbs to
    there, and the right that they need."""

    path: str
    crumbs: Sequence[Crumb]
    use_case: Callable[..., object]

    def form(
        self,
        title: str,
        button: str,
        text: str = "",
        fields: tuple[Field, ...] = (),
        *,
        danger: bool = False,
    ) -> AskFor:
        """One of them."""
        return AskFor(
            title,
            button,
            fields,
            text,
            danger=danger,
            back=self.path,
            crumbs=self.crumbs,
            use_case=self.use_case,
        )


def ask(
    console: Console,
    form: AskFor,
    act: Callable[[Entered], Response | Mapping[str, object]],
    *,
    template: str = "admin/form.html",
    **values: object,
) -> Response:
    """The form; where it was posted, what `act` does with it, or the form with what was wrong. An
    `act` that gives values has the form shown again, as it was filled in, with them."""
    if form.use_case is not None:
        console.by.check(right_of(form.use_case))
    if console.request.method != "POST":
        return _show(console, form, template, values)
    fields = tuple(_filled(field, console.form) for field in form.fields)
    form = replace(form, fields=fields)
    if console.form.text(AGAIN):
        return _show(console, form, template, values)
    if any(field.error for field in fields):
        alert = mark("please look at what is marked")
        return _show(console, form, template, values, alert=alert, status=INCOMPLETE)
    nonce = console.form.text(NONCE)[:64] or uuid4().hex
    try:
        answer = act({NONCE: nonce} | {field.name: _read(field) for field in fields})
        if isinstance(answer, Response):
            return answer
        return _show(console, form, template, {**values, **answer})
    except Refusal as refusal:
        alert, status = refusal.message, status_of(refusal)
        return _show(console, form, template, values, alert=alert, status=status)


def read_query(
    console: Console, fields: Sequence[Field]
) -> tuple[tuple[Field, ...], Entered | None]:
    """Fields that the address of a page fills, with what is wrong with them; and what was read,
    where something was asked for and nothing is wrong."""
    form = Form({name: [text] for name, text in console.query.items()})
    if not any(field.name in form for field in fields):
        return tuple(fields), None
    filled = tuple(_filled(field, form) for field in fields)
    if any(field.error for field in filled):
        return filled, None
    return filled, {field.name: _read(field) for field in filled}


def posted_again(console: Console, form: AskFor) -> list[tuple[str, str]]:
    """What was entered into a form, for one behind it that sends the same with more."""
    names = {NONCE, *(field.name for field in form.fields)}
    return [(name, text) for name in names for text in console.form.get(name, [])]


def _show(
    console: Console,
    form: AskFor,
    template: str,
    values: Mapping[str, object],
    *,
    alert: str = "",
    status: int = 200,
) -> Response:
    nonce = console.form.text(NONCE)[:64] or uuid4().hex
    return console.show(
        template,
        title=form.title,
        crumbs=form.crumbs,
        status=status,
        form=form,
        alert=alert,
        nonce=nonce,
        **values,
    )


def _filled(field: Field, form: Form) -> Field:
    """The field with what was entered, and what is wrong with it."""
    if field.kind == "checks":
        known = {value for value, _ in field.choices}
        return replace(field, values=tuple(v for v in form.get(field.name, []) if v in known))
    # A password may begin with a space.
    first = form.get(field.name, [""])[0]
    entered = replace(field, value=first if field.kind == "password" else first.strip())
    try:
        _read(entered)
    except Refusal as refusal:
        return replace(entered, error=refusal.message)
    return entered


def _read(field: Field) -> Any:
    if field.kind == "checks":
        return field.values
    if field.kind == "switch":
        return bool(field.value)
    if len(field.value) > field.longest:
        raise Malformed(f"this has more than {field.longest} characters")
    if not field.value:
        if field.required:
            raise Malformed("this is needed")
        return ""
    if field.kind == "select" and field.value not in {value for value, _ in field.choices}:
        raise Malformed("this is none of the choices")
    return field.read(field.value)
