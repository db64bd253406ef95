"""The seed's layouts and who sees them, as a grown org has them."""

from __future__ import annotations

from dataclasses import dataclass

from practice_org.seed.layout_builder import Extras, Section, across, links, one

_BARE = Extras()


@dataclass(frozen=True, slots=True)
class SeedLayout:
    """One layout; `name` is the plain full name, object first."""

    name: str
    sections: tuple[Section, ...]
    extras: Extras = _BARE
    namespace: str = ""


_SYSTEM = Section("System Information", "=CreatedById | =LastModifiedById")
_ADDRESS = Section("Address Information", "MailingAddress | OtherAddress")
_LEAD_ADDRESS = one("Address Information", "Address")
_DESCRIPTION = one("Description Information", "Description")
_CONTACT_LISTS = ("RelatedOpportunityList", "RelatedActivityList", "RelatedNoteList")
_CONTACT_LINKS = links("GoogleMaps", "GoogleSearch", "SendGmail")
_ACTIONS = ("FeedItem.TextPost", "NewTask", "NewEvent", "LogACall", "SendEmail")
_STANDARD = Extras(_CONTACT_LISTS, _ACTIONS, (), ("Name", "AccountId", "Email", "Phone"))
_LEAD_EXTRAS = Extras(
    ("RelatedActivityList", "RelatedNoteList", "RelatedEmailList"),
    ("FeedItem.TextPost", "NewTask", "LogACall", "Lead.Qualify_Lead"),
    ("Check_Duplicates",),
    ("Name", "Email", "Phone", "Company"),
)
_PERSON_EXTRAS = Extras(("RelatedOpportunityList", "RelatedActivityList"), ("NewTask", "LogACall"))

