"""Which Lightning page is in force, for a profile, a record type, an app and a form factor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from deployer.model.facts import Fact, Known
from deployer.readiness.visibility.standing import Page

PAGE_OBJECTS = {"PersonAccount": "Account"}


class FormFactor(Enum):
    """Where a page is shown. Source: Metadata API guide, ActionOverride, formFactor."""

    LARGE = "Large"
    SMALL = "Small"


@dataclass(frozen=True, slots=True)
class Activation:
    """One setting that puts a page in force; empty `app`, `profile`, `record_type` mean any.

    `page` is the Lightning page's API name, "" for Salesforce's own page; `profile` is its name as
    on screen; `record_type` is a developer name. Source: Metadata API guide, CustomObject and
    CustomApplication, actionOverrides and profileActionOverrides.
    """

    object: str
    page: str
    form_factor: FormFactor
    app: str = ""
    profile: str = ""
    record_type: str = ""


@dataclass(frozen=True, slots=True)
class PageFacts:
    """The record pages of Contact, Lead and Account by API name, and where each is in force."""

    pages: Fact[Mapping[str, Page]]
    activations: Fact[tuple[Activation, ...]]


@dataclass(frozen=True, slots=True)
class Viewer:
    """For whom a page is looked up: a profile's name, a record type's developer name."""

    object: str
    profile: str
    record_type: str


def page_object(object_name: str) -> str:
    """The object whose Lightning pages show this object's records."""
    return PAGE_OBJECTS.get(object_name, object_name)


def pages_in_force(
    viewer: Viewer, activations: tuple[Activation, ...]
) -> dict[tuple[str, FormFactor], str]:
    """(app, form factor) -> page; app "" is every app without a setting of its own.

    The more particular setting wins: app with profile and record type, then app, then the org's
    default, then Salesforce's own page (""). Source: Salesforce help, "Assign a Lightning record
    page". That a setting without a record type holds for all of them is unverified.
    """
    own = [a for a in activations if _concerns(a, viewer)]
    apps = {"", *(a.app for a in own)}
    return {
        (app, factor): _strongest(app, factor, own) for app in sorted(apps) for factor in FormFactor
    }


def possible_pages(object_name: str, pages: Mapping[str, Page]) -> Iterator[Page | None]:
    """Every page that could be in force when the org does not say; None is Salesforce's own."""
    yield None
    yield from (page for page in pages.values() if page.object == page_object(object_name))


def known_pages(facts: PageFacts) -> Mapping[str, Page]:
    """The pages that could be read."""
    return facts.pages.value if isinstance(facts.pages, Known) else {}


def _concerns(activation: Activation, viewer: Viewer) -> bool:
    return (
        activation.object == page_object(viewer.object)
        and activation.profile in {"", viewer.profile}
        and activation.record_type in {"", viewer.record_type}
    )


def _strongest(app: str, factor: FormFactor, own: list[Activation]) -> str:
    fitting = [a for a in own if a.form_factor is factor and a.app in {"", app}]
    ranked = max(
        fitting, key=lambda a: (bool(a.app), bool(a.profile), bool(a.record_type)), default=None
    )
    return ranked.page if ranked else ""
