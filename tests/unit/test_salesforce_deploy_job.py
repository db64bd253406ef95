"""A deploy is sent once, watched patiently, and told as the org tells it."""

import base64
import io
import json
import zipfile

import pytest
import stamina
from scripted_org import FakeClock, Reply, error_reply, json_reply, scripted_org

from deployer.errors import BadInput, OrgSaidNo, OutcomeUnknown, StillRunning, TryLater
from deployer.salesforce import metadata
from deployer.salesforce.deploy_job import read_status
from deployer.salesforce.soap import METADATA_NS

OPTIONS = metadata.DeployOptions(check_only=True)


@pytest.fixture(autouse=True)
def without_waiting():
    with stamina.set_testing(True, attempts=4, cap=True):
        yield


def status(word, **more):
    done = word in {"Succeeded", "Failed", "Canceled", "SucceededPartial"}
    result = {"id": "0Af1", "status": word, "done": done, "success": word == "Succeeded", **more}
    return json_reply({"id": "0Af1", "deployResult": result})


def wait(org, deadline_s=600.0, clock=None):
    told = []
    clock = clock or FakeClock()
    found = metadata.wait_for_deploy(
        org.reader(), "0Af1", clock=clock, deadline_s=deadline_s,
        on_progress=lambda status: told.append(status.status),
    )  # fmt: skip
    return found, told, clock


@pytest.mark.parametrize(
    ("options", "sent", "absent"),
    [
        (OPTIONS, {"checkOnly": True, "rollbackOnError": True, "singlePackage": True,
                   "purgeOnDelete": False, "ignoreWarnings": False}, ["testLevel", "runTests"]),
        (metadata.DeployOptions(False, "RunSpecifiedTests", ("A", "B"), ignore_warnings=True),
         {"testLevel": "RunSpecifiedTests", "runTests": ["A", "B"], "ignoreWarnings": True}, []),
    ],
)  # fmt: skip
def test_the_options_sent_are_the_safe_ones(options, sent, absent):
    with scripted_org(json_reply({"id": "0Af1"}, 201)) as org:
        assert metadata.start_deploy(org.writer(), b"PK", options) == "0Af1"
    body = org.seen[0][2]
    given = json.loads(body[body.index(b"{") : body.rindex(b"}") + 1])["deployOptions"]
    assert {key: given[key] for key in sent} == sent
    assert not set(absent) & set(given)
    assert b'name="json"' in body.partition(b'name="file"')[0]


@pytest.mark.parametrize(
    "reply",
    [Reply(drop=True), Reply(cut=True), Reply(503), Reply(200, b"<html>"), json_reply({}),
     json_reply([]), error_reply("UNKNOWN_EXCEPTION", 500)],
)  # fmt: skip
def test_a_lost_reply_to_the_submit_is_never_sent_again(reply):
    with scripted_org(reply) as org:
        with pytest.raises(OutcomeUnknown) as problem:
            metadata.start_deploy(org.writer(), b"PK", OPTIONS)
        assert len(org.seen) == 1
    assert "jobs list" in problem.value.hint


def test_a_cancel_asks_for_canceling():
    with scripted_org(status("Canceling")) as org:
        metadata.cancel_deploy(org.writer(), "0Af1")
        assert json.loads(org.seen[0][2]) == {"deployResult": {"status": "Canceling"}}


def test_waiting_polls_until_the_end_ever_less_often():
    replies = [*[status("Pending")] * 3, *[status("InProgress")] * 12, status("Succeeded")]
    with scripted_org(*replies) as org:
        found, told, clock = wait(org)
    assert found.success
    assert (told[0], told[-1]) == ("Pending", "Succeeded")
    assert clock.slept == sorted(clock.slept)
    assert (clock.slept[0], clock.slept[-1]) == (0.25, 10.0)
    assert sum(clock.slept[:13]) < 60 < sum(clock.slept[:14])


@pytest.mark.parametrize(
    "trouble",
    [Reply(503), Reply(502), Reply(420), Reply(drop=True), Reply(200, b"<html>"),
     error_reply("INVALID_CROSS_REFERENCE_KEY", 500), error_reply("UNKNOWN_EXCEPTION", 500),
     error_reply("INVALID_SESSION_ID", 401)],
)  # fmt: skip
def test_a_lost_poll_is_asked_again(trouble):
    with scripted_org(status("InProgress"), trouble, status("Succeeded")) as org:
        assert wait(org)[0].success


def test_a_passed_deadline_is_still_running():
    with scripted_org(status("Finalizing")) as org, pytest.raises(StillRunning) as problem:
        wait(org, deadline_s=60)
    assert "Finalizing" in problem.value.message
    assert problem.value.hint == "optout jobs resume 0Af1"


def test_a_deadline_of_nothing_asks_once():
    with scripted_org(status("Pending")) as org:
        with pytest.raises(StillRunning):
            wait(org, deadline_s=0)
        assert len(org.seen) == 1


