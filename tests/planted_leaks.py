"""Not part of the suite: tests that let something out, each in its way, and some that do not.

`tests/unit/test_canary_search.py` runs them. Names tell what is said of each: `test_leak_...` fails
by what is found alone, `test_clean_...` passes.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest
import structlog

from deployer import state
from deployer.errors import BadInput
from deployer.logs import start_logs
from deployer.reporting.files import write_whole
from practice_org.login.sessions import start_session

ADDRESS = "canary@people.test"


def in_zip(text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("package.xml", text * 100)
    return packed.getvalue()


@pytest.fixture
def token(org):
    return start_session(org, org.setting("admin_user_id"))


def test_leak_printed(token):
    print(token)


def test_leak_printed_at_teardown(request):
    request.addfinalizer(lambda: print(ADDRESS))


def test_leak_read(capsys):
    print(ADDRESS)
    capsys.readouterr()


def test_leak_quoted(capsys):
    print(ADDRESS.replace("@", "%40"))


def test_leak_of_a_child():
    subprocess.run([sys.executable, "-c", f"print('{ADDRESS}')"], capture_output=True, check=True)


def test_leak_of_a_child_into_a_file_of_the_test(tmp_path):
    file = tmp_path / "log"
    file.write_text(ADDRESS)
    write = f"open('log', 'a').write(' {ADDRESS}')"
    subprocess.run([sys.executable, "-c", write], check=True, cwd=tmp_path)


def test_leak_logged(token, tmp_path):
    start_logs(log_file=tmp_path / "log.jsonl", verbose=False)
    structlog.get_logger().info("call", token=token)
    structlog.get_config()["processors"][-1]._file.close()  # a process would have ended here


def test_leak_raised():
    with pytest.raises(BadInput):
        raise BadInput(f"no such person: {ADDRESS}", hint="look")


def test_leak_reported(tmp_path):
    write_whole(tmp_path / "report.md", ADDRESS.encode())


def test_leak_reported_over_a_file_of_the_test(tmp_path):
    (tmp_path / "report.md").write_text(ADDRESS)
    write_whole(tmp_path / "report.md", ADDRESS.encode())


def test_leak_in_a_snapshot(token, tmp_path):
    state.write_private(tmp_path / "snapshot.zip", in_zip(token))


def test_leak_in_a_file_that_is_gone():
    with tempfile.TemporaryDirectory() as folder:
        state.write_private(Path(folder) / "rows.csv", ADDRESS.encode())


def test_leak_in_a_draft_that_is_gone(tmp_path):
    state.write_private(tmp_path / "draft", ADDRESS.encode())
    (tmp_path / "draft").unlink()


def test_leak_at_home(private_home, practice):
    state.write_private(private_home / "optout" / "journal", practice.facts["password"].encode())


def test_leak_open_to_others(tmp_path):
    write_whole(tmp_path / "people.sqlite", ADDRESS.encode())


def test_leak_of_a_secret_among_people(token, tmp_path):
    state.write_private(tmp_path / "people.sqlite", token.encode())


def test_clean_brought_by_the_test(tmp_path):
    (tmp_path / "people.csv").write_text(ADDRESS)
    (tmp_path / "people.csv").rename(tmp_path / "moved.csv")
    subprocess.run([sys.executable, "-c", ""], check=True)


def test_clean_where_it_belongs(tmp_path, token):
    state.write_private(tmp_path / "people.sqlite", ADDRESS.encode())
    state.write_private(tmp_path / "keys" / "mine.deployer.token", token.encode())


def test_clean_after_one_that_leaks(capsys):
    print("nothing")
