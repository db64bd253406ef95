"""Every test is searched for secrets and addresses: what it said, wrote and raised.

One that let any out where none belongs (`canary_places.py`) fails and says which and where,
whatever the test itself is about.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from canary_ears import open_ears
from canary_files import CURRENT, Stamp, Writers, files_under, listen, stamp_of
from canary_places import is_ours, may_say, why_not_in_file
from canary_shapes import SECRETS, canaries_in, remember_facts
from webhook_signing import KEY

_FACTS = "server.json"
_FOLDERS = ("tmp_path", "private_home")


class Search:
    """What was found of one test. `searched` are the files that need not be read again."""

    def __init__(self, searched: set[tuple[str, Stamp]]) -> None:
        self.found: list[str] = []
        self.writers = Writers(self.look_at)
        self._searched = searched
        self._typed: list[str] = []
        self._unread = 0

    def typed(self, words: str) -> None:
        self._typed.append(words)

    def read(self, out: str | bytes, err: str | bytes) -> None:
        """What was said since the last time, by the commands typed since then."""
        self.said(out, "stdout")
        self.said(err, "stderr")
        self._unread = len(self._typed)

    def said(self, text: str | bytes | None, where: str) -> None:
        by = self._typed[self._unread :]
        # No more of it than the verb: what follows may be what was found.
        of = f" of `{' '.join(by[-1].split()[:2])}`" if by else ""
        raw = text.encode(errors="replace") if isinstance(text, str) else text or b""
        for each in canaries_in(raw):
            if not may_say(each.kind, by):
                self._note(f"{each} in {where}{of}")

    def look_at(self, place: str) -> None:
        """Search the file, or each file in the folder, that is not the test's own."""
        # First what says which secrets there are.
        for path in sorted(files_under(place), key=lambda path: not path.endswith(_FACTS)):
            stamp = stamp_of(path)
            if stamp and (path, stamp) not in self._searched:
                self._searched.add((path, stamp))
                if is_ours(path) and not self.writers.is_brought(path):
                    self._look_into(path)

    def _look_into(self, path: str) -> None:
        with suppress(OSError):  # gone meanwhile, or closed to us on purpose
            content = Path(path).read_bytes()
            mode = stat.S_IMODE(Path(path).stat().st_mode)
            if path.endswith(_FACTS):
                with suppress(ValueError):
                    remember_facts(json.loads(content))
            for each in canaries_in(content):
                if wrong := why_not_in_file(each.kind, path, mode, self._typed):
                    self._note(f"{each} in {wrong}")

    def _note(self, sentence: str) -> None:
        if sentence not in self.found:
            self.found.append(sentence)


class Canaries:
    """Pytest's plugin: a Search for each test, and its sentences in the test's report."""

    def __init__(self, temporary: Path) -> None:
        self._temporary = temporary
        self._searched: set[tuple[str, Stamp]] = set()
        self.search = Search(self._searched)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self):
        self.search = Search(self._searched)
        SECRETS.forget()
        CURRENT.append(self.search.writers)
        try:
            return (yield)
        finally:
            CURRENT.pop()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        report = yield
        if call.when == "setup":
            return report
        for title, text in report.sections:
            self.search.said(text, title)
        for place in self._places(item) if call.when == "call" else ():
            self.search.look_at(place)
        _judge(report, self.search)
        return report

    def _places(self, item) -> Iterator[str]:
        """The test's own folders, and what the product wrote elsewhere in this process."""
        given = getattr(item, "funcargs", {})
        yield from (str(given[name]) for name in _FOLDERS if name in given)
        yield str(self._temporary)
        yield from list(self.search.writers.written)


def _judge(report: pytest.TestReport, search: Search) -> None:
    if report.failed:
        search.said(report.longreprtext, "the failure's own words")
    said = "\n".join(f"canary: {each}" for each in search.found)
    search.found.clear()
    if said and report.passed:
        report.outcome = "failed"
        report.longrepr = said
    elif said:
        report.sections.append(("canaries", said))


def install(config: pytest.Config) -> None:
    """Search every test of this process; temporary files get a folder of this process's own."""
    SECRETS.remember("the key of a webhook's sender", b64encode(KEY), for_good=True)
    temporary = Path(tempfile.mkdtemp(prefix="tmp-", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")))
    temporary.chmod(0o1777)  # as /tmp is: some tests let go of root's rights
    patch = pytest.MonkeyPatch()
    patch.setenv("TMPDIR", str(temporary))
    patch.setattr(tempfile, "tempdir", None)
    canaries = Canaries(temporary)
    config.pluginmanager.register(canaries, "canaries")
    open_ears(patch, lambda: canaries.search)
    listen()
    config.add_cleanup(lambda: shutil.rmtree(temporary, ignore_errors=True))
    config.add_cleanup(patch.undo)
