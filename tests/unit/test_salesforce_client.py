"""A client repeats what is safe to repeat, and nothing else."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from xml.etree import ElementTree as ET

import pytest
import stamina
from scripted_org import Reply, error_reply, json_reply, scripted_org

from deployer.errors import (
    BadInput,
    LoginRefused,
    OrgSaidNo,
    OutcomeUnknown,
    SessionExpired,
    TryLater,
)
from deployer.salesforce import rest
from deployer.salesforce.composite import GetRequest, batches, query_request
from deployer.salesforce.fault_table import OrgUnreachable
from deployer.salesforce.listing import fetch_listing, fetch_metadata
from deployer.salesforce.soap import METADATA_NS, element

EXPIRED = error_reply("INVALID_SESSION_ID", 401)
BUSY = Reply(503, b"<html>busy</html>")
HTML = Reply(200, b"<html>welcome</html>", (("Content-Type", "text/html"),))


@pytest.fixture(autouse=True)
def without_waiting():
    with stamina.set_testing(True, attempts=4, cap=True):
        yield


def soap(inner):
    return Reply(
        200,
        f"<e:Envelope xmlns:e='x' xmlns='{METADATA_NS}' "
        f"xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>"
        f"<e:Body>{inner}</e:Body></e:Envelope>".encode(),
    )


def page(rows, *, more=""):
    body = {"records": rows, "done": not more}
    return json_reply({**body, **({"nextRecordsUrl": more} if more else {})})


def test_a_query_follows_its_pages_and_drops_attributes():
    first = [{"attributes": {}, "Id": "1", "Owner": {"attributes": {}, "Name": "x"}}]
    with scripted_org(page(first, more="/services/data/next"), page([{"Id": "2"}])) as org:
        assert org.reader().query("SELECT Id FROM A") == [
            {"Id": "1", "Owner": {"Name": "x"}}, {"Id": "2"}
        ]  # fmt: skip
        assert org.seen[1][1] == "/services/data/next"


@pytest.mark.parametrize(
    "first",
    [json_reply({}), json_reply({"records": 3, "done": True}), json_reply([1]),
     json_reply({"records": [], "done": "soon"}), json_reply({"records": [], "done": False})],
)  # fmt: skip
def test_a_page_of_the_wrong_shape_is_bad_input(first):
    with scripted_org(first) as org, pytest.raises(BadInput):
        org.reader().query("SELECT Id FROM A")


def test_the_next_page_cannot_lead_to_another_host():
    with scripted_org(page([], more="@evil.example/x"), Reply(404)) as org:
        with pytest.raises(OrgSaidNo):
            org.reader().tooling_query("SELECT Id FROM A")
        assert org.seen[1][1] == "/@evil.example/x"


@pytest.mark.parametrize("trouble", [BUSY, HTML, Reply(drop=True), Reply(cut=True)])
def test_a_read_survives_three_troubles(trouble):
    with scripted_org(trouble, trouble, trouble, json_reply({"a": 1})) as org:
        assert org.reader().get_json("limits") == {"a": 1}
        assert len(org.seen) == 4


def test_a_read_gives_up_after_the_fourth():
    with scripted_org(BUSY) as org:
        with pytest.raises(TryLater, match="unavailable"):
            org.reader().limits()
        assert len(org.seen) == 4


def test_a_refusal_is_not_repeated():
    with scripted_org(error_reply("MALFORMED_QUERY")) as org:
        with pytest.raises(OrgSaidNo, match="does not understand"):
            org.reader().query("SELECT")
        assert len(org.seen) == 1


def test_an_expired_session_is_renewed_once_and_the_call_repeated():
    with scripted_org(EXPIRED, json_reply({"a": 1})) as org:
        assert org.reader().get_json("/services/x") == {"a": 1}
        assert org.tokens == ["token1", "token2"]


def test_a_second_refusal_of_a_fresh_session_is_final():
    with scripted_org(EXPIRED) as org:
        with pytest.raises(LoginRefused, match="just given"):
            org.reader().get_json("limits")
        assert org.tokens == ["token1", "token2"]


def test_each_later_expiry_may_be_renewed_again():
    ok = json_reply({"a": 1})
    with scripted_org(EXPIRED, ok, EXPIRED, ok) as org:
        reader = org.reader()
        assert [reader.get_json("limits") for _ in range(2)] == [{"a": 1}] * 2
        assert org.tokens[-1] == "token3"


@pytest.mark.parametrize("trouble", [BUSY, HTML, Reply(drop=True), Reply(cut=True)])
def test_a_write_is_never_sent_twice(trouble):
    with scripted_org(trouble) as org:
        with pytest.raises(OutcomeUnknown):
            org.writer().send_json("POST", "x", {})
        assert len(org.seen) == 1


def test_a_write_that_met_a_busy_org_is_left_to_the_caller():
    with scripted_org(error_reply("ALREADY_IN_PROCESS", 500)) as org:
        with pytest.raises(TryLater, match="locked the org's setup"):
            org.writer().send_json("POST", "x", {})
        assert len(org.seen) == 1


def test_a_write_that_met_an_expired_session_was_not_done_and_is_sent_again():
    with scripted_org(EXPIRED, json_reply({"id": "1"}, 201)) as org:
        assert org.writer().send_json("POST", "x", {"a": 1}) == {"id": "1"}
        assert [json.loads(body) for _, _, body in org.seen] == [{"a": 1}] * 2


def test_an_empty_reply_to_a_write_is_none():
    with scripted_org(Reply(204, b"")) as org:
        assert org.writer().send_json("PATCH", "x", {}) is None


def test_a_reader_has_no_way_to_write():
    with scripted_org(Reply()) as org:
        reader = org.reader()
        assert [name for name in dir(reader) if name.startswith("send")] == []
        with pytest.raises(ValueError, match="not a reading operation"):
            reader.call_soap("deploy", element("deploy"))
        assert org.seen == []


def test_many_gets_share_a_call_and_fail_alone():
    parts = [
        {"referenceId": "b", "httpStatusCode": 400, "body": [{"errorCode": "INVALID_TYPE"}]},
        {"referenceId": "a", "httpStatusCode": 200, "body": {"x": 1}},
    ]
    with scripted_org(json_reply({"compositeResponse": parts})) as org:
        answers = org.reader().composite([GetRequest("a", "limits"), query_request("b", "S'")])
    assert [(a.reference, a.status) for a in answers] == [("a", 200), ("b", 400)]
    assert (answers[0].body, answers[0].error) == ({"x": 1}, None)
    assert answers[1].error.org_code == "INVALID_TYPE"


def test_a_missing_part_is_bad_input():
    with scripted_org(json_reply({"compositeResponse": []})) as org, pytest.raises(BadInput):
        org.reader().tooling_composite([GetRequest("a", "x")])


@pytest.mark.parametrize(
    ("queries", "gets", "sizes"),
    [(0, 25, [25]), (0, 26, [25, 1]), (5, 0, [5]), (6, 0, [5, 1]), (5, 20, [25]), (0, 0, [])],
)
def test_a_call_holds_25_parts_and_5_queries(queries, gets, sizes):
    wanted = [query_request(f"q{n}", "S") for n in range(queries)]
    wanted += [GetRequest(f"g{n}", "x") for n in range(gets)]
    assert [len(batch) for batch in batches(wanted)] == sizes
    assert [r for batch in batches(wanted) for r in batch] == wanted


def test_types_are_listed_three_a_call():
    entry = "<result><fullName>A</fullName><type>Layout</type><id>00h</id></result>"
    answer = soap(f"<listMetadataResponse>{entry}</listMetadataResponse>")
    with scripted_org(answer) as org:
        found = fetch_listing(org.reader(), ["A", "B", "C", "D"])
    assert [(c.type, c.full_name, c.namespace) for c in found] == [("Layout", "A", "")] * 2
    assert [body.count(b"queries>") // 2 for _, _, body in org.seen] == [3, 1]


def test_a_listed_component_without_a_name_is_bad_input():
    answer = soap("<listMetadataResponse><result><type>A</type></result></listMetadataResponse>")
    with scripted_org(answer) as org, pytest.raises(BadInput):
        fetch_listing(org.reader(), ["A"])


def test_a_component_the_org_does_not_know_is_left_out():
    records = "<records><fullName>A</fullName></records><records xsi:nil='true'/>"
    answer = soap(f"<readMetadataResponse><result>{records}</result></readMetadataResponse>")
    with scripted_org(answer) as org:
        assert list(fetch_metadata(org.reader(), "Layout", ["A", "B"])) == ["A"]


def test_an_expired_session_over_soap_is_renewed_inside_the_envelope():
    fault = Reply(500, b"<E><Fault><faultcode>sf:INVALID_SESSION_ID</faultcode></Fault></E>")
    with scripted_org(fault, soap("<listMetadataResponse/>")) as org:
        assert fetch_listing(org.reader(), ["A"]) == []
    ids = [ET.fromstring(body).find(f".//{{{METADATA_NS}}}sessionId").text for *_, body in org.seen]
    assert ids == ["token1", "token2"]


def test_rows_are_sent_in_lots_and_answer_one_by_one():
    ok = [{"id": "1", "success": True, "errors": []}] * 200
    bad = {"success": False, "errors": [{"statusCode": "DUPLICATE_VALUE", "message": "pat@a.test"}]}
    with scripted_org(json_reply(ok), json_reply([bad])) as org:
        results = rest.post_rows(org.writer(), "PermissionSetAssignment", [{"A": "1"}] * 201)
    assert len(results) == 201
    assert results[-1] == rest.RowResult("", False, "DUPLICATE_VALUE", "(address removed)")
    assert json.loads(org.seen[1][2])["records"] == [
        {"attributes": {"type": "PermissionSetAssignment"}, "A": "1"}
    ]


def test_rows_are_deleted_by_id():
    with scripted_org(json_reply([{"id": "1", "success": True}] * 2)) as org:
        assert all(r.success for r in rest.delete_rows(org.writer(), ["1", "2"], sobject="A"))
        assert org.seen[0][:2] == ("DELETE", "/services/data/v63.0/composite/sobjects?ids=1%2C2&allOrNone=false")  # fmt: skip  # noqa: E501


def test_a_row_without_an_answer_is_bad_input():
    with scripted_org(json_reply([])) as org, pytest.raises(BadInput, match="1 rows were sent"):
        rest.post_rows(org.writer(), "A", [{"B": "1"}])


def test_calls_side_by_side_log_in_once_for_all():
    with scripted_org(Reply()) as org:
        reader, together = org.reader(), Barrier(3)

        def send():
            token = reader._token.access.reveal()
            if token == "token1":
                together.wait(60)
                raise SessionExpired("expired", hint="")
            return token

        with ThreadPoolExecutor(3) as pool:
            assert list(pool.map(lambda _: reader._renewing(send), range(3))) == ["token2"] * 3


@pytest.mark.parametrize("trouble", [BUSY, Reply(drop=True), Reply(body=b"half", cut=True)])
def test_a_file_is_fetched_again_until_it_is_whole(trouble, tmp_path):
    target = tmp_path / "page.csv"
    with scripted_org(trouble, Reply(body=b"Id\n", headers=(("X-Rows", "0"),))) as org:
        headers = org.reader().fetch_file("/services/x", target, lambda _headers, _file: None)
    assert headers["x-rows"] == "0"
    assert [path.name for path in tmp_path.iterdir()] == ["page.csv"]
    assert target.read_bytes() == b"Id\n"


def test_a_file_that_fails_its_check_is_fetched_again_and_then_leaves_nothing(tmp_path):
    def check(_headers, file):
        raise OrgUnreachable(f"{len(file.read_bytes())} bytes", hint="again")

    with scripted_org(Reply(body=b"Id\n")) as org:
        with pytest.raises(TryLater, match="3 bytes"):
            org.reader().fetch_file("/services/x", tmp_path / "page.csv", check)
        assert len(org.seen) == 4
    assert list(tmp_path.iterdir()) == []


def test_an_upload_is_repeated_whole_after_the_session_was_renewed(tmp_path):
    (tmp_path / "rows.csv").write_bytes(b"Id\n1\n")
    with scripted_org(EXPIRED, Reply(201, b"")) as org:
        org.writer().send_file("jobs/x", tmp_path / "rows.csv", {"Content-Type": "text/csv"})
        assert [body for _, _, body in org.seen] == [b"Id\n1\n"] * 2
        assert org.tokens == ["token1", "token2"]
