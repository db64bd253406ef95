"""What a command shows on a terminal, as an SVG that fetches nothing and is the same each time."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "pictures"
# File, command line, and how many lines of what it prints are shown.
TERMINALS = (("readiness.svg", ("readiness", "--org", "practice"), 26),)
COLUMNS = 108
_ROWS = 50
# Every colour can be read on the background.
_THEME = TerminalTheme(
    (22, 27, 34), (222, 227, 233),
    [(72, 79, 88), (255, 123, 114), (86, 211, 100), (227, 179, 65), (121, 192, 255),
     (210, 168, 255), (86, 212, 221), (222, 227, 233)],
)  # fmt: skip
# The library's own format has a font that comes from elsewhere.
_FORMAT = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">
<style>
.{unique_id}-matrix {{ font: {char_height}px/{line_height}px ui-monospace, SFMono-Regular, Menlo, \
Consolas, "DejaVu Sans Mono", monospace; white-space: pre; }}
.{unique_id}-title {{ font: bold 18px sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def draw_terminal(words: tuple[str, ...], shown: int) -> str:
    """Run optout with these words on a terminal; what it prints, its first lines, as SVG."""
    printed = [f"\x1b[1m$ optout {' '.join(words)}\x1b[0m", *_printed(words).splitlines()]
    lines = [part for line in printed for part in _folded(Text.from_ansi(line))]
    if len(lines) > shown:
        lines[shown:] = [Text(f"... and {len(lines) - shown} more lines", style="italic")]
    console = Console(
        record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True,
        color_system="truecolor", highlight=False, legacy_windows=False, _environ={},
    )  # fmt: skip
    for line in lines:
        console.print(line, no_wrap=True)
    svg = console.export_svg(
        title="optout", theme=_THEME, code_format=_FORMAT, unique_id="terminal"
    )
    return "\n".join(line.rstrip() for line in svg.splitlines() if line.strip()) + "\n"


def _folded(line: Text) -> list[Text]:
    """A line as a terminal of this width shows it: broken at the last column, whatever is there."""
    return [line[at : at + COLUMNS] for at in range(0, max(len(line), 1), COLUMNS)]


def _printed(words: tuple[str, ...]) -> str:
    """What it says to people, then its result, which goes to a terminal of our width."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, COLUMNS, 0, 0))
    env = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR"):
        env.pop(name, None)
    with subprocess.Popen(
        [str(Path(sys.executable).with_name("optout")), *words], env=env,
        stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.PIPE,
    ) as child:  # fmt: skip
        os.close(theirs)
        result = _read_all(ours)
        said = child.stderr.read().decode()
    if child.returncode not in (0, 1):
        raise RuntimeError(f"optout {' '.join(words)} ended with {child.returncode}: {said}")
    return said + result.replace("\r\n", "\n")


def _read_all(terminal: int) -> str:
    found = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the other end is closed
            piece = b""
        if not piece:
            os.close(terminal)
            return found.decode()
        found += piece
