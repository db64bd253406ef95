"""What the wire does to a client: bytes that drip, connections that are reset under TLS."""

from __future__ import annotations

import gc

import pytest
import stamina
from org_clock import OrgClock
from org_copy import copy_of
from prove.disk_files import seeded_org
from prove.net_house import open_wire
from prove.toxic_proxy import Toxic
from walk import StepClock

from deployer.errors import OptoutError, OutcomeUnknown
from deployer.salesforce.fault_table import OrgUnreachable

TICK = "sobjects/Contact/003000000000001AAA"
TICKED = {"HasOptedOutOfEmail": True}
# A socket that was reset before its handshake is left to the collector by ssl and urllib3.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <ssl:ResourceWarning")


@pytest.fixture(scope="module")
def wire(tmp_path_factory):
    with open_wire(tmp_path_factory.mktemp("wire")) as opened:
        yield opened


@pytest.fixture
def writer(wire):
    """A client of the runner's, over the wire to an org of its own."""
    clock = OrgClock()
    org = copy_of(seeded_org(), clock, seed=2)
    wire.turn_to(org, clock)
    with stamina.set_testing(True, attempts=2, cap=True):
        yield wire.writer(org, StepClock(clock), "runner")
    wire.turn_to(None)
    org.db.close()
    gc.collect()


def test_an_answer_that_drips_is_given_up_after_ten_minutes_not_after_a_full_buffer(wire, writer):
    wire.harm(Toxic.DRIP, "describe", 0)
    begun = wire.clock.at
    assert writer.describe("Contact")["name"] == "Contact"  # asked again
    assert 600 < (wire.clock.at - begun).total_seconds() < 7200


def test_a_connection_that_is_reset_under_tls_is_no_untrusted_certificate(wire, writer):
    wire.harm(Toxic.SLOW_CLOSE, "describe", 0)
    writer.describe("Contact")
    with pytest.raises(OptoutError) as told:
        writer.send_json("PATCH", TICK, TICKED)
    assert type(told.value) is OutcomeUnknown


def test_a_read_over_a_connection_that_has_gone_stale_is_asked_again(wire, writer):
    wire.harm(Toxic.SLOW_CLOSE, "describe", 0)
    assert [writer.describe(name)["name"] for name in ("Contact", "Lead")] == ["Contact", "Lead"]


def test_nobody_who_listens_is_an_org_that_cannot_be_reached(wire, writer):
    wire.harm(Toxic.DOWN, "describe", 0)
    with pytest.raises(OrgUnreachable):
        writer.describe("Contact")
    assert writer.describe("Contact")["name"] == "Contact"


def test_a_request_that_is_cut_off_leaves_no_traceback_in_the_practice_org(wire, writer, capfd):
    wire.harm(Toxic.REQUEST_CUT, "record", 0)
    with pytest.raises(OutcomeUnknown):
        writer.send_json("PATCH", TICK, TICKED)
    assert writer.describe("Contact")["name"] == "Contact"  # the org has done with it by now
    assert "Traceback" not in capfd.readouterr().err
