"""What every walk through the command line needs: an org at today's time, and a way to type."""

from __future__ import annotations

import pytest
import stamina

from deployer.cli import main
from deployer.clock import SystemClock


@pytest.fixture
def org_now(practice):
    """The practice org at the machine's own time; its jobs end at once."""
    practice.clock.at = SystemClock().now()
    practice.org.set_setting("deploy_seconds", "0")
    stamina.set_testing(True, attempts=2)
    yield practice
    stamina.set_testing(False)


@pytest.fixture
def run(capsys):
    """Run one command line; (exit code, stdout, stderr)."""

    def run_it(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(words)
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run_it
