"""A report as JUnit, annotations and SARIF: what each says, and that no name breaks it."""

from __future__ import annotations

import json
from pathlib import PurePath
from urllib.parse import unquote
from xml.etree.ElementTree import fromstring

import pytest
from hostile import ANYTHING, NAMES
from hypothesis import given
from sarif_shape import misshapen

from deployer.errors import LoginRefused
from deployer.model.findings import Finding, Place, Severity
from deployer.model.reports import Report
from deployer.reporting.annotations import MOST_OF_A_KIND, pause_commands, to_annotations
from deployer.reporting.formats import on_one_line, safe, stopped_by
from deployer.reporting.junit import to_junit
from deployer.reporting.sarif import to_sarif

FAIL, WARN, UNKNOWN, INFO, PASS = (
    Severity.FAIL, Severity.WARN, Severity.UNKNOWN, Severity.INFO, Severity.PASS,
)  # fmt: skip
REFUSED = LoginRefused("the org did not take it", hint="log in again", where="prod")


def case(severity, where="Layouts", what="so it is", **more):
    return Finding("C1", severity, where, what, **more)


def report(*cases, code=0, **more):
    return Report(cases=cases, exit=code, headline=("it was looked at",), **more)


def junit(told):
    """The suite and its cases."""
    suite = fromstring(to_junit(told, "optout plan"))[0]
    return suite, suite.findall("testcase")


def kinds(told):
    return [each[0].tag for each in junit(told)[1]]


def sarif(told):
    document = json.loads(to_sarif(told, "optout validate"))
    assert misshapen(document) == []
    return document["runs"][0]


@pytest.mark.parametrize(
    ("severity", "fails_on", "kind"),
    [
        (FAIL, {FAIL}, "failure"),
        (WARN, {FAIL}, "system-out"),
        (WARN, {FAIL, WARN}, "failure"),
        (UNKNOWN, {FAIL}, "skipped"),
        (INFO, {FAIL}, "system-out"),
        (PASS, {FAIL, WARN}, "system-out"),
    ],
)
def test_a_case_fails_is_skipped_or_passes(severity, fails_on, kind):
    told = report(case(severity), code=1, fails_on=frozenset(fails_on))
    assert kinds(told)[0] == kind


def test_an_unknown_is_skipped_with_its_reason():
    _, (found,) = junit(report(case(UNKNOWN, what="this login may not see it"), code=4))
    assert found[0].get("message") == "this login may not see it"
    assert "this login may not see it" in found[0].text


def test_a_failure_says_what_to_do_and_who_says_so():
    _, (found,) = junit(report(case(FAIL, fix="do it", source="the book"), code=1))
    assert found[0].text == "so it is\nnext: do it\nsee the book"


def test_the_counts_of_a_suite_are_those_of_its_cases():
    suite, _ = junit(report(case(FAIL), case(UNKNOWN), case(PASS), case(WARN), code=1))
    counts = [suite.get(name) for name in ("tests", "failures", "errors", "skipped")]
    assert counts == ["4", "1", "0", "1"]


def test_equal_names_are_told_apart():
    titles = ("A", "A (2)", "A", "A (2)", "A")
    _, cases = junit(report(*(case(PASS, title) for title in titles)))
    names = [each.get("name") for each in cases]
    assert names == ["C1 A", "C1 A (2)", "C1 A (3)", "C1 A (2) (2)", "C1 A (4)"]


def test_a_case_in_a_file_keeps_its_name_when_a_line_is_added_above():
    told = report(case(FAIL, "a.layout:3", place=Place("a.layout", 3)), code=1)
    _, (found,) = junit(told)
    assert found.attrib == {
        "classname": "optout.plan", "name": "C1 a.layout", "file": "a.layout", "line": "3",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "cases", "wanted"),
    [
        (0, (), ["system-out"]),
        (1, (), ["failure"]),
        (1, (PASS,), ["system-out", "failure"]),
        (1, (FAIL,), ["failure"]),
        (4, (PASS,), ["system-out", "skipped"]),
        (4, (UNKNOWN,), ["skipped"]),
        (10, (INFO,), ["system-out", "system-out"]),
        (69, (PASS,), ["system-out", "failure"]),
        (75, (), ["failure"]),
    ],
)
def test_no_report_is_empty_or_better_than_its_exit_code(code, cases, wanted):
    assert kinds(report(*map(case, cases), code=code)) == wanted


