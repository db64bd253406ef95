"""What the server shows and tells: the page, the alerts, the way out of the house."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
import requests
import structlog
from serve_house import facts_of, make_desk
from sqlalchemy.exc import OperationalError
from walk import StepClock

from deployer.errors import TryLater, UsageError
from deployer.settings.toml_file import SettingsFile
from sync.ledger.ledger import open_ledger, to_text
from sync.ledger.quarantine import acknowledge, open_case
from sync.ledger.runs import NewRun, Run, RunEnd, begin_run, end_run
from sync.ledger.switch import Turn, turn_switch
from sync.serve.alerts import Alert, alerts, marks, news
from sync.serve.loop import Loop
from sync.serve.pages import to_age, to_bars
from sync.serve.sending import Outlets, read_outlets, run_command, send_alerts
from sync.serve.server import listen
from sync.status import NO_SUCCESS

ALERT = Alert("held", "r1", "held back", "look")


@pytest.fixture
def ledger(clock, tmp_path):
    opened = open_ledger(tmp_path / "ledger.sqlite", StepClock(clock))
    yield opened
    opened.close()


def refuse(ledger, key: str, detail: str = "no"):
    with ledger.engine.begin() as db:
        open_case(db, ("org", key, key), ("CODE", detail), ledger.now())


def page(ledger) -> str:
    answer = make_desk(ledger, lambda: facts_of(ledger)).get("/")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    return answer.body.decode()


def test_an_empty_ledger_is_shown_healthy(ledger):
    text = page(ledger)
    assert "Healthy: nothing needs a person" in text
    assert "No night has run yet" in text


def test_the_page_fetches_itself_again_unless_it_is_held_still(ledger):
    desk = make_desk(ledger, lambda: facts_of(ledger))
    by_itself, still = (desk.get(path).body.decode() for path in ("/", "/still"))
    assert '<meta http-equiv="refresh" content="10">' in by_itself
    assert 'href="/still"' in by_itself
    assert ("http-equiv" in still, 'href="/"' in still) == (False, True)


def test_quarantine_shows_its_reason_without_any_address_or_markup(ledger):
    refuse(ledger, "ann@example.com", "<script>alert(1)</script> mail 'bob@example.com' is taken")
    text = page(ledger)
    assert "(an address)" in text
    assert "&lt;script&gt;" in text
    assert [word for word in ("ann@", "bob@", "<script") if word in text] == []


def test_a_long_word_in_a_reason_does_not_hold_the_page(ledger):
    refuse(ledger, "ann", "x" * 100_000)
    begun = time.process_time()
    assert "xxxx" in page(ledger)
    assert time.process_time() - begun < 5


def test_a_night_is_a_bar_with_what_it_wrote(ledger):
    facts = {"writes": {"salesforce": 1200, "people": 34}}
    with ledger.engine.begin() as db:
        begin_run(db, NewRun("r1", "nightly", ("F",)), ledger.now())
        end_run(db, "r1", RunEnd("held", facts, ledger.now()))
    text = page(ledger)
    assert 'class="held"' in text
    assert "1,234" in text


def test_bars_come_oldest_first_and_looking_is_no_night():
    run = Run("a", "nightly", (), "2026-01-02T00:00:00.000000Z", "", "x", "done",
              {"writes": {"people": 4}})  # fmt: skip
    older = replace(run, run_id="b", started_at="2026-01-01T00:00:00.000000Z", facts={})
    bars = to_bars([run, replace(run, kind="dry-run"), older])
    assert [(bar.day, bar.total) for bar in bars] == [("01 Jan", 0), ("02 Jan", 4)]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "none"), (0, "0 s"), (59, "59 s"), (60, "1 min 0 s"), (7300, "2 h 1 min"),
     (90000, "1 d 1 h")],
)  # fmt: skip
def test_an_age_is_told_in_its_two_largest_units(seconds, text):
    assert to_age(seconds) == text


def test_a_refusal_is_told_once_until_another_comes(ledger):
    refuse(ledger, "a")
    first = alerts(facts_of(ledger))
    assert [alert.code for alert in news(first, {})] == ["quarantine"]
    assert news(alerts(facts_of(ledger)), marks(first)) == []
    refuse(ledger, "b")
    assert len(news(alerts(facts_of(ledger)), marks(first))) == 1


def test_an_acknowledged_refusal_is_told_to_nobody(ledger):
    refuse(ledger, "a")
    with ledger.engine.begin() as db:
        acknowledge(db, 1, to_text(ledger.clock.now() + timedelta(days=1)), "ann")
    assert alerts(facts_of(ledger)) == []


def test_nights_that_do_not_succeed_are_told_only_while_they_are_switched_on(ledger):
    facts = facts_of(ledger)
    late = facts.now + NO_SUCCESS + timedelta(seconds=1)
    assert alerts(replace(facts, now=late)) == []
    turn_switch(ledger, Turn.ON, "ann")
    facts = facts_of(ledger)
    assert [a.code for a in alerts(replace(facts, now=late))] == ["no-success"]
    assert alerts(replace(facts, now=late - timedelta(seconds=2))) == []


@pytest.mark.parametrize(
    "sync",
    [{"alert_command": "page me"}, {"alert_command": [1]}, {"alert_webhook": "http://a.example"},
     {"alert_webhook": "https://u:p@a.example"}, {"alert_webhook": 3}],
)  # fmt: skip
def test_an_outlet_that_is_no_argv_or_not_https_is_refused(sync):
    with pytest.raises(UsageError):
        read_outlets(SettingsFile(values={"sync": sync}))


def test_an_address_that_others_can_reach_needs_a_word():
    with pytest.raises(UsageError, match="not encrypted"):
        listen("0.0.0.0", 0, behind_tls_proxy=False)  # noqa: S104 - what is refused
    with listen("127.0.0.1", 0, behind_tls_proxy=False) as door:
        assert door.getsockname()[1] > 0


def test_a_loop_logs_a_problem_once_and_goes_on_after_a_bug():
    rounds, problem = [], TryLater("away", hint="wait")

    def work():
        rounds.append(1)
        if len(rounds) == 3:
            loop.stop()
            raise ValueError
        return (problem,)

    loop = Loop(work, coalesce_s=0, every_s=0)
    with structlog.testing.capture_logs() as logged:
        asyncio.run(loop.run())
    assert logged[0]["event"] == "away"
    assert len(logged) == 2


def test_a_woken_loop_goes_round_again_without_waiting_for_its_minute():
    rounds = []

    async def work():
        loop = Loop(lambda: rounds.append(1) or (), coalesce_s=0, every_s=3600)
        going = asyncio.create_task(loop.run())
        while len(rounds) < 3:
            loop.wake()
            await asyncio.sleep(0)
        loop.stop()
        await going

    asyncio.run(work())
    assert len(rounds) >= 3


async def until(holds):
    while not holds():  # noqa: ASYNC110 - it is another thread that makes it so
        await asyncio.sleep(0)


class Hours(asyncio.SelectorEventLoop):
    """An event loop in which hours pass when it is told so."""

    passed_s = 0.0

    def time(self):
        return super().time() + self.passed_s


@pytest.mark.parametrize(("passed_s", "rounds"), [(7200, 2), (0, 1)])
def test_what_comes_after_a_rest_is_not_kept_waiting_for_others(passed_s, rounds):
    went = []

    async def work():
        loop = Loop(lambda: went.append(1) or (), coalesce_s=3600, every_s=10**6)
        going = asyncio.create_task(loop.run())
        await until(lambda: loop.rests_since is not None)
        asyncio.get_running_loop().passed_s += passed_s
        loop.wake()
        with suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                await until(lambda: len(went) == 2)
        going.cancel()

    with asyncio.Runner(loop_factory=Hours) as runner:
        runner.run(work())
    assert len(went) == rounds


class Away:
    """A requests session whose every post answers so."""

    def __init__(self, status: int) -> None:
        self.status, self.sent = status, []

    def post(self, url, **sent):
        self.sent.append((url, sent))
        answer = requests.Response()
        answer.status_code = self.status
        return answer


def test_an_alert_goes_to_the_command_and_to_the_address():
    ran, session = [], Away(200)
    outlets = Outlets(("page", "me"), "https://a.example/x")
    send_alerts(outlets, [ALERT], lambda argv, stdin: ran.append((argv, stdin)) or 0, session)
    assert json.loads(ran[0][1])["code"] == "held"
    ((url, sent),) = session.sent
    assert (url, sent["allow_redirects"]) == ("https://a.example/x", False)


@pytest.mark.parametrize("status", [302, 404, 500])
def test_an_alert_that_was_not_taken_is_told_without_the_address(status):
    with pytest.raises(TryLater) as lost:
        send_alerts(Outlets((), "https://a.example/x"), [ALERT], run_command, Away(status))
    assert "a.example" not in str(lost.value)


@pytest.mark.parametrize(("argv", "code"), [(["true"], 0), (["false"], 1), (["/no/such"], 1)])
def test_a_command_that_fails_or_is_missing_is_no_success(argv, code):
    assert run_command(argv, b"{}") == code


@pytest.mark.parametrize(
    ("problem", "status"),
    [(OperationalError("SELECT 'ann@example.com'", {}, Exception()), 503),
     (TryLater("x", hint="y"), 503),
     (ValueError("ann@example.com"), 500)],
)  # fmt: skip
def test_what_breaks_a_page_is_told_without_what_it_quotes(ledger, problem, status):
    def broken():
        raise problem

    answer = make_desk(ledger, broken).get("/")
    assert (answer.status, b"ann@" in answer.body) == (status, False)
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/unsubscribes", 405)])
def test_other_paths_and_methods_are_refused(ledger, path, status):
    assert make_desk(ledger, lambda: facts_of(ledger)).get(path).status == status
