"""Every check of the sync, by its stable id."""

from __future__ import annotations

from sync.checks import nights, opt_outs, org, people, stores

CHECKS = (*people.CHECKS, *nights.CHECKS, *opt_outs.CHECKS, *org.CHECKS, *stores.CHECKS)
