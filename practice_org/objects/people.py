"""Account, Contact and Lead: the objects people work with."""

from __future__ import annotations

from dataclasses import replace

from practice_org.objects.shapes import (
    DELETED,
    IDENTITY,
    STAMPS,
    Field,
    Sharing,
    SObject,
    choice,
    flag,
    link,
    moment,
    named,
    read_only,
    secured,
    text,
)

_ALL = frozenset({"create", "update", "delete"})
SOURCES = ("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other")
# The person half of an account: the Account's name for it, and the Contact field that holds it.
PERSON_FIELDS = {
    "PersonEmail": "Email",
    "PersonHasOptedOutOfEmail": "HasOptedOutOfEmail",
    "PersonHasOptedOutOfFax": "HasOptedOutOfFax",
    "PersonDoNotCall": "DoNotCall",
    "PersonTitle": "Title",
    "PersonDepartment": "Department",
    "PersonMobilePhone": "MobilePhone",
    "PersonHomePhone": "HomePhone",
    "PersonAssistantName": "AssistantName",
    "PersonBirthdate": "Birthdate",
    "PersonLeadSource": "LeadSource",
    "PersonMailingStreet": "MailingStreet",
    "PersonMailingCity": "MailingCity",
    "PersonMailingState": "MailingState",
    "PersonMailingPostalCode": "MailingPostalCode",
    "PersonMailingCountry": "MailingCountry",
    "PersonEmailBouncedReason": "EmailBouncedReason",
    "PersonEmailBouncedDate": "EmailBouncedDate",
    "Salutation": "Salutation",
    "FirstName": "FirstName",
    "LastName": "LastName",
}


def _phone(name: str, label: str) -> Field:
    return Field(name, "phone", label, 40)


def _address(prefix: str, label: str) -> tuple[Field, ...]:
    return (
        Field(f"{prefix}Street", "textarea", f"{label} Street", 255),
        text(f"{prefix}City", f"{label} City", 40),
        text(f"{prefix}State", f"{label} State/Province", 80),
        text(f"{prefix}PostalCode", f"{label} Zip/Postal Code", 20),
        text(f"{prefix}Country", f"{label} Country", 80),
    )


_NAME = (
    choice("Salutation", "Salutation", "Mr.", "Ms.", "Mrs.", "Dr.", "Prof."),
    text("FirstName", "First Name", 40),
    text("LastName", "Last Name", 80, nillable=False),
    *read_only(text("Name", "Full Name", 121, nillable=False)),
)
_CONSENT = (
    flag("HasOptedOutOfEmail", "Email Opt Out"),
    flag("HasOptedOutOfFax", "Fax Opt Out"),
    flag("DoNotCall", "Do Not Call"),
)
_BOUNCES = (
    text("EmailBouncedReason", "Email Bounced Reason"),
    moment("EmailBouncedDate", "Email Bounced Date"),
)
_OWNER = link("OwnerId", "Owner ID", "User", nillable=False)
_RECORD_TYPE = link("RecordTypeId", "Record Type ID", "RecordType")


def _merged_into(sobject: str) -> tuple[Field, ...]:
    return read_only(
        Field("MasterRecordId", "reference", "Master Record ID", 18, (sobject,), "MasterRecord")
    )


