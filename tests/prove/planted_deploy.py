"""What would let a deploy take something from an org that cannot be given back."""

from __future__ import annotations

from prove.bug import Bug

IN_A_DEPLOY = (
    Bug(
        "the copy made after the deploy",
        "deployer/rollout/apply.py",
        "        keep(plan, entry, desk, options)\n"
        "        checked = _check(plan, entry, desk, options)\n"
        "        if options.check_only:\n"
        "            return checked\n"
        "        if org.stamps(plan) == dict(plan.stamps):\n"
        "            submitted = _submit(plan, checked, desk, options)\n"
        "            applied = _wait(plan, submitted, desk, options)\n"
        "            if applied is not None:\n"
        "                return applied\n",
        "        checked = _check(plan, entry, desk, options)\n"
        "        if options.check_only:\n"
        "            return checked\n"
        "        if org.stamps(plan) == dict(plan.stamps):\n"
        "            submitted = _submit(plan, checked, desk, options)\n"
        "            applied = _wait(plan, submitted, desk, options)\n"
        "            if applied is not None:\n"
        "                keep(plan, applied.entry, desk, options)\n"
        "                return applied\n",
        (
            "tests/flows/test_deploy_disk.py::test_a_full_disk_stops_a_deploy_before_anything_is_sent",
        ),
    ),
    Bug(
        "deployed without a last look",
        "deployer/rollout/apply.py",
        "        if org.stamps(plan) == dict(plan.stamps):\n",
        "        if plan:\n",
        ("tests/flows/test_deploy_walk.py::test_an_edit_before_the_last_look_is_kept",),
    ),
)
