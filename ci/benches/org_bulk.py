"""A million records into and out of a practice org in bulk: how long, and in how much memory."""

from __future__ import annotations

import http.client
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benches.depth import Depth
from benches.row import Row, Side, row_within
from benches.stage.org import practice_org

ROWS = 1_000_000
SECONDS = 60.0
# The interpreter, its libraries, SQLite's pages and one upload of up to 40 MB, held once.
MOST_MB = 150.0
JOBS = "/services/data/v63.0/jobs"


def rows(depth: Depth) -> Iterator[Row]:
    """Time and peak memory of insert, query and update of a million Contacts.

    A quarter of them is inserted first: memory that does not grow with rows shows beside it.
    """
    count = ROWS // 10 if depth is Depth.QUICK else ROWS
    with tempfile.TemporaryDirectory() as folder, practice_org(Path(folder)) as env:
        server = Server(Path(env["OPTOUT_HOME"]))
        file = Path(folder) / "rows.csv"
        _write_new(file, count // 4)
        few = _measured(server, lambda: ingest(server, "insert", file))
        _write_new(file, count)
        works: dict[str, Callable[[], None]] = {
            "insert": lambda: ingest(server, "insert", file),
            "query": lambda: save_unticked(server, file, count),
            "update": lambda: ingest(server, "update", file),
        }
        for name, work in works.items():
            taken = _measured(server, work)
            yield _time_row(f"bulk {name}, {count:,} rows", taken, count)
            yield _memory_row(f"peak memory of that {name}", taken, few)


@dataclass(frozen=True, slots=True)
class _Taken:
    """Seconds by the clock, seconds of the server's processor time, its peak memory in MB."""

    seconds: float
    cpu: float
    peak: float


class Server:
    """The org's own process, over plain HTTP and from the outside."""

    def __init__(self, home: Path) -> None:
        facts = json.loads((home / "practice-org" / "server.json").read_text())
        self.address, self.process = urlsplit(facts["instance_url"]).netloc, Path("/proc")
        self.headers = {"Authorization": f"Bearer {facts['access_token']}"}
        self.process /= str(facts["pid"])

    @contextmanager
    def answer(
        self, method: str, path: str, body: object = None
    ) -> Iterator[http.client.HTTPResponse]:
        """One request; the body is a file's path, something for JSON, or nothing."""
        connection = http.client.HTTPConnection(self.address, timeout=300)
        try:
            if isinstance(body, Path):
                with body.open("rb") as file:
                    length = {"Content-Length": str(body.stat().st_size)}
                    connection.request(method, path, file, {**self.headers, **length})
            else:
                connection.request(method, path, json.dumps(body).encode(), self.headers)
            answer = connection.getresponse()
            if answer.status >= 400:
                raise SystemExit(f"bench: {method} {path}: {answer.status} {answer.read()!r}")
            yield answer
        finally:
            connection.close()

    def ask(self, method: str, path: str, body: object = None) -> dict:
        with self.answer(method, path, body) as answer:
            return json.loads(answer.read() or b"{}")

    def forget_peak(self) -> None:
        """Let the kernel measure the peak from now on."""
        (self.process / "clear_refs").write_text("5")

    def cpu_s(self) -> float:
        fields = (self.process / "stat").read_text().rpartition(")")[2].split()
        return sum(int(field) for field in fields[11:13]) / os.sysconf("SC_CLK_TCK")

    def peak_mb(self) -> float:
        (line,) = (
            line
            for line in (self.process / "status").read_text().splitlines()
            if line.startswith("VmHWM")
        )
        return int(line.split()[1]) / 1024


def _measured(server: Server, work: Callable[[], None]) -> _Taken:
    server.forget_peak()
    begun, used = time.monotonic(), server.cpu_s()
    work()
    return _Taken(time.monotonic() - begun, server.cpu_s() - used, server.peak_mb())


def ingest(server: Server, operation: str, file: Path) -> None:
    """One job about Contacts from its opening to the last of its results."""
    asked = {"object": "Contact", "operation": operation}
    job = server.ask("POST", f"{JOBS}/ingest", asked)["id"]
    server.ask("PUT", f"{JOBS}/ingest/{job}/batches", file)
    server.ask("PATCH", f"{JOBS}/ingest/{job}", {"state": "UploadComplete"})
    done = finished(server, f"{JOBS}/ingest/{job}")
    with server.answer("GET", f"{JOBS}/ingest/{job}/successfulResults") as results:
        given = sum(1 for _ in results) - 1
    with file.open("rb") as lines:
        sent = sum(1 for _ in lines) - 1
    if not given == sent == done["numberRecordsProcessed"]:
        raise SystemExit(f"bench: {sent} rows sent, {given} told of: {done}")


def save_unticked(server: Server, file: Path, count: int) -> None:
    """One job that finds `count` ids of who is not opted out, written to the file to tick them.

    The Contact side of a person account is none of them: it cannot be written to.
    """
    among = "HasOptedOutOfEmail = false AND IsPersonAccount = false"
    soql = f"SELECT Id FROM Contact WHERE {among} LIMIT {count}"  # noqa: S608 - SOQL, ours
    job = server.ask("POST", f"{JOBS}/query", {"operation": "query", "query": soql})["id"]
    finished(server, f"{JOBS}/query/{job}")
    locator, found = "", 0
    with file.open("w") as out:
        out.write("Id,HasOptedOutOfEmail\n")
        while locator != "null":
            path = f"{JOBS}/query/{job}/results" + (f"?locator={locator}" if locator else "")
            with server.answer("GET", path) as page:
                locator = page.headers["Sforce-Locator"]
                ids = page.read().decode().split()[1:]
            out.writelines(f"{quoted[1:-1]},true\n" for quoted in ids)
            found += len(ids)
    if found != count:
        raise SystemExit(f"bench: the query found {found} of {count}")


def finished(server: Server, path: str) -> dict:
    """The job once it is over; each look lets the org work for some seconds, so none is idle."""
    while True:
        job = server.ask("GET", path)
        if job["state"] == "JobComplete":
            return job
        if job["state"] not in {"UploadComplete", "InProgress"}:
            raise SystemExit(f"bench: {job}")


def _write_new(file: Path, count: int) -> None:
    with file.open("w") as out:
        out.write("LastName,Email,HasOptedOutOfEmail\n")
        out.writelines(f"Bench{n},b{n}@example.com,false\n" for n in range(count))


def _time_row(name: str, taken: _Taken, count: int) -> Row:
    told = f"{count / taken.seconds:,.0f} rows/s, {taken.cpu:.0f} s CPU"
    ours = Side("practice org", "", (taken.seconds,), told)
    return row_within(("o", name), ours, SECONDS, "s")


def _memory_row(name: str, taken: _Taken, few: _Taken) -> Row:
    ours = Side("practice org", "", (taken.peak,), f"{few.peak:.0f} MB, a quarter inserted")
    return row_within(("o", name), ours, MOST_MB, "MB")
