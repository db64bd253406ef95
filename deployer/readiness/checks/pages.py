"""C40-C42: Lightning pages, which are in force, and the field on those that bring their own."""

from __future__ import annotations

from collections.abc import Mapping

from deployer.model.checks import Check, Facts, value
from deployer.model.findings import Finding, Severity
from deployer.readiness.checks.saying import HELP, named, passed, said
from deployer.readiness.facts.field import Fields
from deployer.readiness.visibility import Page, Panel, Standing

PUT = "optout deploy --org {org}{field_option}{production} --lightning-pages"
_DYNAMIC = HELP + "platform.dynamic_forms_overview.htm&type=5"


def _own_fields(facts: Facts) -> list[Finding]:
    own = [page.label for page in _pages(facts) if page.panel is Panel.NEVER]
    if not own:
        return passed("every record page shows the page layout")
    return [said(Severity.INFO, f"these show fields of their own instead of the layout's: "
                                f"{named(own)}")]  # fmt: skip


def _in_force(facts: Facts) -> list[Finding]:
    active = [page.label for page in _pages(facts) if page.name in _active(facts)]
    if not active:
        return passed("Salesforce's own record pages are in force")
    return [said(Severity.INFO, f"in force somewhere: {named(active)}")]


def _field_on(facts: Facts) -> list[Finding]:
    """Only pages that are in force count; one that cannot be read is no answer."""
    active = _active(facts)
    own = [p for p in _pages(facts) if p.name in active and p.panel is not Panel.ALWAYS]
    without = [page for page in own if page.field == frozenset({Standing.ABSENT})]
    doubtful = [page for page in own if len(page.field) > 1]
    found = [
        said(Severity.FAIL, f"the page {page.label} of {page.object} does not have the field",
             _way_to_put(page))
        for page in without
    ]  # fmt: skip
    if doubtful:
        labels = [page.label for page in doubtful]
        found.append(said(Severity.WARN, "whether it is shown hangs on a rule, or could not be "
                                         f"read: {named(labels)}"))  # fmt: skip
    return found or passed("every page in force with fields of its own has the field")


def _way_to_put(page: Page) -> str:
    """The command where it can; by hand a page without sections, or a copy of a package's page."""
    if page.carries and not page.managed:
        return PUT
    path = f"Setup > Object Manager > {page.object} > Lightning Record Pages > {page.label} > "
    if page.managed:
        return path + "Clone: drag {field} beside Email, Save, and activate the copy in its place"
    return path + "Edit: drag {field} beside Email, then Save"


def _active(facts: Facts) -> set[str]:
    return {each.page for each in value(facts, "activations", tuple)}


def _pages(facts: Facts) -> list[Page]:
    """The record pages of people; an Account's only where person accounts are in use."""
    persons = value(facts, "fields", Fields).has_person_accounts
    pages: list[Page] = list(value(facts, "pages", Mapping).values())  # type: ignore[type-abstract]
    return [page for page in pages if persons or page.object != "Account"]


_NEEDS = ("pages", "activations", "fields")
CHECKS = (
    Check("C40", "Dynamic Forms", Severity.INFO, "Which record pages do not show the page layout?",
          ("pages", "fields"), _own_fields, "Setup > Object Manager > Contact > Lightning Record "
          "Pages", _DYNAMIC),
    Check("C41", "Pages in force", Severity.INFO, "Which record pages are active?", _NEEDS,
          _in_force, "Setup > Object Manager > Contact > Lightning Record Pages > View Page "
          "Assignments", HELP + "platform.lightning_app_builder_customize_lex_pages_activate.htm"
          "&type=5"),
    Check("C42", "Field on pages", Severity.FAIL, "Do active pages with fields of their own have "
          "the field?", _NEEDS, _field_on, PUT, _DYNAMIC),
)  # fmt: skip
