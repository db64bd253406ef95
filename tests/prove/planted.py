"""Bugs that would lose an opt-out or hide one, as patches, and the tests that must see them.

The thirty that every sync of this kind has been known for, and some of our own beside them.
"""

from __future__ import annotations

from prove.bug import Bug
from prove.planted_deploy import IN_A_DEPLOY
from prove.planted_ledger import IN_THE_LEDGER
from prove.planted_org import ON_THE_WAY

_SESSION = "tests/unit/test_salesforce_session.py::test_"
_WIRE = "tests/unit/test_salesforce_wire.py::test_"
_CLOCKS = "tests/unit/test_wrong_clocks.py::test_"
_DEPLOY = "tests/unit/test_prove_deploy.py::test_"
_SEEN = (
    "tests/flows/test_visibility_law.py::test_who_has_the_field_is_what_a_naive_evaluation_finds"
)

THIRTY = (*IN_THE_LEDGER, *ON_THE_WAY, *IN_A_DEPLOY)
BESIDE = (
    Bug(
        "a deploy sent again when its reply was lost",
        "deployer/rollout/apply.py",
        "        found = find_lost_job(entry, desk)\n",
        "        found = start_deploy(desk.conn, package, _deploy_options(options, check=False))\n",
        (f"{_DEPLOY}a_deploy_that_the_org_has_without_our_knowing_is_not_sent_again",),
    ),
    Bug(
        "what a group mutes given all the same",
        "deployer/readiness/visibility/givers.py",
        "[part for part in members if part not in muting], muting)",
        "[part for part in members if part not in muting], [])",
        (_SEEN,),
    ),
    Bug(
        "a user counted on each page that differs",
        "deployer/readiness/visibility/matrix.py",
        "        yield over_all({verdict_of(standings, reach) for standings in distinct}), count\n",
        "        yield from ((verdict_of(standings, reach), count) for standings in distinct)\n",
        (_SEEN,),
    ),
    Bug(
        "a visibility rule taken for always met",
        "deployer/readiness/facts/page_fields.py",
        '    return bool(item.get("visibilityRule"))\n',
        "    return False\n",
        (_SEEN,),
    ),
    Bug(
        "a reset under TLS taken for a certificate that is not trusted",
        "deployer/salesforce/session.py",
        "    if _is_untrusted(broken):\n",
        "    if isinstance(broken, requests.exceptions.SSLError):\n",
        (f"{_SESSION}tls_that_breaks_is_told_from_a_certificate_that_is_not_trusted",),
    ),
    Bug(
        "an answer that drips waited for until a buffer is full",
        "deployer/salesforce/session.py",
        "body.read1(_CHUNK, decode_content=True)",
        "body.read(_CHUNK, decode_content=True)",
        (f"{_WIRE}an_answer_that_drips_is_given_up_after_ten_minutes_not_after_a_full_buffer",),
    ),
    Bug(
        "a next try put off by a clock that was years ahead",
        "sync/drain.py",
        "    hasten_unbelievable(ledger)\n",
        "",
        (f"{_CLOCKS}what_was_put_off_by_a_clock_that_was_years_ahead_is_tried_once_it_is_right",),
    ),
)
BUGS = (*THIRTY, *BESIDE)
