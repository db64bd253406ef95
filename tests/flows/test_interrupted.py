"""Ctrl-C in the middle of a command: exit 130, and what to do next in that command's own words."""

from __future__ import annotations

import json
import os
import signal

import pytest

from practice_org.wire import Response

ORG = ("--org", "practice")


@pytest.fixture(autouse=True)
def listening():
    """Tests that a shell began in the background would be deaf to Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("org_now")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("plan",), "run it again"),
        (("deploy", "--yes"), "optout jobs list"),
        (("sync", "push", "--salesforce-id", "0035e0000000001AAA"), "optout sync status"),
        (("sync", "adopt", "--yes"), "optout sync runs"),
        (("sync", "nightly", "--dry-run"), "optout sync runs"),
        (("sync", "check", "0035e0000000001AAA"), "run it again"),
    ],
)
def test_each_command_says_its_own_next_step(run, intercept, words, said):
    def stop(_request, _go_on):
        os.kill(os.getpid(), signal.SIGINT)
        return Response(503)  # nobody waits for it; the org must not be at work when the test ends

    intercept(stop)
    code, _, err = run(*words, *ORG)
    assert (code, "Traceback" in err, said in err) == (130, False, True)
    code, out, _ = run(*words, *ORG, "--json")
    assert (code, json.loads(out)["error"]["code"]) == (130, "interrupted")
