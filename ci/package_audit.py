"""What the package index says of the versions that are pinned: withdrawn ones, and newer ones.

No list of known weaknesses is read: that takes a service of its own (SECURITY.md). An index that
is a copy may not pass on what was withdrawn.
"""

from __future__ import annotations

import re
import subprocess
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_COMPILE = ("pip", "compile", "--universal", "--python-version", "3.11", "--no-header",
            "--no-annotate", "--color", "never")  # fmt: skip
_PIN = re.compile(r"^([\w.-]+)==([^\s;]+)", re.MULTILINE)
_WITHDRAWN = re.compile(r"`([^`]+)` is yanked(?: \(reason: \"(.*)\"\))?")


def audit(uv: Path, lock: Path, room: Path) -> None:
    """Print which pinned versions have a successor.

    `lock` is the lock without its hashes. Errors: SystemExit for a pinned version that its makers
    have withdrawn, or when the index would not tell of one.
    """
    if _withdrawn(_told(uv, *_withdrawn_on_purpose(room))) != ["withdrawn==1.0: by its makers"]:
        raise SystemExit("package: a version that its makers have withdrawn is not noticed")
    project = (str(ROOT / "pyproject.toml"), "--all-extras")
    pinned, newest = _told(uv, *project, "-c", str(lock)), _told(uv, *project)
    if found := _withdrawn(pinned):
        raise SystemExit("package: pinned, and withdrawn by its makers:\n" + "\n".join(found))
    now = dict(_PIN.findall(pinned))
    for name, version in _PIN.findall(newest):
        if now.get(name) != version:
            print(
                f"package: {name} {now.get(name, 'not pinned')} -> {version} is to be had: ci/lock"
            )
    print(f"package: none of the {len(now)} versions pinned for users is withdrawn")


def _told(uv: Path, *words: str) -> str:
    """The versions chosen, and what is said about them."""
    done = subprocess.run([uv, *_COMPILE, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"package: the index was not read:\n{done.stderr[-2000:]}")
    return f"{done.stdout}\n{done.stderr}"


def _withdrawn(told: str) -> list[str]:
    return [f"{pin}: {reason}".rstrip(": ") for pin, reason in _WITHDRAWN.findall(told)]


def _withdrawn_on_purpose(room: Path) -> tuple[str, ...]:
    """An index with one version, which is withdrawn, and a wish for it."""
    folder = room / "index" / "withdrawn"
    folder.mkdir(parents=True)
    name = "withdrawn-1.0-py3-none-any.whl"
    with zipfile.ZipFile(folder / name, "w") as wheel:
        info = "Metadata-Version: 2.1\nName: withdrawn\nVersion: 1.0\n"
        wheel.writestr("withdrawn-1.0.dist-info/METADATA", info)
    (folder / "index.html").write_text(f'<a href="{name}" data-yanked="by its makers">{name}</a>')
    wish = room / "wish.txt"
    wish.write_text("withdrawn==1.0\n")
    return (str(wish), "--no-cache", "--default-index", folder.parent.as_uri())
