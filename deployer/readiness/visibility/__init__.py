"""Who would really see the field: pure, over frozen facts. The names others import."""

from __future__ import annotations

from deployer.readiness.visibility.activation import Activation, FormFactor, PageFacts
from deployer.readiness.visibility.audience import Audience, Level, Reach
from deployer.readiness.visibility.matrix import (
    Obstacle,
    Row,
    Screens,
    Verdict,
    Visibility,
    see,
)
from deployer.readiness.visibility.seen import Access, Pages, access_of, count_seen
from deployer.readiness.visibility.standing import (
    ANYHOW,
    LayoutField,
    Page,
    Panel,
    Standing,
    Standings,
    both,
)
from deployer.readiness.visibility.what_if import (
    EDIT_FIELD,
    Lift,
    with_assignment,
    with_field,
    with_field_on_pages,
    with_lifts,
)

__all__ = [
    "ANYHOW",
    "EDIT_FIELD",
    "Access",
    "Activation",
    "Audience",
    "FormFactor",
    "LayoutField",
    "Level",
    "Lift",
    "Obstacle",
    "Page",
    "PageFacts",
    "Pages",
    "Panel",
    "Reach",
    "Row",
    "Screens",
    "Standing",
    "Standings",
    "Verdict",
    "Visibility",
    "access_of",
    "both",
    "count_seen",
    "see",
    "with_assignment",
    "with_field",
    "with_field_on_pages",
    "with_lifts",
]
