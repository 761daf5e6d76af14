"""What a form does to a rate sheet: published at once, or by a job, or put into its draft."""

from chalice.app import Response

from chalicelib.admin.console import Console
from chalicelib.admin.jobs import go_to
from chalicelib.admin.sheet_paths import path_of
from chalicelib.translation import mark
from switchboard.desk.office.rate_changes import do_deed
from switchboard.desk.office.rate_deeds import Deed
from switchboard.desk.office.rate_drafts import add_to_draft
from switchboard.rating.editing import Edit
from switchboard.staff.jobs import Job

# The version that a form was opened on, and the mark of the draft, where there was one.
ON, DRAFT = "on", "draft"


def publish(console: Console, name: str, deed: Deed, token: str, back: str = "") -> Response:
    """Do a deed, and go on to the page of its sheet, or to `back`; or to that of its job."""
    on = console.form.text(ON) or None
    done = do_deed(console.ports, console.by, name, deed, on=on, token=token)
    if isinstance(done, Job):
        return go_to(console, done)
    said = console.say(mark("%(name)s was published."), name=name)
    if done > 1:
        others = mark("%(count)s sheets that derive from it were published with it.")
        said += " " + console.say(others, count=done - 1)
    return console.go(back or path_of(name), said)


def put_into_draft(console: Console, name: str, edit: Edit, token: str, back: str) -> Response:
    """Put an edit into the draft of a sheet."""
    on, seen = console.form.text(ON), console.form.text(DRAFT)
    draft = add_to_draft(console.ports, console.by, name, edit, on=on, mark=seen, token=token)
    said = mark("It is in the draft, with %(count)s changes, until that is published.")
    if len(draft.changes) == 1:
        said = mark("It is in the draft until that is published.")
    return console.go(back, console.say(said, count=len(draft.changes)))
