"""A million records into and out of a practice org in bulk: how long, and in how much memory."""

from __future__ import annotations

import http.client
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from bench_commands import practice_org
from bench_rows import Row

ROWS = 1_000_000
SECONDS = 60.0
# The interpreter, its libraries, one upload of 40 MB and SQLite's pages; more would grow with rows.
MOST_MB = 150.0
# A quarter of the rows may not need much less memory than all of them: that is what flat means.
GROWTH = 1.3
_JOBS = "/services/data/v63.0/jobs"


def bulk_rows(count: int = ROWS) -> Iterator[Row]:
    """Rows per second and peak memory of insert, query and update of `count` Contacts."""
    with tempfile.TemporaryDirectory() as folder, practice_org(Path(folder)) as env:
        server = _Server(Path(env["OPTOUT_HOME"]))
        file = Path(folder) / "rows.csv"
        _write_new(file, count // 4)
        _, few = _measured(server, "insert", file)
        _write_new(file, count)
        seconds, peak = _measured(server, "insert", file)
        yield _time_row(f"bulk insert, {count:,} rows", seconds, count)
        yield _memory_row("peak memory of that insert", peak, few)
        seconds, peak = _queried(server, file, count)
        yield _time_row(f"bulk query, {count:,} rows", seconds, count)
        yield _memory_row("peak memory of that query", peak, few)
        seconds, peak = _measured(server, "update", file)
        yield _time_row(f"bulk update, {count:,} rows", seconds, count)
        yield _memory_row("peak memory of that update", peak, few)


class _Server:
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

    def peak_mb(self) -> float:
        (line,) = (
            line
            for line in (self.process / "status").read_text().splitlines()
            if line.startswith("VmHWM")
        )
        return int(line.split()[1]) / 1024


def _measured(server: _Server, operation: str, file: Path) -> tuple[float, float]:
    """Seconds from opening the job to its last result, and the server's peak memory meanwhile."""
    server.forget_peak()
    begun = time.monotonic()
    asked = {"object": "Contact", "operation": operation}
    job = server.ask("POST", f"{_JOBS}/ingest", asked)["id"]
    server.ask("PUT", f"{_JOBS}/ingest/{job}/batches", file)
    server.ask("PATCH", f"{_JOBS}/ingest/{job}", {"state": "UploadComplete"})
    done = _finished(server, f"{_JOBS}/ingest/{job}")
    with server.answer("GET", f"{_JOBS}/ingest/{job}/successfulResults") as results:
        given = sum(1 for _ in results) - 1
    with file.open("rb") as lines:
        sent = sum(1 for _ in lines) - 1
    if not given == sent == done["numberRecordsProcessed"]:
        raise SystemExit(f"bench: {sent} rows sent, {given} told of: {done}")
    return time.monotonic() - begun, server.peak_mb()


def _queried(server: _Server, file: Path, count: int) -> tuple[float, float]:
    """Seconds and peak memory of a query for `count` ids, which go to the file for an update."""
    server.forget_peak()
    begun = time.monotonic()
    soql = f"SELECT Id FROM Contact WHERE HasOptedOutOfEmail = false LIMIT {count}"  # noqa: S608 - SOQL, ours
    job = server.ask("POST", f"{_JOBS}/query", {"operation": "query", "query": soql})["id"]
    _finished(server, f"{_JOBS}/query/{job}")
    locator, found = "", 0
    with file.open("w") as out:
        out.write("Id,HasOptedOutOfEmail\n")
        while locator != "null":
            path = f"{_JOBS}/query/{job}/results" + (f"?locator={locator}" if locator else "")
            with server.answer("GET", path) as page:
                locator = page.headers["Sforce-Locator"]
                ids = page.read().decode().split()[1:]
            out.writelines(f"{quoted[1:-1]},true\n" for quoted in ids)
            found += len(ids)
    if found != count:
        raise SystemExit(f"bench: the query found {found} of {count}")
    return time.monotonic() - begun, server.peak_mb()


def _finished(server: _Server, path: str) -> dict:
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


def _time_row(name: str, seconds: float, count: int) -> Row:
    told = f"{count / seconds:,.0f} rows/s"
    return Row(name, f"{seconds:.3g} s", told, seconds, seconds, seconds, " s", SECONDS)


def _memory_row(name: str, peak: float, few: float) -> Row:
    most = min(MOST_MB, max(GROWTH * few, few + 25))
    beside = f"{few:.0f} MB, a quarter inserted"
    return Row(name, f"{peak:.0f} MB", beside, peak, peak, peak, " MB", round(most), slack=1.3)
