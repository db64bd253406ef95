"""How ci/firstday reads the pages, types their lines, and judges what came of them."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from firstday.network import network
from firstday.pages import LEFT_OUT, PARTS, README, SAYS, Part, Step, block, lines, steps
from firstday.terminal import Terminal
from firstday.told import NOT_TYPED, Outcome, line, plain, summed, written, wrong

ROOT = Path(__file__).resolve().parents[2]
PAGE = """# A page

It looks like this:

    $ optout plan
    that was the answer

To see it, here
or there:

    ci/demo     # all of it
    optout plan --exit-code    # exit 10: not yet

    optout deploy

Not to be typed.

    [a.table]
"""
STEP = Step("page.md", 3, "optout plan", 10, "put on")
SECONDS = 30


def test_a_line_to_type_is_indented_and_its_comment_says_how_it_ends():
    assert list(lines(block(PAGE, "To see it"))) == [
        (11, "ci/demo", 0),
        (12, "optout plan --exit-code", 10),
    ]


def test_a_table_of_settings_and_what_a_command_answers_to_are_not_typed():
    assert [typed for _, typed, _ in lines(PAGE) if typed.startswith(("$", "["))] == []


@pytest.mark.parametrize("after", ["no such sentence", "# A page", "Not to be typed by anybody"])
def test_a_sentence_that_is_gone_or_has_no_lines_after_it_is_told(after):
    with pytest.raises(ValueError, match="no lines to type after"):
        block(PAGE, after)


def test_the_same_line_typed_again_may_answer_otherwise(tmp_path):
    edit = "    optout edit force-app\n"
    (tmp_path / README).write_text(f"# A page\n\n{edit}\nAgain:\n\n{edit}\nAnd again:\n\n{edit}")
    ((_, typed),) = steps(tmp_path, [Part(README)])
    assert [(step.number, step.says) for step in typed] == [
        (3, "12 layouts: 12 changed."), (7, "12 had it already."), (11, ""),
    ]  # fmt: skip


def test_every_claim_and_every_line_left_out_is_of_a_line_that_is_on_the_pages():
    pages = {part.page: (ROOT / part.page).read_text() for part in PARTS}
    there = {typed for text in pages.values() for _, typed, _ in lines(text)}
    assert set(LEFT_OUT) - there == set()
    typed = [step.typed for _, part in steps(ROOT) for step in part]
    assert {line: typed.count(line) for line in SAYS if typed.count(line) < len(SAYS[line])} == {}


WRONG = {
    "another exit code": (Outcome(0, "put on 2", 1), ["exit 0, and the page says 10"]),
    "a claim that is not there": (Outcome(10, "nothing", 1), ['"put on" is not in its output']),
    "a line that hangs": (Outcome(None, "put on", 1), ["it did not end in time"]),
    "a traceback": (
        Outcome(10, "put on\nTraceback (most recent call last):\n", 1), ["a traceback is shown"],
    ),
    "a line after one that hangs": (NOT_TYPED, ["not typed: a line before it did not end"]),
}  # fmt: skip


@pytest.mark.parametrize(("outcome", "problems"), WRONG.values(), ids=WRONG)
def test_what_is_not_as_the_page_says_is_told_with_page_and_line(outcome, problems):
    assert wrong(STEP, outcome) == problems
    first, *rest = line(STEP, outcome).splitlines()
    assert first.startswith("FAIL page.md:3 optout plan (")
    assert [text.strip() for text in rest] == problems
    assert all(f"-- {problem}\n" in written(STEP, outcome) for problem in problems)


def test_a_line_that_ends_as_the_page_says_is_right_and_all_of_it_is_written_down():
    right = Outcome(10, "\x1b[36mput\x1b[0m on 12\n\n", 1.25)
    assert line(STEP, right) == "ok   page.md:3 optout plan (1.2 s)"
    assert written(STEP, right) == textwrap.dedent("""\
        ## page.md, line 3
        $ optout plan
        put on 12
        -- exit 10, 1.2 s

    """)
    assert summed([(STEP, right), (STEP, NOT_TYPED)]) == "1 passed, 1 failed"


def test_of_a_bar_of_progress_its_last_state_is_left():
    assert plain("a\n 1%\r 50%\r100%\r\nb\r\n") == "a\n100%\nb"


@pytest.fixture
def terminal():
    with Terminal(["bash", "--norc"], {"PATH": "/usr/bin:/bin", "LANG": "C"}) as opened:
        yield opened


def test_what_a_line_changes_the_next_line_finds(terminal, tmp_path):
    assert terminal.type(f"cd {tmp_path} && here=ü; false", SECONDS).code == 1
    found = terminal.type('echo "$PWD $here"; (exit 7)', SECONDS)
    assert (found.code, found.output) == (7, f"{tmp_path} ü\n")


def test_a_line_finds_nothing_to_read_and_its_errors_are_part_of_the_answer(terminal):
    assert terminal.type("cat; echo wrong >&2", SECONDS).output == "wrong\n"


def test_a_line_that_hangs_is_ended_and_nothing_is_typed_after_it(terminal):
    assert terminal.type("while :; do read -t 60 <> <(:); done", 0.1).code is None
    assert terminal.type("echo more", SECONDS) is NOT_TYPED


def test_a_line_that_ends_the_terminal_did_not_end_as_any_page_says(terminal):
    assert terminal.type("echo so; exit 0", SECONDS).code is None
    assert terminal.type("echo more", SECONDS) is NOT_TYPED


def test_proxies_indexes_and_certificates_are_passed_on_and_paths_of_this_machine_are_not(tmp_path):
    (tmp_path / "here").mkdir()
    (tmp_path / "ca.pem").write_text("a certificate")
    passed = {
        "https_proxy": "http://proxy.example:3128",
        "PIP_INDEX_URL": "https://index.example/simple",
        "PIP_CERT": f"{tmp_path}/ca.pem",
    }
    kept_here = {
        "PIP_FIND_LINKS": f"{tmp_path}/here",
        "PIP_CONFIG_FILE": f"{tmp_path}/ca.pem",
        "SSL_CERT_FILE": f"{tmp_path}/gone.pem",
        "HOME": "/home/me",
        "API_TOKEN": "secret",
    }
    root = tmp_path / "root"
    assert network(passed | kept_here, root) == passed
    files = [path for path in root.rglob("*") if path.is_file()]
    assert [path.read_text() for path in files] == ["a certificate"]
    assert files[0].relative_to(root) == Path(passed["PIP_CERT"]).relative_to("/")
