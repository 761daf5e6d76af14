"""Jobs: the list, the page of one with its progress, its report and its files, and its end."""

from collections.abc import Sequence

from chalice.app import Response

from chalicelib.admin.console import ROWS, Console, Crumb, Pages
from chalicelib.admin.forms import AskFor, Entered, ask
from chalicelib.admin.job_kinds import words_of
from chalicelib.render import redirect_elsewhere
from chalicelib.translation import mark
from switchboard.desk.office import jobs as office
from switchboard.errors import NotFound
from switchboard.staff.jobs import Job, JobState

PATH = "/admin/jobs"
JOBS = (mark("Jobs"), PATH)
# The colour of each state that a job can be in.
STATES = {
    mark("waiting"): "secondary",
    mark("running"): "blue",
    mark("done"): "green",
    mark("failed"): "red",
    mark("cancelled"): "orange",
}


def add_to(pages: Pages) -> None:
    """The list, the page of one, and what is done with it."""
    pages.show(PATH, show_jobs)
    # Without scripts, the whole page is loaded again.
    pages.refresh(f"{PATH}/{{job}}", show_job)
    pages.refresh(f"{PATH}/{{job}}/progress", show_progress)
    pages.ask(f"{PATH}/{{job}}/cancel", cancel)
    pages.show(f"{PATH}/{{job}}/files/{{file}}", get_file)
    pages.ask(f"{PATH}/{{job}}/files/{{file}}/delete", delete_file)


def show_jobs(console: Console) -> Response:
    sees_all = office.sees_all(console.by)
    everybody = sees_all and console.query.get("of") == "all"
    page = office.list_jobs(
        console.ports, console.by, everybody=everybody, limit=ROWS, cursor=console.cursor
    )
    return console.show(
        "admin/jobs.html",
        title=JOBS[0],
        page=page,
        sees_all=sees_all,
        everybody=everybody,
        states=STATES,
        words_of=words_of,
    )


def show_job(console: Console) -> Response:
    job = _known(console)
    words = words_of(job)
    return console.show(
        "admin/job.html",
        title=words.title,
        crumbs=[JOBS],
        job=job,
        words=words,
        states=STATES,
        is_own=job.by == console.by.login,
        after=words.after(job),
    )


def show_progress(console: Console) -> Response:
    job = _known(console)
    words, after = words_of(job), words_of(job).after(job)
    if words.leads and after and job.state is JobState.DONE:
        response = console.go(after[1], console.say(words.leads))
        # htmx would follow a redirect and put the whole page in the place of a part.
        response.status_code = 200
        response.headers["HX-Redirect"] = response.headers.pop("Location")
        return response
    response = console.show("admin/job_progress.html", title="", job=job, states=STATES)
    if job.state.final:
        # Its report and its files are on the whole page.
        response.headers["HX-Refresh"] = "true"
    return response


def cancel(console: Console) -> Response:
    job = _known(console)

    def act(_entered: Entered) -> Response:
        office.cancel_job(console.ports, console.by, job.id)
        return console.go(path_of(job), console.say(mark("The job is being cancelled.")))

    text = mark("It ends within seconds. What it has done by then stays done.")
    title, button = mark("Cancel this job"), mark("Cancel the job")
    return ask(console, _form(job, title, button, text), act)


def get_file(console: Console) -> Response:
    job, name = console.part("job"), console.part("file")
    link = office.link_to_file(console.ports, console.by, job, name)
    # Elsewhere: a file may be larger than anything that a Lambda answers.
    return redirect_elsewhere(console.wiring.settings, link)


def delete_file(console: Console) -> Response:
    job, name = _known(console), console.part("file")
    if job.file(name) is None:
        raise NotFound("this file is gone")

    def act(_entered: Entered) -> Response:
        office.delete_file(console.ports, console.by, job.id, name)
        return console.go(path_of(job), console.say(mark("%(name)s is gone."), name=name))

    text = console.say(mark("Nobody can download %(name)s any more."), name=name)
    return ask(console, _form(job, mark("Delete this file"), mark("Delete"), text), act)


def path_of(job: Job) -> str:
    """The page of a job."""
    return f"{PATH}/{job.id}"


def go_to(console: Console, job: Job) -> Response:
    """On to the page of a job that was started."""
    return console.go(path_of(job))


def _known(console: Console) -> Job:
    return office.find_job(console.ports, console.by, console.part("job"))


def _form(job: Job, title: str, button: str, text: str) -> AskFor:
    crumbs: Sequence[Crumb] = [JOBS, (words_of(job).title, path_of(job))]
    return AskFor(title, button, text=text, danger=True, back=path_of(job), crumbs=crumbs)
