"""What many commands share: asking, and the guard of production."""

import io
import subprocess
import sys

import pytest

from deployer.commands.options import check_production, confirm
from deployer.errors import UsageError


def test_without_a_terminal_nobody_can_be_asked(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(UsageError, match="nobody is here"):
        confirm("Deploy?", yes=False)


def test_yes_answers_for_a_pipeline():
    confirm("Deploy?", yes=True)


@pytest.mark.parametrize(("is_sandbox", "production"), [(True, False), (True, True), (False, True)])
def test_a_sandbox_or_a_named_production_may_be_changed(is_sandbox, production):
    check_production(is_sandbox=is_sandbox, production=production)


def test_production_must_be_named():
    with pytest.raises(UsageError, match="production org"):
        check_production(is_sandbox=False, production=False)


def test_the_shared_options_load_no_network_library():
    heavy = ("simple_salesforce", "zeep", "lxml", "requests", "structlog", "platformdirs")
    code = f"import sys, deployer.commands.options; print([m for m in {heavy} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert found.stdout.strip() == "[]"