def test_polls_that_never_answer_end_as_still_running():
    with scripted_org(Reply(503)) as org:
        with pytest.raises(StillRunning, match="could not be asked"):
            wait(org, deadline_s=1e6)
        assert 25 < len(org.seen) < 40


def test_a_refused_poll_is_raised():
    with scripted_org(error_reply("INSUFFICIENT_ACCESS", 403)) as org, pytest.raises(OrgSaidNo):
        wait(org)


@pytest.mark.parametrize(
    ("word", "done", "success"),
    [("Succeeded", True, True), ("SucceededPartial", True, False), ("Failed", True, False),
     ("Canceled", True, False), ("Pending", False, False), ("InProgress", False, False),
     ("Canceling", False, False), ("FinalizingDeploy", False, False),
     ("BrandNew", False, False), ("", False, False)],
)  # fmt: skip
def test_an_unknown_status_is_not_done_and_a_partial_one_no_success(word, done, success):
    body = {"deployResult": {"id": "0Af1", "status": word, "done": True, "success": True}}
    found = read_status(body)
    assert (found.status, found.done, found.success) == (word, done, success)


def test_messages_are_told_apart():
    row = {"problem": "no field", "problemType": "Error", "lineNumber": 7, "columnNumber": 3}
    details = {
        "componentFailures": [row, {**row, "problemType": None, "lineNumber": None}],
        "componentSuccesses": [{**row, "problemType": "Warning"}, {"fullName": "B"}],
    }
    found = read_status({"deployResult": {"id": "1", "status": "Failed", "details": details}})
    assert [(m.problem, m.line, m.problem_type) for m in found.failures] == [
        ("no field", 7, "Error"), ("no field", 0, "Error")
    ]  # fmt: skip
    assert [m.problem_type for m in found.warnings] == ["Warning"]


@pytest.mark.parametrize(
    "body", [None, [], {}, {"deployResult": []}, {"deployResult": {"status": "Failed"}}]
)
def test_a_status_of_the_wrong_shape_is_bad_input(body):
    with pytest.raises(BadInput):
        read_status(body)


def retrieve_answer(operation, inner):
    return Reply(
        200,
        f"<e:Envelope xmlns:e='x' xmlns='{METADATA_NS}'><e:Body><{operation}Response><result>"
        f"{inner}</result></{operation}Response></e:Body></e:Envelope>".encode(),
    )


def packed():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("layouts/A.layout", b"<Layout/>")
    return base64.b64encode(buffer.getvalue()).decode()


STARTED = retrieve_answer("retrieve", "<id>09S1</id><done>false</done>")
RUNNING = retrieve_answer("checkRetrieveStatus", "<done>false</done><status>InProgress</status>")


def fetch(org, clock=None):
    return metadata.fetch_components(org.reader(), {"Layout": ["A&B"]}, clock or FakeClock(), 60)


def test_a_retrieve_gives_files_who_changed_them_and_messages():
    end = retrieve_answer(
        "checkRetrieveStatus",
        "<done>true</done><status>Succeeded</status>"
        "<fileProperties><type>Layout</type><fullName>A</fullName></fileProperties>"
        "<messages><fileName>package.xml</fileName><problem>no B</problem></messages>"
        f"<zipFile>{packed()}</zipFile>",
    )
    with scripted_org(STARTED, RUNNING, end) as org:
        found = fetch(org)
    assert found.files == {"layouts/A.layout": b"<Layout/>"}
    assert [c.full_name for c in found.listed] == ["A"]
    assert found.messages == ("package.xml: no B",)
    assert b"A&amp;B" in org.seen[0][2]


def failed(code="", message=""):
    told = f"<errorStatusCode>{code}</errorStatusCode><errorMessage>{message}</errorMessage>"
    return f"<done>true</done><status>Failed</status>{told}"


@pytest.mark.parametrize(
    ("inner", "kind", "said"),
    [
        (failed(message="not today"), OrgSaidNo, "not today"),
        (failed("UNKNOWN_EXCEPTION"), TryLater, "unexpected"),
        ("<done>true</done>", OrgSaidNo, "nothing"),
        ("<done>true</done><status>Succeeded</status><zipFile>A</zipFile>", BadInput, "base64"),
        ("<done>true</done><status>Succeeded</status>", BadInput, "zip"),
    ],
)
def test_a_retrieve_that_failed_says_why(inner, kind, said):
    end = retrieve_answer("checkRetrieveStatus", inner)
    with scripted_org(STARTED, end) as org, pytest.raises(kind, match=said):
        fetch(org)


def test_a_retrieve_without_an_end_is_given_up():
    clock = FakeClock()
    with scripted_org(STARTED, RUNNING) as org, pytest.raises(TryLater, match="within 60 s"):
        fetch(org, clock)
    assert clock.elapsed < 90


@pytest.mark.parametrize("answer", [retrieve_answer("retrieve", ""), Reply(200, b"<x/>")])
def test_a_retrieve_without_an_id_is_bad_input(answer):
    with scripted_org(answer) as org, pytest.raises(BadInput):
        fetch(org)
