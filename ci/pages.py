"""Make every kind of page, open each at two widths, light and dark, and say what is not well."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "tests")]

from pages_browser import Browser, open_browser  # noqa: E402 - found beside this file
from pages_kept import kept_pictures  # noqa: E402
from pages_looks import look_at  # noqa: E402
from pages_made import Page, make_pages  # noqa: E402
from pages_planted import overlooked, planted_page  # noqa: E402

WRITE = "--write"
SHOTS = HERE.parent / "build" / "pages"


def main(axe: Path, names: list[str], *, write: bool) -> int:
    """0 when every page is well and docs/ shows it as it is; what is not is said, a line each."""
    shutil.rmtree(SHOTS, ignore_errors=True)
    SHOTS.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="optout-pages-") as folder:
        root = Path(folder)
        root.chmod(0o755)  # the browser's own user reads here
        started = time.monotonic()
        pages = [page for page in make_pages(root) if _wanted(page, names)]
        print(f"pages: {len(pages)} made in {time.monotonic() - started:.0f} s", flush=True)
        with open_browser(root) as browser:
            overlooked(look_at(planted_page(root), browser, axe, SHOTS))
            found = [problem for page in pages for problem in _looked_at(page, browser, axe)]
            found += kept_pictures(pages, browser, write=write)
    for problem in found:
        print(f"pages: {problem}", file=sys.stderr)
    well = len(pages) - len({problem.partition(":")[0] for problem in found})
    print(f"pages: screenshots are in {SHOTS.relative_to(HERE.parent)}")
    print(f"{well} passed, {len(pages) - well} failed")
    return 1 if found or not pages else 0


def _wanted(page: Page, names: list[str]) -> bool:
    return not names or any(page.name.startswith(name) for name in names)


def _looked_at(page: Page, browser: Browser, axe: Path) -> list[str]:
    started = time.monotonic()
    found = [f"{page.name}: {problem}" for problem in look_at(page, browser, axe, SHOTS)]
    said = f"{len(found)} to mend" if found else "well"
    print(f"pages: {page.name}: {said} ({time.monotonic() - started:.1f} s)", flush=True)
    return found


if __name__ == "__main__":
    words = sys.argv[2:]
    sys.exit(main(Path(sys.argv[1]), [w for w in words if w != WRITE], write=WRITE in words))
