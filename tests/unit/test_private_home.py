"""The guard that keeps every test away from the real home."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from deployer.state import home


def test_the_programs_home_is_a_tests_own(private_home):
    assert home() == private_home / "optout"


def test_nothing_points_at_the_real_home(private_home):
    real = pwd.getpwuid(os.getuid()).pw_dir
    names = ("HOME", "OPTOUT_HOME", *(name for name in os.environ if name.startswith("XDG_")))
    inside = [name for name in names if Path(os.environ[name]).is_relative_to(private_home)]
    assert Path.home() == private_home != Path(real)
    assert {"HOME", "OPTOUT_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"} <= set(inside)
