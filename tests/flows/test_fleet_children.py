"""The processes of a fleet: deadlines, those that do not heed them, machines without room."""

from __future__ import annotations

import os
import resource
import signal
import threading

import pytest
from fleet_house import child_of, fleet_of

from deployer.clock import SystemClock
from deployer.fleet.children import Job, Limits, Room, Stop, heeding_signals, run_children
from deployer.fleet.outcomes import End
from practice_org.app import handle

DEADLINE_S, GRACE_S = 3_600.0, 30.0


class Ahead(SystemClock):
    """The machine's clock, which is an hour ahead from the moment that `jump` says."""

    def __init__(self, jump: threading.Event) -> None:
        self.jump = jump

    def monotonic_s(self) -> float:
        return super().monotonic_s() + (DEADLINE_S if self.jump.is_set() else 0)


class Passing(Ahead):
    """And half a minute more each time that somebody looks from then on."""

    passed = 0.0

    def monotonic_s(self) -> float:
        self.passed += GRACE_S if self.jump.is_set() else 0
        return super().monotonic_s() + self.passed


@pytest.fixture
def fleet(seeded, org_files, certificates, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with fleet_of(["a", "b"], seeded, org_files, certificates) as opened:
        opened.write(tmp_path)
        yield opened


def job(name: str, home) -> Job:
    log = f"--log-file={home / name}.log"
    return Job(name, (log, "plan", "--object=Lead", f"--org={name}", "--json"))


def run_them(clock, home, *, stop=None, orgs="ab"):
    """One after the other; how each ended, by name."""
    room = Room(Limits(1, DEADLINE_S, GRACE_S), clock, stop or Stop(), lambda _standing: None)
    return {each.org: each for each in run_children([job(org, home) for org in orgs], room)}


@pytest.fixture
def holding(fleet):
    """Let the first org answer nobody before the test's end, and do something once it is asked."""
    asked, go_on = threading.Event(), threading.Event()

    def hold(do=lambda: None):
        def answer(request):
            do()
            asked.set()
            go_on.wait(60)
            return handle(fleet["a"].org, request)

        fleet["a"].answer = answer
        return asked

    yield hold
    go_on.set()


@pytest.fixture
def ignoring(request):
    """This process ignores a signal, as what a shell begins in the background, or nohup does."""
    before = signal.signal(request.param, signal.SIG_IGN)
    yield
    signal.signal(request.param, before)


@pytest.mark.parametrize("ignoring", [signal.SIGHUP, signal.SIGINT], indirect=True)
def test_a_child_beyond_its_deadline_is_stopped_and_the_next_one_begins(
    holding, tmp_path, ignoring
):
    ended = run_them(Ahead(holding()), tmp_path)
    assert (ended["a"].end, ended["a"].code) == (End.TOO_LONG, 130)
    assert (ended["b"].end, ended["b"].code) == (End.ITSELF, 0)


def test_a_child_that_does_not_heed_its_deadline_is_killed_after_a_grace(holding, tmp_path):
    late = holding(lambda: os.kill(child_of("a", tmp_path), signal.SIGSTOP))
    ended = run_them(Passing(late), tmp_path, orgs="a")
    assert (ended["a"].end, ended["a"].code) == (End.TOO_LONG, -signal.SIGKILL)


def test_children_that_do_not_heed_ctrl_c_are_killed_by_the_second(holding, tmp_path):
    stop = Stop()

    def freeze():
        os.kill(child_of("a", tmp_path), signal.SIGSTOP)
        stop.asked = 2

    holding(freeze)
    ended = run_them(SystemClock(), tmp_path, stop=stop)
    assert (ended["a"].end, ended["a"].code) == (End.STOPPED, -signal.SIGKILL)
    assert (ended["b"].end, ended["b"].code) == (End.NOT_BEGUN, None)


@pytest.mark.parametrize("ignoring", [signal.SIGHUP], indirect=True)
def test_what_was_to_be_ignored_from_the_start_stops_no_fleet(ignoring):
    with heeding_signals() as stop:
        os.kill(os.getpid(), signal.SIGHUP)
        assert stop.asked == 0
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.asked == 1


def test_a_machine_without_room_for_another_process_says_so(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1, hard))
    try:
        ended = run_them(SystemClock(), tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert {each.end for each in ended.values()} == {End.NOT_STARTED}
    assert all(each.err for each in ended.values())


def test_no_child_is_left_when_the_fleet_itself_breaks(holding, tmp_path):
    def break_down(standing):
        raise ZeroDivisionError(standing)

    holding()
    room = Room(Limits(2, DEADLINE_S), SystemClock(), Stop(), break_down)
    with pytest.raises(ZeroDivisionError):
        run_children([job("a", tmp_path)], room)
    with pytest.raises(LookupError):
        child_of("a", tmp_path)
