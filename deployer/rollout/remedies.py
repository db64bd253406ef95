"""What to do about a refusal, by Salesforce's own sentence: a table, first match wins."""

from __future__ import annotations

import re

# Sentences from public threads and Salesforce's documentation; their wording is not a contract,
# so an unknown one falls back to the general advice.
REMEDIES = (
    (
        r"no CustomField named",
        (
            "the layout names a field that the org lacks: take it off in Setup > Page Layouts, "
            "or create the field (--create-field for ours)"
        ),
    ),
    (
        r"in related list",
        (
            "a related list names a column that this user or org lacks: check campaign access (the "
            "Marketing User box) of the deploying user, or take the column off the related list"
        ),
    ),
    (
        r"no (QuickAction|Layout|RecordType|ApexPage|WebLink) named",
        (
            "the layout names something that the org has no more: open it in Setup > Page "
            "Layouts, take that off and save"
        ),
    ),
    (
        r"Lightning Layouts isn't enabled",
        (
            "Dynamic Forms is off in this org: turn it on in Setup > Record Page Settings, or run "
            "it without --lightning-pages"
        ),
    ),
    (
        r"design time component information|load the information on the field",
        (
            "the Lightning page shows something that the org has no more: open it in Lightning App "
            "Builder, take that off and save, or run it without --lightning-pages"
        ),
    ),
    (
        r"appears more than once",
        "the layout holds it twice: open it in Setup > Page Layouts, take one off and save",
    ),
    (
        r"PlatformActionListId duplicates|duplicate value found",
        "the layout's action list repeats an order: open it in Setup > Page Layouts and save it",
    ),
    (
        r"must be Required|must not be Required",
        "the org wants that field otherwise: open the layout in Setup > Page Layouts and save it",
    ),
    (
        r"ModifyAllData|ModifyMetadata",
        "give the deploying user Modify Metadata Through Metadata API Functions",
    ),
    (
        r"Not available for deploy for this organization",
        "that feature is off in this org: turn it on in Setup, or leave the layout out (--exclude)",
    ),
    (
        r"maximum retry limit|already been locked|background job",
        "another deployment was in the way: run the same command again in a few minutes",
    ),
)
GENERAL = "mend what is named and run the same command again"


def remedy_for(said: str) -> str:
    """What a person can do about this refusal."""
    return next(
        (remedy for pattern, remedy in REMEDIES if re.search(pattern, said, re.IGNORECASE)),
        GENERAL,
    )
