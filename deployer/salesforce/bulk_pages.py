"""The results of a query job, page by page onto the disk, and the proof that they are all there.

Source: Bulk API 2.0 and Bulk API Developer Guide, "Get Results for a Query Job", "Get Parallel
Results for a Query Job".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from deployer.errors import OrgSaidNo
from deployer.salesforce.answers import bad_answer, flag, mapping, rows, text, text_or
from deployer.salesforce.bulk_csv import no_csv, shape_of
from deployer.salesforce.bulk_jobs import BulkJob, JobKind, absolute, job_path
from deployer.salesforce.client import Connection
from deployer.salesforce.fault_table import OrgUnreachable
from deployer.state import make_private_dir

# Salesforce names five pages at a time; orgs for development allow five long calls at once.
SIDE_BY_SIDE = 4
_PARALLEL_SINCE = 58.0
# Five pages of the size that clients ask for: so few are not worth the call that names them.
FEW_ROWS = 250_000
_NO_MORE = ("", "null")


@dataclass(frozen=True, slots=True)
class _Page:
    """One page on disk; `locator` says where the next begins, "null" or "" on the last."""

    path: Path
    rows: int
    locator: str


def save_query_results(
    connection: Connection, job: BulkJob, folder: Path, few: int = FEW_ROWS
) -> list[Path]:
    """Fetch the rows of a query job, as it ended, into `folder`; CSV files in the org's order.

    Each repeats the header and has rows: a query that found nothing gives no file. The folder is
    the job's own: what an earlier, interrupted fetch left is replaced. A page that comes cut is
    fetched again. More rows than `few` come side by side. Errors: OrgSaidNo for a job that has not
    completed, or is gone; OrgUnreachable when rows are missing in the end; as any read; OSError of
    the disk.
    """
    if job.state != "JobComplete":
        raise _no_results(job)
    make_private_dir(folder)
    for left in folder.glob("page-*.csv*"):
        left.unlink()
    if job.processed > few:
        pages = _fetch_pages(connection, job, folder)
    else:
        pages = list(_one_by_one(connection, job, folder))
    found = sum(page.rows for page in pages)
    if found != job.processed:
        raise OrgUnreachable(
            f"bulk job {job.id} found {job.processed} rows, and {found} came",
            where=connection.org.instance_url,
            hint="run it again; the org keeps the rows for seven days",
        )
    return [page.path for page in pages if page.rows]


def _fetch_pages(connection: Connection, job: BulkJob, folder: Path) -> list[_Page]:
    try:
        paths = list(_page_paths(connection, job))
    except OrgSaidNo:
        paths = []  # an org that does not name its pages still gives them one by one
    if not paths:
        return list(_one_by_one(connection, job, folder))
    with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="bulk-page") as pool:
        return list(
            pool.map(lambda one: _fetch_page(connection, job, *one), _numbered(paths, folder))
        )


def _numbered(paths: list[str], folder: Path) -> Iterator[tuple[str, Path]]:
    return ((path, _file(folder, number)) for number, path in enumerate(paths, 1))


def _page_paths(connection: Connection, job: BulkJob) -> Iterator[str]:
    """Where the pages are; nothing from an org too old to name them."""
    if float(job.api_version) < _PARALLEL_SINCE:
        return
    path, walked = f"{_root(job)}/resultPages", set[str]()
    while path not in walked:
        walked.add(path)
        answer = mapping(connection.get_json(path, purpose="list result pages"), "the pages")
        for row in rows(answer.get("resultPages"), "resultPages"):
            yield absolute(text(row, "resultUrl"))
        # Salesforce's page spells it both ways.
        more = text_or(answer, "nextRecordsUrl") or text_or(answer, "nextRecordUrl")
        if flag(answer, "done") or not more:
            return
        path = absolute(more)
    raise bad_answer("the list of result pages comes back to where it was")


def _one_by_one(connection: Connection, job: BulkJob, folder: Path) -> Iterator[_Page]:
    locator, walked = "", set[str]()
    while locator not in walked:
        walked.add(locator)
        query = f"?locator={quote(locator, safe='')}" if locator else ""
        path = f"{_root(job)}/results{query}"
        page = _fetch_page(connection, job, path, _file(folder, len(walked)))
        yield page
        if page.locator in _NO_MORE:
            return
        locator = page.locator
    raise bad_answer("the result's pages come back to where they were")


def _fetch_page(connection: Connection, job: BulkJob, path: str, target: Path) -> _Page:
    counted: list[int] = []

    def check(headers: Mapping[str, str], file: Path) -> None:
        shape = shape_of(file)
        if job.processed and not shape.header:  # without any row the org may leave it out
            raise no_csv("nothing")
        counted[:] = [shape.rows]
        told = headers.get("Sforce-NumberOfRecords", "")
        if told.isdigit() and counted != [int(told)]:
            raise OrgUnreachable(
                f"a page of {told} rows came with {counted[0]}",
                where=connection.org.instance_url,
                hint="try again; a proxy that cuts answers is a usual cause",
            )

    headers = connection.fetch_file(path, target, check, purpose="fetch result page")
    return _Page(target, counted[0], headers.get("Sforce-Locator", ""))


def _root(job: BulkJob) -> str:
    # Another version than the one that made the job is refused with 409.
    return f"/services/data/v{job.api_version}/{job_path(JobKind.QUERY, job.id)}"


def _file(folder: Path, number: int) -> Path:
    return folder / f"page-{number:06}.csv"


def _no_results(job: BulkJob) -> OrgSaidNo:
    said = f"{job.error_code}: {job.error_message}" if job.error_code else job.error_message
    return OrgSaidNo(
        f"bulk query {job.id} has no results, its state is {job.state}"
        + (f" ({said})" if said else ""),
        hint="wait for its end, or make a new query when it has failed or was aborted",
        org_code=job.error_code,
    )
