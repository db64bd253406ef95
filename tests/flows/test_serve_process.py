"""`optout sync serve` as a process of its own: bursts, a full disk, a clean end."""

from __future__ import annotations

import resource
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from serve_process import wait_until

from practice_org.faults.firing import switch_off, switch_on
from practice_org.faults.store import When
from practice_org.tables import find_row, insert_row


def ticked(practice, contact: str) -> bool:
    return bool(find_row(practice.org, "Contact", contact)["HasOptedOutOfEmail"])


def test_a_webhook_is_applied_soon_and_sigterm_ends_it_cleanly(start, org_now):
    contact = insert_row(org_now.org, "Contact", {"LastName": "Moss"})
    server = start()
    assert server.post(1, salesforce_id=contact).status_code == 202
    wait_until(lambda: ticked(org_now, contact))
    assert server.stop() == 0


def test_what_was_taken_before_a_kill_is_applied_by_the_next_start(start, org_now):
    contact = insert_row(org_now.org, "Contact", {"LastName": "Moss"})
    switch_on(org_now.org, "any", "HTML_503", When(times=10_000))
    server = start()
    assert server.post(1, salesforce_id=contact).status_code == 202
    server.process.kill()
    server.process.wait()
    switch_off(org_now.org)
    later = start()
    wait_until(lambda: ticked(org_now, contact))
    assert later.stop() == 0


def test_a_full_disk_answers_503_and_takes_again_once_there_is_room(start):
    server = start()
    assert server.post(1, person_id="a").status_code == 202
    _, most = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (0, most))
    refused = server.post(2, person_id="b")
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")
    assert requests.get(f"{server.url}/readyz", timeout=100).status_code == 503
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (most, most))
    assert server.post(2, person_id="b").status_code == 202
    assert server.stop() == 0


@pytest.mark.slow
def test_a_burst_of_a_thousand_is_taken_with_no_org_at_hand(start):
    server = start()

    def timed(number: int) -> tuple[int, float]:
        begun = time.perf_counter()
        return server.post(number).status_code, time.perf_counter() - begun

    with ThreadPoolExecutor(16) as crowd:
        answers = list(crowd.map(timed, range(1000)))
    assert {status for status, _ in answers} == {202}
    assert server.meter("optout_accepted_total") == 1000
    print(f"p99 {sorted(seconds for _, seconds in answers)[989] * 1000:.0f} ms")
    assert server.stop() == 0