def test_a_command_that_an_error_ended_is_one_error():
    suite, (found,) = junit(stopped_by(REFUSED))
    assert suite.get("errors") == "1"
    assert (found.get("name"), found[0].tag) == ("login-refused prod", "error")
    assert found[0].text == "the org did not take it\nnext: log in again"


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_whatever_a_name_holds_every_format_stays_whole(name):
    told = report(Finding(name, FAIL, name, name, name, name, Place(name or "f", 3)), code=1)
    _, (found,) = junit(told)
    assert found[0].get("message") == (on_one_line(name) or "could not be told")
    assert sarif(told)["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] == 3
    (line,) = to_annotations(told).splitlines()
    assert line.startswith("::error file=")
    for written in (to_junit(told, "o"), to_sarif(told, "o"), line):
        assert written.replace("\n", "").replace("\t", "").isprintable()
        written.encode()


@given(ANYTHING, ANYTHING, ANYTHING)
def test_any_text_is_read_back_from_junit(rule, where, what):
    _, (found,) = junit(report(Finding(rule, FAIL, where, what), code=1))
    assert found.get("name") == on_one_line(f"{rule} {where}")
    assert found[0].get("type") == on_one_line(rule)
    assert (found[0].text or "") == safe(what)


@given(ANYTHING, ANYTHING, ANYTHING.map(lambda text: text.replace("{", "")))
def test_any_text_is_read_back_from_sarif(rule, file, what):
    told = Finding(rule, FAIL, file, what, place=Place(file, 1))
    (result,) = sarif(report(told, code=1))["results"]
    assert result["message"]["text"].replace("\\](", "](") in {
        safe(what), on_one_line(rule), "-",
    }  # fmt: skip
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert PurePath("/", unquote(uri.removeprefix("file://"))) == PurePath("/", safe(file))


@given(ANYTHING, ANYTHING)
def test_any_text_is_one_annotation_on_one_line(where, what):
    told = to_annotations(report(Finding("C1", FAIL, where, what), code=1))
    assert told.count("\n") == 1
    facts, _, message = told.removeprefix("::error title=").removesuffix("\n").partition("::")
    assert unquote(message) == safe(what)
    assert not {":", ","} & set(facts)


def test_annotations_are_escaped_as_the_toolkit_does():
    told = report(case(FAIL, what="50%\nmore", place=Place("a:b,c%", 7, 2)), code=1)
    assert to_annotations(told) == (
        "::error file=a%3Ab%2Cc%25,title=C1,line=7,col=2::50%25%0Amore\n"
    )


def test_what_is_well_needs_no_annotation():
    assert to_annotations(report(case(PASS), case(INFO))) == ""


def test_warnings_and_unknowns_warn_and_news_is_a_notice():
    told = report(case(WARN), case(UNKNOWN), code=4, findings=(case(INFO),))
    kinds = [line.split(" ")[0] for line in to_annotations(told).splitlines()]
    assert kinds == ["::warning", "::warning", "::notice"]


def test_ten_annotations_of_a_kind_and_a_line_that_counts_the_rest():
    many = [case(FAIL) for _ in range(MOST_OF_A_KIND + 1)] + [case(WARN) for _ in range(13)]
    lines = to_annotations(report(*many, code=1)).splitlines()
    assert [line[:7] for line in lines].count("::error") == MOST_OF_A_KIND
    assert len(lines) == 2 * MOST_OF_A_KIND + 1
    assert lines[-1] == "and 1 error, 3 warnings more, for which a step has no annotations left"


def test_commands_in_the_log_are_paused_by_a_word_the_org_cannot_know():
    assert pause_commands("k") == ("::stop-commands::k", "::k::")


def test_a_result_has_level_rule_and_place():
    told = report(
        case(WARN, fix="move it", source="the book", place=Place("a b/ü#1.layout", 4, 2)),
        case(FAIL, place=Place("/srv/x.layout")),
        code=1,
    )
    run = sarif(told)
    first, second = run["results"]
    assert (first["level"], second["level"]) == ("warning", "error")
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "a%20b/%C3%BC%231.layout"},
        "region": {"startLine": 4, "startColumn": 2},
    }
    assert second["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "file:///srv/x.layout"}, "region": {"startLine": 1},
    }  # fmt: skip
    (rule,) = run["tool"]["driver"]["rules"]
    assert (rule["id"], rule["help"]["text"], first["ruleIndex"]) == ("C1", "move it", 0)


def test_what_is_well_is_no_result():
    run = sarif(report(case(PASS, place=Place("a.layout"))))
    assert (run["results"], run["invocations"][0]["executionSuccessful"]) == ([], True)


def test_sarif_of_a_command_that_an_error_ended_says_that_it_did_not_succeed():
    run = sarif(stopped_by(REFUSED))
    (invocation,) = run["invocations"]
    assert (run["results"], invocation["executionSuccessful"], invocation["exitCode"]) == (
        [], False, 1,
    )  # fmt: skip
    (told,) = invocation["toolExecutionNotifications"]
    assert told["message"]["text"] == "prod: the org did not take it"


def test_no_viewer_makes_a_link_or_fills_a_gap_in_a_result():
    told = report(case(FAIL, what="[a](http://b) {0}", place=Place("f")), code=1)
    assert sarif(told)["results"][0]["message"]["text"] == "[a\\](http://b) {{0}}"


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ("a.layout:3:7", Place("a.layout", 3, 7)),
        ("a.layout:3", Place("a.layout", 3)),
        ("a.layout", Place("a.layout")),
        ("", Place("a.layout")),
        ("b.layout:3", Place("b.layout:3")),
        ("a.layout:3: so it is", Place("a.layout", 3)),
        ("a.layout:3.layout", Place("a.layout:3.layout")),
    ],
)
def test_a_place_is_told_from_where_by_its_file(where, place):
    assert Place.within("a.layout", where) == place


def test_a_file_whose_name_ends_in_a_number_is_not_a_line():
    assert Place.within("a:12", "a:12:3") == Place("a:12", 3)
