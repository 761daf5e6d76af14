"""A preview of an import that a job has left behind."""

from dataclasses import asdict

from switchboard.desk.jobs import run_job
from switchboard.desk.office.job_kinds import KINDS
from switchboard.desk.office.rate_imports import PREVIEW, DeckImport
from switchboard.ports import Ports
from switchboard.staff.jobs import Job
from tests.fakes.jobs import TOOLS

MAPPING = {"prefix": "prefix", "rate": "rate"}
# A long name, markup, a slip of the pen, and a row that is no rate.
SELLERS = """destination,prefix,rate,increment,remark
United Kingdom of Great Britain and Northern Ireland (all fixed networks),44,0.05,1,up
<b>UK Mobile</b>,4477,0.25,60,
USA and Canada,1,0.011,6,down
France,33,6.00,60,up
Nowhere,abc,much,1,
"""


def leave_preview(ports: Ports, job: str, upload: str, sheet: str = "retail") -> None:
    """Of an upload of Jane's, if she may import."""
    wanted = DeckImport(sheet, upload, MAPPING)
    asked_at = ports.clock.now()
    ports.jobs.add(Job(job, PREVIEW, asdict(wanted), "jane", "", asked_at))
    run_job(ports, KINDS, TOOLS, job)
