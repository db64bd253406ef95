"""What the product promises its users, sentence by sentence (S1 to S13)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sync_house import SALES

from deployer.errors import OrgSaidNo, UsageError
from deployer.settings.loading import load
from sync.database.views import reading
from sync.fields import EMAIL_OPT_OUT, Choice, chosen_fields
from sync.intake import fields_now
from sync.ledger.events import Selector
from sync.ledger.logbook import read_audit
from sync.ledger.switch import Turn, turn_switch
from sync.night.due import Owed, owed
from sync.night.night import Outcome
from sync.schedule import next_due
from sync.settings import read_sync

HOUR = 3_600
YEAR = 366 * 24 * HOUR


@pytest.fixture
def settings(tmp_path):
    """The [sync] settings of a file that says this."""

    def read(text: str = ""):
        file = tmp_path / "optout.toml"
        file.write_text(text)
        return read_sync(load(file, environ={"OPTOUT_HOME": str(tmp_path)}))

    return read


@pytest.fixture
def sales(house):
    """A house where the admin chose Marketo Sales Opt-Out, with the nightly sync on."""
    house.install(SALES)
    house.fields = (SALES,)
    house.adopt()
    turn_switch(house.ledger, Turn.ON, "ada")
    return house


def fields_of_a_push(house):
    with reading(house.ledger.engine) as db:
        return fields_now(db, house.fields)


def test_s1_the_nightly_sync_runs_only_when_unsubscribe_sync_is_enabled(adopted, settings):
    adopted.clock.sleep(30 * HOUR)
    assert owed(adopted.ledger, settings().schedule) is Owed.DISABLED
    turn_switch(adopted.ledger, Turn.ON, "ada")
    adopted.clock.sleep(30 * HOUR)
    assert owed(adopted.ledger, settings().schedule) is Owed.NOW


def test_s2_the_opt_out_field_must_be_installed_in_salesforce(house):
    contact = house.contact()
    house.person("ann", contact, out=True)
    house.fields = (SALES,)
    with pytest.raises(OrgSaidNo, match=rf"Contact\.{SALES}: the org does not show it"):
        house.adopt()
    house.install(SALES)
    house.adopt()
    assert house.ticked(contact, SALES)


def test_s3_a_person_needs_a_salesforce_id_to_be_synced(adopted):
    adopted.person("ann", out=True, email="ann@example.com")
    contact = adopted.contact(Email="ann@example.com")
    assert adopted.night().writes == {"salesforce": 0, "people": 0}
    adopted.person("ann", contact)
    assert adopted.night().writes == {"salesforce": 1, "people": 0}
    assert adopted.ticked(contact)


def test_s4_an_unsubscribe_that_is_collected_is_pushed_without_waiting_for_a_night(adopted):
    contact = adopted.contact()
    adopted.person("ann", contact)
    adopted.accept(Selector.PERSON, "ann")
    begun = adopted.clock.now()
    adopted.drain()
    assert (adopted.ticked(contact), adopted.clock.now()) == (True, begun)


def test_s5_a_push_updates_the_field_that_the_settings_choose(sales):
    contact = sales.contact()
    sales.accept(Selector.SALESFORCE, contact, fields_of_a_push(sales))
    sales.drain()
    assert (sales.ticked(contact, SALES), sales.ticked(contact)) == (True, False)


def test_s6_with_the_sync_disabled_a_push_still_happens_into_email_opt_out(sales):
    turn_switch(sales.ledger, Turn.OFF, "ada")
    contact = sales.contact()
    sales.accept(Selector.SALESFORCE, contact, fields_of_a_push(sales))
    sales.drain()
    assert (sales.ticked(contact, SALES), sales.ticked(contact)) == (False, True)


def test_s7_the_nightly_sync_runs_once_a_day(adopted, settings):
    turn_switch(adopted.ledger, Turn.ON, "ada")
    nights = 0
    for _ in range(3 * 12):
        adopted.clock.sleep(2 * HOUR)
        if owed(adopted.ledger, settings().schedule) is Owed.NOW:
            nights += adopted.night().outcome is Outcome.DONE
    assert nights == 3


@pytest.mark.parametrize(("month", "utc_hour"), [(1, 4), (7, 3)], ids=["winter", "summer"])
def test_s8_the_nightly_sync_is_at_eight_in_the_evening_pacific_time(settings, month, utc_hour):
    noon = datetime(2027, month, 15, 20, tzinfo=UTC)
    due = next_due(settings().schedule, noon)
    assert due == noon.replace(hour=utc_hour) + timedelta(days=1)


def test_s9_the_nightly_sync_goes_both_ways_and_the_opt_out_wins(adopted):
    here, there = adopted.contact(), adopted.lead()
    adopted.person("ann", here, out=True)
    adopted.person("bob", there)
    adopted.tick(here, value=False)
    adopted.tick(there)
    adopted.people.clear("bob", adopted.clock.now(), "a typing error", "ada")
    adopted.night()
    assert (adopted.ticked(here), adopted.out("bob")) == (True, True)
    assert adopted.opt_ins() == 0


def test_s10_all_unsubscribes_take_part_however_old_on_contacts_and_leads(house):
    contact, lead, ticked = house.contact(), house.lead(), house.lead()
    house.person("ann", contact, lead, out=True)
    house.person("bob", ticked)
    house.tick(ticked)
    house.clock.sleep(10 * YEAR)
    house.adopt()
    assert [house.ticked(contact), house.ticked(lead), house.out("bob")] == [True] * 3


def test_s11_the_admin_picks_the_field_and_email_opt_out_is_the_default(settings):
    assert settings().fields == (EMAIL_OPT_OUT,)
    chosen = settings(f'custom_field = "{SALES}"\n[sync]\nfield = "marketo-sales-opt-out"\n')
    assert chosen.fields == (SALES,)
    assert [choice.value for choice in Choice] == ["email-opt-out", "marketo-sales-opt-out"]
    assert chosen_fields(Choice.MARKETO_SALES_OPT_OUT, SALES, also_email=True)[1] == EMAIL_OPT_OUT


def test_s12_the_sales_field_keeps_sales_and_marketing_apart(sales):
    asked_sales, asked_marketing = sales.contact(), sales.contact()
    sales.person("ann", asked_sales, out=True)
    sales.person("bob", asked_marketing)
    sales.tick(asked_marketing)
    sales.night()
    assert (sales.ticked(asked_sales), sales.ticked(asked_sales, SALES)) == (False, True)
    assert (sales.out("bob"), sales.ticked(asked_marketing, SALES)) == (False, False)


def test_s13_only_an_admin_by_name_turns_the_switch_and_no_setting_does(adopted, settings):
    turn_switch(adopted.ledger, Turn.ON, "ada")
    with adopted.ledger.engine.begin() as db:
        (decision,) = [each for each in read_audit(db) if each.action == "enable"]
    assert decision.by == "ada"
    with pytest.raises(UsageError):
        settings("[sync]\nenabled = true\n")
