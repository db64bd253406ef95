"""Tests of this checkout in a process of their own, and what each of them said."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parents[2]


def not_passed(found: Mapping[str, list[str]], tests: Sequence[str]) -> list[str]:
    """A sentence for each test that failed or was not run."""
    failed = [f"{test}: {said}" for test in tests for said in found.get(test, []) if said]
    return failed + [f"{test} was not run" for test in tests if test not in found]


def run_tests(product: Path, tests: Sequence[str]) -> dict[str, list[str]]:
    """Run tests of this checkout on a product: by test, what each of its cases said.

    "" is a case that passed. `product` is a folder of one's own, with a copy of the packages in it
    or with nothing, for those of this checkout.
    """
    report = product / "report.xml"
    words = ["-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"]
    words += ["--rootdir", f"{ROOT}", "-c", f"{ROOT / 'pyproject.toml'}", f"--junitxml={report}"]
    environment = {**os.environ, "PYTHONPATH": f"{product}"}
    ran = subprocess.run(
        [sys.executable, *words, *(f"{ROOT / test}" for test in tests)],
        cwd=product, env=environment, capture_output=True, check=False,
    )  # fmt: skip
    if not report.exists():
        said = ran.stdout.decode("utf-8", "replace").strip().splitlines()[-1:]
        return {test: [f"its tests did not come to an end: {said}"] for test in tests}
    found: dict[str, list[str]] = {}
    for case in ET.parse(report).iter("testcase"):
        name = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name', '')}"
        said = [kid.get("message", "") for kid in case if kid.tag in ("failure", "error")]
        found.setdefault(name.partition("[")[0], []).append(said[0] if said else "")
    return found
