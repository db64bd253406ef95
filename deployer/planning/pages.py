"""Which Lightning record pages are meant, and what becomes of each; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from deployer.errors import BadInput
from deployer.lightning import edit_page, shows_person, take_off_page
from deployer.model.layouts import LayoutEdit, Outcome, field_on
from deployer.model.org import OrgFacts, PageFact
from deployer.model.plans import Aim, LightningPages, PagePlan, Wish
from deployer.planning.targets import is_excluded

# Person accounts have layouts of their own, and pages of Account.
_LAYOUT_OBJECT = {"Account": "PersonAccount"}
_MANAGED = "a managed package brings it; only its own packager can change it"
_BUSINESS = "it shows no field of a person account, so it is taken for a business account's page"


def pages_to_read(org: OrgFacts, wish: Wish) -> tuple[str, ...]:
    """The pages whose files the plan needs: those meant that may be edited."""
    return tuple(page.name for page in _meant(org, wish) if not _why_left(page, wish))


def plan_pages(
    org: OrgFacts, wish: Wish, field: str, bodies: Mapping[str, bytes]
) -> tuple[PagePlan, ...]:
    """What becomes of every record page of the objects that are meant, by name.

    `field` is as Contact spells it; `bodies` maps a page's name to its file as retrieved.
    """
    pages = sorted(_meant(org, wish), key=lambda page: page.name)
    return tuple(_plan_page(page, wish, field, bodies.get(page.name)) for page in pages)


def _meant(org: OrgFacts, wish: Wish) -> Iterator[PageFact]:
    """None without the option; an Account's only where the org has person accounts."""
    if wish.pages is LightningPages.LEAVE:
        return
    there = {layout.name.object for layout in org.layouts} | {"Contact", "Lead"}
    for page in org.pages:
        if _LAYOUT_OBJECT.get(page.object, page.object) in (wish.layouts.objects or there):
            yield page


def _why_left(page: PageFact, wish: Wish) -> str:
    """Why its file is not even read; "" when it is."""
    if is_excluded(page.name, wish.layouts):
        return "named by --exclude"
    return _MANAGED if page.namespace else ""


def _plan_page(page: PageFact, wish: Wish, field: str, body: bytes | None) -> PagePlan:
    left = _why_left(page, wish)
    if left:
        return PagePlan(page.name, page.object, Outcome.SKIPPED, left)
    if body is None:
        reason = "the org did not return it on retrieve"
        return PagePlan(page.name, page.object, Outcome.FAILED, reason)
    try:
        edit = _edit(page, wish, field, body)
    except BadInput as broken:
        return PagePlan(page.name, page.object, Outcome.FAILED, str(broken))
    told = (edit.reason, edit.section, edit.before, edit.after)
    return PagePlan(page.name, page.object, edit.outcome, *told)


def _edit(page: PageFact, wish: Wish, field: str, body: bytes) -> LayoutEdit:
    spelled = field_on(_LAYOUT_OBJECT.get(page.object, page.object), field)
    if wish.aim is Aim.TAKE_OUT:
        return take_off_page(body, spelled, where=page.name)
    edit = edit_page(body, spelled, readonly=wish.layouts.readonly, where=page.name)
    if edit.changed and page.object == "Account" and not shows_person(body):
        return LayoutEdit(Outcome.SKIPPED, body, body, _BUSINESS)
    return edit
