"""`ringback jobs`: long work that users of the console asked for."""

from typing import Annotated

import typer

from ringback.cli.common import AsJson, State, operator, ports_for, show_list, show_one

app = typer.Typer(help="Jobs: long work that the console asked for.", no_args_is_help=True)
COLUMNS = ("job", "kind", "status", "done", "total", "by", "asked_at")
Id = Annotated[str, typer.Argument(metavar="JOB")]


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, the newest first.")] = 50,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """The latest jobs of all users."""
    from switchboard.desk.office.jobs import list_jobs
    from switchboard.wire import job_body

    page = list_jobs(ports_for(state), operator(), everybody=True, limit=limit, cursor=None)
    show_list([job_body(job) for job in page.items], COLUMNS, as_json=as_json)


@app.command()
def show(job: Id, state: State = None, as_json: AsJson = False) -> None:
    """How far a job is, and what came of it."""
    from switchboard.desk.office.jobs import find_job
    from switchboard.wire import job_body

    show_one(job_body(find_job(ports_for(state), operator(), job)), as_json=as_json)


@app.command()
def cancel(job: Id, state: State = None, as_json: AsJson = False) -> None:
    """End a job within seconds; what it has done by then stays done."""
    from switchboard.desk.office.jobs import cancel_job
    from switchboard.wire import job_body

    show_one(job_body(cancel_job(ports_for(state), operator(), job)), as_json=as_json)
