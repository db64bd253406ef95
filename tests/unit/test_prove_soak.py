"""The soak itself: what its plan holds, and that a lost opt-out is seen at its end."""

from __future__ import annotations

import socket
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from prove.soak import soak
from prove.soak_line import Line
from prove.soak_plan import Act, Kind, Plan, Upset

from deployer.clock import SystemClock

WHOLE = Plan(1, 20_000, 2_000, 3)
SMALL = Plan(1, 300, 120, 1)


def test_a_plan_is_its_seeds_alone():
    same, other = Plan(1, 20_000, 2_000, 3), Plan(2, 20_000, 2_000, 3)
    assert list(WHOLE.deliveries()) == list(same.deliveries()) != list(other.deliveries())
    assert WHOLE.marks() == same.marks()


def test_a_plan_has_its_shares_of_everything():
    told = list(WHOLE.deliveries())
    kinds = Counter(each.kind for each in told)
    assert kinds.keys() == set(Kind)
    assert 0.04 < kinds[Kind.DUPLICATE] / len(told) < 0.06
    assert 0.005 < sum(each.kind.is_poison for each in told) / len(told) < 0.015
    assert 0.09 < sum(bool(each.age) for each in told) / len(told) < 0.11
    assert len(WHOLE.resubscribers) == len(told) * 0.005


def test_who_resubscribes_is_sent_one_event_and_who_is_silent_none():
    sent = Counter(each.person for each in WHOLE.deliveries())
    assert {sent[each] for each in WHOLE.resubscribers} == {1}
    assert not sent.keys() & set(WHOLE.silent)


def test_kills_and_upsets_come_between_and_one_upset_after_the_other():
    marks = WHOLE.marks()
    assert Counter(each.act for each in marks)[Act.KILL] == 3
    upsets = [(each.act, each.upset) for each in marks if each.act is not Act.KILL]
    assert upsets == [(act, upset) for upset in Upset for act in (Act.BEGIN, Act.END)]
    assert marks[-1].after < WHOLE.events


def test_the_outages_of_a_database_come_in_their_order_and_while_nothing_else_is_wrong():
    outages = (Act.RESTART, Act.CRASH)
    plan = Plan(1, 20_000, 2_000, 0, outages)
    assert tuple(each.act for each in plan.marks() if each.act in outages) == outages
    wrong = 0
    for each in plan.marks():
        wrong += {Act.BEGIN: 1, Act.END: -1}.get(each.act, 0)
        assert not (wrong and each.act in outages)


SAID = [
    [b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok"],
    [b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 5\r\n", b"\r\nla", b"ter"],
    [b"HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\n"],
]


def answer(door):
    """One caller's requests; the last answer is not whole when this hangs up."""
    with door.accept()[0] as caller:
        for pieces in SAID:
            caller.recv(65_536)
            for piece in pieces:
                caller.sendall(piece)


def test_a_sender_keeps_its_line_and_takes_half_an_answer_for_none():
    with socket.create_server(("127.0.0.1", 0)) as door, ThreadPoolExecutor(1) as beside:
        answered = beside.submit(answer, door)
        line = Line(door.getsockname()[1])
        assert [line.post("/unsubscribes", b"{}", {"webhook-id": "1"}) for _ in range(2)] == [
            202, 503,
        ]  # fmt: skip
        with pytest.raises(ConnectionResetError):
            line.post("/unsubscribes", b"{}", {})
        line.close()
        answered.result()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_small_soak_loses_nobody():
    with soak(SMALL, 0) as told:
        assert (told.sent, told.wrong) == (300, [])


def forget(house):
    """Somebody's opt-out is undone on both sides, and nobody asked for that."""
    people = house.store.open_people(SystemClock())
    with people.engine.begin() as db:
        db.exec_driver_sql(
            "UPDATE people SET unsubscribed = false WHERE person_id = "
            "(SELECT person_id FROM people WHERE unsubscribed ORDER BY person_id DESC LIMIT 1)"
        )
    people.close()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_an_opt_out_that_is_lost_at_the_end_is_seen():
    with soak(SMALL, 0, forget) as told:
        assert [each for each in told.wrong if "1 acknowledged opt-outs are lost on" in each]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_small_soak_loses_nobody_when_its_database_restarts_and_dies(cluster):
    plan = Plan(1, 300, 120, 1, (Act.RESTART, Act.CRASH))
    with soak(plan, 0, server=cluster) as told:
        assert (told.sent, told.wrong) == (300, [])
        assert told.figures["put_off"]
