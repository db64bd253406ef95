"""Follow README.md and the tutorial literally, as a stranger would; one line for each typed one.

    firstday.py ROOT USER    ROOT is an empty system with git, python3 and python3-venv, and a bare
                             repository of this project at /srv/optout.git

The whole transcript is build/firstday/transcript.txt. Exit 1 when a line did not end as its page
says.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from firstday.network import network
from firstday.pages import Part, Step, steps
from firstday.terminal import Terminal
from firstday.told import Outcome, line, summed, written, wrong

TRANSCRIPT = Path(__file__).resolve().parents[1] / "build/firstday/transcript.txt"
DEADLINE_S = 600
CLONE = Step("the repository's own page", 1, "git clone /srv/optout.git optout")


def main() -> int:
    root, user = Path(sys.argv[1]), sys.argv[2]
    environ = network(os.environ, root) | {
        "HOME": f"/home/{user}", "USER": user, "LOGNAME": user, "SHELL": "/bin/bash",
    }  # fmt: skip
    TRANSCRIPT.parent.mkdir(parents=True, exist_ok=True)
    met = []
    with TRANSCRIPT.open("w") as transcript:
        for step, outcome in walk(root, user, environ):
            print(line(step, outcome), flush=True)
            transcript.write(written(step, outcome))
            met.append((step, outcome))
    print(f"{summed(met)}; all that was typed and answered: {TRANSCRIPT}")
    return int(any(wrong(step, outcome) for step, outcome in met))


def walk(root: Path, user: str, environ: Mapping[str, str]) -> Iterator[tuple[Step, Outcome]]:
    """Each line that is typed with how it ended, in order."""
    with open_terminal(root, user, environ, "") as terminal:
        yield CLONE, terminal.type(CLONE.typed, DEADLINE_S)
    home = root / "home" / user
    for sitting in sittings(steps(home / "optout")):
        folder = sitting[0][0].folder
        with open_terminal(root, user, environ, folder) as terminal:
            for _, typed in sitting:
                for step in typed:
                    yield step, terminal.type(step.typed, DEADLINE_S)


def sittings(parts: list[tuple[Part, list[Step]]]) -> list[list[tuple[Part, list[Step]]]]:
    """The parts by terminal: one without a folder goes on in the one before it."""
    grouped: list[list[tuple[Part, list[Step]]]] = []
    for part in parts:
        if part[0].folder:
            grouped.append([])
        grouped[-1].append(part)
    return grouped


def open_terminal(root: Path, user: str, environ: Mapping[str, str], folder: str) -> Terminal:
    """A login shell of the user in the empty system: it sees no process and no mount of this one.

    With it ends whatever was started in it.
    """
    inside = 'cd ~/"$1" && exec bash --login'
    return Terminal(
        ["unshare", "--mount", "--pid", "--fork", "--kill-child", f"--mount-proc={root / 'proc'}",
         "chroot", f"--userspec={user}", str(root), "bash", "-c", inside, "bash", folder],
        {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **environ},
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
