"""What became of each row of an ingest job, fetched to disk and read from there.

Source: Bulk API 2.0 and Bulk API Developer Guide, "Get Job Successful Record Results", "Get Job
Failed Record Results", "Get Job Unprocessed Record Results".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deployer.salesforce.bulk_csv import no_csv, read_rows, shape_of
from deployer.salesforce.bulk_jobs import JobKind, job_path
from deployer.salesforce.client import Connection
from deployer.salesforce.faults import harmless
from deployer.salesforce.records import RowOutcome, RowState
from deployer.state import make_private_dir

# UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record:--
# FIELD_INTEGRITY_EXCEPTION:what is wrong:Email, Phone --
_ERROR = re.compile(r"(?P<code>\w+):(?P<message>.*?)(:(?P<fields>[^:]*?)\s*--)?", re.DOTALL)
_FIRST_COLUMN = {"successfulResults": "sf__Id", "failedResults": "sf__Id", "unprocessedrecords": ""}


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The three result sets on disk, read afresh at each look; `fetched` says how many were asked.

    A row that was sent and is in none of them is unknown: the org's results are known to lack
    rows at times, and the order is not the upload's.
    """

    success_file: Path
    failed_file: Path
    unprocessed_file: Path
    fetched: int

    @property
    def success(self) -> Iterator[RowOutcome]:
        """Rows that were written."""
        return (RowOutcome(_record_id(row), RowState.DONE) for row in read_rows(self.success_file))

    @property
    def failed(self) -> Iterator[RowOutcome]:
        """Rows the org refused, with its code, sentence and fields."""
        return map(_refused, read_rows(self.failed_file))

    @property
    def unprocessed(self) -> Iterator[dict[str, str]]:
        """Rows the org did not come to, as they were uploaded, by column name."""
        return read_rows(self.unprocessed_file)


def read_outcomes(connection: Connection, job_id: str, folder: Path, sent: int) -> Outcomes:
    """Fetch the result sets of a job that has ended, in whatever state; it was sent so many rows.

    Where all of them were written, none is left for the other two sets, which are not asked for.
    The folder is the job's own; files of an earlier fetch are replaced. Errors: OrgSaidNo while
    the job runs; as any read; OSError of the disk.
    """
    root = f"/services/data/v{connection.version}/{job_path(JobKind.INGEST, job_id)}"
    make_private_dir(folder)
    files = {name: folder / f"{name.lower()}.csv" for name in _FIRST_COLUMN}
    told = fetched = 0
    for name, file in files.items():
        if fetched and told == sent:
            file.write_bytes(b"")
        else:
            told += _fetch(connection, f"{root}/{name}", file, name)
            fetched += 1
    success, failed, unprocessed = files.values()
    return Outcomes(success, failed, unprocessed, fetched)


def split_row_error(said: str) -> tuple[str, str, tuple[str, ...]]:
    """Code, sentence and fields of an sf__Error; all but the sentence empty in another shape."""
    found = _ERROR.fullmatch(said.strip())
    if not found:
        return "", harmless(said), ()
    fields = (name.strip() for name in (found["fields"] or "").split(","))
    return found["code"], harmless(found["message"]), tuple(name for name in fields if name)


def _fetch(connection: Connection, path: str, file: Path, name: str) -> int:
    """Fetch one set; how many rows it has.

    Whether an empty set always has a header is unverified: rows that lack one are unknown.
    """
    counted: list[int] = []

    def check(_headers: Mapping[str, str], draft: Path) -> None:
        shape = shape_of(draft)
        if shape.header and _FIRST_COLUMN[name] not in ("", shape.header[0]):
            raise no_csv("other columns")
        counted[:] = [shape.rows]

    connection.fetch_file(path, file, check, purpose=f"fetch {name}")
    return counted[0]


def _refused(row: Mapping[str, str]) -> RowOutcome:
    code, message, fields = split_row_error(row.get("sf__Error", ""))
    return RowOutcome(_record_id(row), RowState.REFUSED, code, message, fields)


def _record_id(row: Mapping[str, str]) -> str:
    """As it was uploaded: sf__Id is empty for some refused rows, and all there is for new ones."""
    return row.get("Id") or row.get("sf__Id", "")
