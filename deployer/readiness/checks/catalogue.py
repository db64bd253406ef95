"""Every check of the org, in the order of its id."""

from __future__ import annotations

from operator import attrgetter

from deployer.readiness.checks import (
    access,
    automation,
    drift,
    effective,
    field,
    layouts,
    org,
    package,
    pages,
    runner,
)

CHECKS = tuple(
    sorted(
        (
            *org.CHECKS,
            *field.CHECKS,
            *layouts.CHECKS,
            *effective.CHECKS,
            *access.CHECKS,
            *runner.CHECKS,
            *pages.CHECKS,
            *automation.CHECKS,
            *package.CHECKS,
            *drift.CHECKS,
        ),
        key=attrgetter("id"),
    )
)