_CONTACT = (
    *IDENTITY,
    *DELETED,
    *_merged_into("Contact"),
    *secured(link("AccountId", "Account ID", "Account")),
    *_NAME,
    *secured(
        *_address("Mailing", "Mailing"),
        *_address("Other", "Other"),
        _phone("Phone", "Business Phone"),
        _phone("Fax", "Business Fax"),
        _phone("MobilePhone", "Mobile Phone"),
        _phone("HomePhone", "Home Phone"),
        _phone("OtherPhone", "Other Phone"),
        _phone("AssistantPhone", "Asst. Phone"),
        link("ReportsToId", "Reports To ID", "Contact"),
        Field("Email", "email", "Email", 80),
        text("Title", "Title", 128),
        text("Department", "Department", 80),
        text("AssistantName", "Assistant's Name", 40),
        choice("LeadSource", "Lead Source", *SOURCES),
        Field("Birthdate", "date", "Birthdate"),
        Field("Description", "textarea", "Contact Description", 32000),
        *_CONSENT,
    ),
    _RECORD_TYPE,
    _OWNER,
    *_BOUNCES,
    *read_only(
        flag("IsEmailBounced", "Is Email Bounced"),
        flag("IsPersonAccount", "Is Person Account", person=True),
    ),
    *STAMPS,
)
_LEAD = (
    *IDENTITY,
    *DELETED,
    *_merged_into("Lead"),
    *_NAME,
    *secured(
        text("Title", "Title", 128),
        *_address("", "Address"),
        _phone("Phone", "Phone"),
        _phone("MobilePhone", "Mobile Phone"),
        _phone("Fax", "Fax"),
        Field("Email", "email", "Email", 80),
        Field("Website", "url", "Website", 255),
        Field("Description", "textarea", "Description", 32000),
        choice("LeadSource", "Lead Source", *SOURCES),
        choice("Industry", "Industry", "Education", "Energy", "Finance", "Media", "Technology"),
        choice("Rating", "Rating", "Hot", "Warm", "Cold"),
        *_CONSENT,
    ),
    text("Company", "Company", 255, nillable=False),
    choice(
        "Status",
        "Status",
        "Open",
        "Working",
        "Closed - Converted",
        "Closed - Not Converted",
        nillable=False,
        default="Open",
    ),
    _RECORD_TYPE,
    _OWNER,
    *_BOUNCES,
    *read_only(
        flag("IsConverted", "Converted"),
        Field("ConvertedDate", "date", "Converted Date"),
        link("ConvertedAccountId", "Converted Account ID", "Account"),
        link("ConvertedContactId", "Converted Contact ID", "Contact"),
    ),
    *STAMPS,
)
_CONTACT_BY_NAME = named(*_CONTACT)


def mirrored(name: str, held: Field, path: str) -> Field:
    """The Account's side of a Contact field of a person account; security is the Contact's."""
    return replace(held, name=name, mirror=path, person=True, nillable=True, permissionable=False)


_ACCOUNT = (
    *IDENTITY,
    *DELETED,
    *_merged_into("Account"),
    text("Name", "Account Name", 255, nillable=False),
    *secured(
        choice("Type", "Account Type", "Prospect", "Customer", "Partner", "Other"),
        *_address("Billing", "Billing"),
        _phone("Phone", "Account Phone"),
        _phone("Fax", "Account Fax"),
        Field("Website", "url", "Website", 255),
        choice("Industry", "Industry", "Education", "Energy", "Finance", "Media", "Technology"),
        Field("Description", "textarea", "Account Description", 32000),
    ),
    _RECORD_TYPE,
    _OWNER,
    *read_only(
        flag("IsPersonAccount", "Is Person Account", person=True),
        link("PersonContactId", "Contact ID", "Contact", person=True),
    ),
    *(
        mirrored(name, _CONTACT_BY_NAME[held], f"PersonContact.{held}")
        for name, held in PERSON_FIELDS.items()
    ),
    *STAMPS,
)

PEOPLE = (
    SObject(
        "Account", "Account", "Accounts", "001", named(*_ACCOUNT),
        sharing=Sharing.PRIVATE, operations=_ALL, required=("Name",),
        indexes=(("OwnerId",), ("PersonContactId",), ("SystemModstamp",)),
    ),
    SObject(
        "Contact", "Contact", "Contacts", "003", _CONTACT_BY_NAME,
        sharing=Sharing.PRIVATE, operations=_ALL, required=("LastName",),
        name_from=("FirstName", "LastName"),
        indexes=(("OwnerId",), ("AccountId",), ("Email",), ("SystemModstamp",)),
    ),
    SObject(
        "Lead", "Lead", "Leads", "00Q", named(*_LEAD),
        sharing=Sharing.PRIVATE, operations=_ALL, required=("LastName", "Company"),
        name_from=("FirstName", "LastName"),
        indexes=(("OwnerId",), ("Email",), ("SystemModstamp",)),
    ),
)  # fmt: skip