CONTACT = (
    SeedLayout(
        "Contact-Contact Layout",
        (
            Section(
                "Contact Information",
                "OwnerId *Name AccountId Title Department Birthdate ReportsToId LeadSource "
                "| Phone HomePhone MobilePhone OtherPhone Fax Email AssistantName AssistantPhone",
            ),
            _ADDRESS,
            Section("Additional Information", "Customer_Number__c | Preferred_Language__c"),
            _SYSTEM,
            _DESCRIPTION,
            _CONTACT_LINKS,
        ),
        _STANDARD,
    ),
    SeedLayout(
        "Contact-Contact (Sales) Layout",
        (
            Section(
                "Contact Information",
                "*Name AccountId Title | Phone MobilePhone Email DoNotCall",
            ),
            across("Sales Information", "Region__c LeadSource | Partner_Level__c _ VIP__c"),
            _ADDRESS,
            Section("System Information", "OwnerId =CreatedById | =LastModifiedById"),
            _DESCRIPTION,
        ),
        Extras(
            (*_CONTACT_LISTS, "Enrolment__c.Contact__c"),
            (*_ACTIONS, "Contact.Send_Survey"),
            ("Log_Visit",),
            ("Name", "AccountId", "Phone", "Region__c"),
        ),
    ),
    SeedLayout(
        "Contact-Contact (Support) Layout",
        (
            Section(
                "Contact Information",
                "*Name AccountId ReportsToId | Email Phone Fax DoNotCall HasOptedOutOfFax",
            ),
            one("Support Information", "Support_Notes__c"),
            Section("Customer", "Customer_Number__c VIP__c |"),
            _SYSTEM,
            _CONTACT_LINKS,
        ),
        Extras(("RelatedCaseList", "RelatedActivityList"), ("NewCase", "LogACall", "SendEmail")),
    ),
    SeedLayout(
        "Contact-Contact (Marketing) Layout",
        (
            Section("Contact Information", "*Name AccountId Title | Email Phone LeadSource"),
            Section(
                "Consent",
                "HasOptedOutOfEmail HasOptedOutOfFax DoNotCall | Newsletter_Topics__c "
                "Preferred_Language__c",
            ),
            _ADDRESS,
            _SYSTEM,
        ),
        Extras(("RelatedCampaignList", "RelatedActivityList"), ("NewTask", "SendEmail")),
    ),
    SeedLayout(
        "Contact-Partner (EMEA) Layout",
        (
            Section("Partner Contact", "*Name AccountId Partner_Level__c | Email Phone Region__c"),
            Section("Consent", "=HasOptedOutOfEmail DoNotCall | =HasOptedOutOfFax"),
            _SYSTEM,
        ),
        Extras(("RelatedActivityList",), ("NewTask",)),
    ),
    SeedLayout(
        "Contact-acme__Partner Layout",
        (
            Section("Partner Information", "*Name AccountId | Email acme__Partner_Score__c"),
            one("Notes", "Description"),
            _SYSTEM,
        ),
        Extras(("RelatedActivityList",), ("NewTask",)),
        namespace="acme",
    ),
    SeedLayout(
        "Contact-Spender (Großkunden) Layout",
        (
            Section(
                "Persönliche Angaben", "*Name AccountId Birthdate | Email MobilePhone HomePhone"
            ),
            Section("Spenden & Interessen", "Newsletter_Topics__c VIP__c | Preferred_Language__c"),
            _ADDRESS,
            Section("", "=CreatedById | =LastModifiedById"),
        ),
        Extras(("RelatedActivityList", "Donation__c.Donor__c"), ("NewTask", "LogACall")),
    ),
    SeedLayout(
        "Contact-Event Attendee (2019) Layout",
        (Section("Attendee", "*Name | Email Newsletter_Topics__c"), _SYSTEM),
    ),
)
LEAD = (
    SeedLayout(
        "Lead-Lead Layout",
        (
            Section(
                "Lead Information",
                "OwnerId *Name *Company Title LeadSource Industry "
                "| Phone MobilePhone Fax Email Website *Status Rating",
            ),
            _LEAD_ADDRESS,
            _SYSTEM,
            _DESCRIPTION,
            links("GoogleMaps", "YahooMaps"),
        ),
        _LEAD_EXTRAS,
    ),
    SeedLayout(
        "Lead-Lead (Sales) Layout",
        (
            Section("Lead Information", "*Name *Company Title | *Status Phone Email DoNotCall"),
            across("Qualification", "Budget__c Region__c | Rating Customer_Number__c"),
            _LEAD_ADDRESS,
            _SYSTEM,
        ),
        _LEAD_EXTRAS,
    ),
    SeedLayout(
        "Lead-Lead (Marketing) Layout",
        (
            Section("Lead Information", "*Name *Company | *Status Email Phone LeadSource"),
            Section("Campaign", "Webinar_Attended__c Newsletter_Topics__c | HasOptedOutOfFax"),
            _SYSTEM,
        ),
        _LEAD_EXTRAS,
    ),
    SeedLayout(
        "Lead-Webinar Lead (EMEA) Layout",
        (
            Section("Webinar", "*Name *Company Webinar_Attended__c | Email *Status Region__c"),
            Section("Empty Section", "|"),
            _SYSTEM,
        ),
        Extras(("RelatedActivityList",), ("NewTask",), (), ("Name", "Company", "Email")),
    ),
    SeedLayout(
        "Lead-Inbound (Support) Layout",
        (
            one("Inbound Request", "*Name *Company *Status Email Phone"),
            _DESCRIPTION,
            _SYSTEM,
        ),
        Extras(("RelatedActivityList",), ("LogACall",)),
    ),
)
PERSON = (
    SeedLayout(
        "PersonAccount-Person Account Layout",
        (
            Section(
                "Account Information",
                "OwnerId *Name PersonTitle PersonBirthdate | Phone PersonHomePhone "
                "PersonMobilePhone PersonEmail",
            ),
            Section("Address Information", "BillingAddress | PersonMailingAddress"),
            _SYSTEM,
            _DESCRIPTION,
        ),
        _PERSON_EXTRAS,
    ),
    SeedLayout(
        "PersonAccount-Person Account (Sales) Layout",
        (
            Section(
                "Account Information",
                "*Name PersonLeadSource | Phone PersonEmail PersonDoNotCall Region__pc",
            ),
            Section("Address Information", "| PersonMailingAddress"),
            _SYSTEM,
        ),
        _PERSON_EXTRAS,
    ),
    SeedLayout(
        "PersonAccount-Consumer (Retail) Layout",
        (
            Section(
                "Consumer",
                "*Name PersonBirthdate VIP__pc "
                "| PersonEmail PersonHasOptedOutOfEmail PersonDoNotCall",
            ),
            _SYSTEM,
        ),
        _PERSON_EXTRAS,
    ),
)
LAYOUTS = (*CONTACT, *LEAD, *PERSON)

# Who sees which layout: object, profile, record type ("" is the master; "*" all) -> layout label.
# Later rows win; a layout in no row is assigned to nobody.
ASSIGNMENTS = (
    ("Contact", "*", "*", "Contact Layout"),
    ("Contact", "Sales", "*", "Contact (Sales) Layout"),
    ("Contact", "Support", "*", "Contact (Support) Layout"),
    ("Contact", "Marketing User", "*", "Contact (Marketing) Layout"),
    ("Contact", "*", "Partner", "Partner (EMEA) Layout"),
    ("Contact", "Sales", "Partner", "acme__Partner Layout"),
    ("Contact", "*", "Donor", "Spender (Großkunden) Layout"),
    ("Lead", "*", "*", "Lead Layout"),
    ("Lead", "Sales", "*", "Lead (Sales) Layout"),
    ("Lead", "Marketing User", "*", "Lead (Marketing) Layout"),
    ("Lead", "Support", "*", "Inbound (Support) Layout"),
    ("Lead", "*", "Webinar", "Webinar Lead (EMEA) Layout"),
    ("PersonAccount", "*", "*", "Person Account Layout"),
    ("PersonAccount", "Sales", "*", "Person Account (Sales) Layout"),
    ("PersonAccount", "Marketing User", "*", "Consumer (Retail) Layout"),
)
