"""Every refusal that is known says what to do about it; an unknown one says so in general."""

from __future__ import annotations

import pytest

from deployer.rollout.remedies import GENERAL, remedy_for

SAID = {
    "In field: field - no CustomField named Contact.X__c found": "--create-field",
    "Invalid field:CAMPAIGN.NAME in related list:RelatedCampaignList": "Marketing User",
    "In field: QuickAction - no QuickAction named FeedItem.RypplePost found": "Page Layouts",
    "In field: recordType - no RecordType named X found": "Page Layouts",
    "Field:field, value:X appears more than once": "take one off",
    "duplicate value found: PlatformActionListId duplicates value on record": "action list",
    "Field:FirstName must be Required": "wants that field otherwise",
    "INSUFFICIENT_ACCESS: use of the Metadata API requires a user with the ModifyAllData or "
    "ModifyMetadata permissions": "Modify Metadata",
    "Not available for deploy for this organization": "--exclude",
    "Try deploying again. Your deployment exceeded its maximum retry limit": "again",
    "You can't add fields to this Lightning page because Lightning Layouts isn't enabled for your "
    "org.": "Record Page Settings",
    "We couldn't retrieve the design time component information for component c:x.": "App Builder",
    "Something went wrong. We couldn't retrieve or load the information on the field: "
    "Record.X__c.": "App Builder",
    "something nobody has ever seen": GENERAL,
}


@pytest.mark.parametrize(("said", "words"), SAID.items())
def test_a_refusal_says_what_to_do(said: str, words: str):
    assert words in remedy_for(said)
