"""Write the pictures of terminals: each command runs against a practice org of its own."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from terminal_picture import FOLDER, TERMINALS, draw_terminal

for file, words, lines in TERMINALS:
    with tempfile.TemporaryDirectory(prefix="optout-pictures-") as home:
        os.environ["OPTOUT_HOME"] = home
        (FOLDER / file).write_text(draw_terminal(words, lines), "utf-8")
    print(f"pictures: docs/pictures/{file} is drawn: look at it")
