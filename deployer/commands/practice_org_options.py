"""What the commands that ask a running practice org share: where it is kept, and finding it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:  # --help must not load a network library
    from deployer.salesforce.practice import PracticeOrg

data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the org is kept; default: what --org practice uses.",
)


def find_org(data: Path | None) -> PracticeOrg:
    """The practice org that runs on this folder. Errors: TryLater when none does."""
    from deployer.clock import SystemClock
    from deployer.salesforce.practice_door import find_running
    from deployer.state import home

    return find_running(data or home() / "practice-org", SystemClock())
