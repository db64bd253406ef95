"""Where long work stands: on a terminal, and nowhere else."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from sync.commands.watching import watching

WORK = (
    "from sync.commands.watching import watching\n"
    "with watching(as_json={as_json}) as tell: tell('reading both sides')"
)


@pytest.mark.parametrize(("as_json", "shown"), [(False, True), (True, False)])
def test_a_terminal_shows_where_the_work_stands_unless_it_is_for_a_program(as_json, shown):
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-c", WORK.format(as_json=as_json)],
        stderr=theirs, capture_output=False, stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    os.write(theirs, b"the end")
    said = os.read(ours, 1 << 16)
    assert (b"reading both sides" in said, done.stdout) == (shown, b"")
    os.close(theirs)
    os.close(ours)


def test_a_log_is_told_nothing(capsys):
    with watching(as_json=False) as tell:
        tell("reading both sides")
    assert capsys.readouterr() == ("", "")
