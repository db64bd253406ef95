"""What a shell is told when a word is half typed and TAB is pressed."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import Distribution, version
from pathlib import Path

import pytest

from deployer.cli import VERBS, main

HERE = Path(sys.executable).parent
STARTS_WITH_RE = [name for name in VERBS if name.startswith("re")]
# Each shell in its own dialect: how it asks, and how a verb stands in the answer.
SHELLS = {
    "bash": ({"COMP_WORDS": "optout re", "COMP_CWORD": "1"}, "plain,{}"),
    "zsh": ({"COMP_WORDS": "optout re", "COMP_CWORD": "1"}, "{}"),
    "fish": ({"COMP_WORDS": "optout re", "COMP_CWORD": "re"}, "plain,{}"),
}
TAB = """
eval "$(_OPTOUT_COMPLETE=bash_source optout)"
complete -p optout >&2
COMP_WORDS=(optout re) COMP_CWORD=1
_optout_completion optout
printf '%s\\n' "${COMPREPLY[@]}"
"""


def ask(words: list[str], **asked: str) -> subprocess.CompletedProcess[str]:
    path = f"{HERE}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        words, env=os.environ | {"PATH": path} | asked,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_hears_the_verbs_that_begin_so(shell: str):
    asked, line = SHELLS[shell]
    done = ask(["optout"], _OPTOUT_COMPLETE=f"{shell}_complete", **asked)
    told = [answer.split("\t")[0] for answer in done.stdout.splitlines()]
    assert done.stderr == ""
    assert [name for name in STARTS_WITH_RE if line.format(name) not in told] == []
    assert [name for name in VERBS if line.format(name) in told] == STARTS_WITH_RE


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_gets_its_script(shell: str):
    done = ask(["optout"], _OPTOUT_COMPLETE=f"{shell}_source")
    assert (done.returncode, done.stderr) == (0, "")
    assert "_OPTOUT_COMPLETE" in done.stdout


def test_bash_completes_with_the_line_of_the_install_page():
    done = ask(["bash", "--norc", "-c", TAB])
    assert done.stdout.split() == STARTS_WITH_RE
    assert "_optout_completion optout" in done.stderr


def test_the_version_says_where_it_runs_from():
    import deployer

    done = ask(["optout", "--version"])
    python = ".".join(map(str, sys.version_info[:3]))
    here = Path(deployer.__file__).parent
    assert done.stdout == f"optout {version('salesforce-optout')} (Python {python}, {here})\n"


def test_the_version_is_told_where_no_folder_has_it_in_its_name(monkeypatch, capsys):
    wanted = Distribution.from_name("salesforce-optout").locate_file("")
    monkeypatch.setattr(sys, "path", [each for each in sys.path if Path(each) != Path(wanted)])
    monkeypatch.setattr("importlib.metadata.version", lambda _: "1.2")
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out.startswith("optout 1.2 ")
