"""Each way an org turns a login down: one sentence of its own, what to type, and no second try."""

from datetime import timedelta

import pytest
from walk import StepClock

from deployer.commands.options import open_connection
from deployer.errors import Exit, LoginRefused, OptoutError
from practice_org import tables
from practice_org.faults.catalogue import CODES
from practice_org.faults.codes import Sort
from practice_org.faults.firing import switch_on
from practice_org.faults.store import When

LOGIN_CODES = sorted(name for name, code in CODES.items() if Sort.LOGIN in code.sorts)


def refusal(practice, code):
    switch_on(practice.org, "token", code, When(times=1))
    with (
        pytest.raises(OptoutError) as problem,
        open_connection("practice", as_json=True, clock=StepClock(practice.clock)),
    ):
        pass
    return problem.value


@pytest.mark.parametrize("code", LOGIN_CODES)
def test_a_refused_login_says_why_and_is_not_tried_again(code, practice):
    error = refusal(practice, code)  # a second try would meet no fault, and get in
    waits = code == "LOGIN_RATE_EXCEEDED"
    assert error.exit is (Exit.TRY_LATER if waits else Exit.SAID_NO)
    assert error.hint
    assert error.where == practice.https


def test_no_two_reasons_are_told_in_the_same_words(practice):
    told = {code: refusal(practice, code).message for code in LOGIN_CODES}
    assert len(set(told.values())) == len(LOGIN_CODES) > 10


class OffClock(StepClock):
    """This machine's clock, which is ahead of the org's."""

    def now(self):
        return super().now() + timedelta(hours=1)


def said_when_off(practice, code):
    switch_on(practice.org, "token", code, When(times=1))
    with (
        pytest.raises(LoginRefused) as problem,
        open_connection("practice", as_json=True, clock=OffClock(practice.clock)),
    ):
        pass
    return problem.value.message


def test_a_clock_that_is_off_is_blamed_for_what_it_may_have_done_and_nothing_else(practice):
    assert "clock is 3600 s ahead" in said_when_off(practice, "BAD_AUDIENCE")
    assert said_when_off(practice, "INACTIVE_USER") == "the user is not active"


def test_a_user_who_is_deactivated_in_the_middle_of_a_run_ends_it_with_what_to_do(practice):
    username = practice.facts["identities"]["deployer"]["username"]
    user = tables.find_rows(practice.org, "User", Username=username)[0]["Id"]
    clock = StepClock(practice.clock)
    with open_connection("practice", as_json=True, clock=clock) as connection:
        tables.update_row(practice.org, "User", user, {"IsActive": False})
        with pytest.raises(LoginRefused, match="the user is not active") as problem:
            connection.query("SELECT Id FROM Organization")
    assert "Setup > Users" in problem.value.hint
