"""C25 and C43: the login's own layouts, and what shows a few fields beside a record's page."""

from __future__ import annotations

from collections.abc import Iterator

from deployer.model.checks import Check, Facts, value
from deployer.model.facts import Unknown
from deployer.model.findings import Finding, Severity
from deployer.readiness.checks.saying import DEVELOPER, HELP, named, passed, said
from deployer.readiness.facts.effective import Effective, OwnLayout
from deployer.readiness.facts.highlights import Highlights
from deployer.readiness.facts.placements import Layouts, Placements, RecordTypes
from deployer.readiness.facts.sight import Sight


def _own(facts: Facts) -> list[Finding]:
    """A difference says that the matrix may be wrong for others too, so it is no small thing."""
    seen = value(facts, "effective", Effective)
    wrong = [told for own in seen.layouts for told in _differences(facts, own)]
    if wrong:
        return [said(Severity.WARN, f"the org gives this login otherwise: {named(wrong)}")]
    if seen.refused and not seen.layouts:
        return [said(Severity.UNKNOWN, f"the org does not tell: {seen.refused[0]}")]
    if not seen.layouts:
        closed = f" and opens no {' and no '.join(seen.closed)}" if seen.closed else ""
        return [said(Severity.INFO, f"this login has no layout to compare{closed}")]
    lost = f"; {len(seen.refused)} could not be had: {seen.refused[0]}" if seen.refused else ""
    told = f"{len(seen.layouts)} of this login's own layouts are as the assignments say"
    return passed(f"{told}{lost}")


def _differences(facts: Facts, own: OwnLayout) -> Iterator[str]:
    titles = {each.id: each.title for each in value(facts, "layouts", Layouts).all}
    names = value(facts, "record_types", RecordTypes).names
    where = f"{own.object} of type {names.get(own.record_type_id, 'master')}"
    if own.given != own.assigned:
        given = titles.get(own.given, own.given)
        yield f"{where} gets {given}, not {titles[own.assigned]}"
        return
    behaviors = value(facts, "placements", Placements).behaviors(own.given)
    if isinstance(behaviors, Unknown):
        return
    expected = bool(behaviors.value) and own.object in value(facts, "sight", Sight).shown
    if own.shows is not expected:
        yield f"{where} {'shows' if own.shows else 'does not show'} the field"


def _beside(facts: Facts) -> list[Finding]:
    """The layout decides, not these; so what they show is told and nothing more."""
    seen = value(facts, "highlights", Highlights)
    if seen.reason:
        return [said(Severity.INFO, f"not looked at: {seen.reason}")]
    told = [f"with the field: {named(seen.having) or 'none'}"]
    if seen.email_alone:
        told.append(f"with Email and without it: {named(seen.email_alone)}")
    if seen.unread:
        told.append(f"{seen.unread} were not looked at")
    return [said(Severity.INFO, "; ".join(told))]


CHECKS = (
    Check("C25", "This login's own layouts", Severity.WARN, "Does the org give this login the "
          "layouts that the assignments say?",
          ("effective", "layouts", "placements", "record_types", "sight"), _own,
          "Setup > Object Manager > the object > Page Layouts > Page Layout Assignment: look at "
          "the login's profile, then run it again",
          DEVELOPER + "api_rest.meta/api_rest/resources_sobject_layouts.htm"),
    Check("C43", "Compact layouts and quick actions", Severity.INFO, "Which compact layouts and "
          "quick actions show the field?", ("highlights",), _beside,
          "Setup > Object Manager > the object > Compact Layouts, and > Buttons, Links, and "
          "Actions",
          HELP + "platform.compact_layout_overview.htm&type=5"),
)  # fmt: skip
