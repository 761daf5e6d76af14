"""The kinds of jobs, each with the use case that does it."""

from switchboard.desk.jobs import Kinds
from switchboard.desk.office.account_imports import run_account_check, run_account_import
from switchboard.desk.office.batch_jobs import run_batch
from switchboard.desk.office.exports import run_account_export, run_cdr_export
from switchboard.desk.office.rate_changes import run_rate_change
from switchboard.desk.office.rate_exports import run_rate_compare, run_rate_export
from switchboard.desk.office.rate_imports import run_import, run_import_preview
from switchboard.desk.office.upkeep import run_books_check, run_sweep

KINDS: Kinds = {
    "cdr-export": run_cdr_export,
    "account-check": run_account_check,
    "account-export": run_account_export,
    "account-import": run_account_import,
    "pin-batch": run_batch,
    "sweep": run_sweep,
    "books-check": run_books_check,
    "rate-export": run_rate_export,
    "rate-change": run_rate_change,
    "rate-compare": run_rate_compare,
    "rate-import-preview": run_import_preview,
    "rate-import": run_import,
}
