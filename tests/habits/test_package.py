"""What is handed out: exactly these files, and everything they import."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("deployer", "metadata_templates", "practice_org", "sync")
DATA = {
    "deployer/reporting/page/change.html.j2",
    "deployer/reporting/page/frame.html.j2",
    "deployer/reporting/page/page.css",
    "deployer/reporting/page/parts.html.j2",
    "deployer/reporting/page/readiness.html.j2",
    "deployer/reporting/page/stopped.html.j2",
    "metadata_templates/checkbox.xml.j2",
    "metadata_templates/custom_field.xml.j2",
    "metadata_templates/flexipage_field.xml.j2",
    "metadata_templates/layout_item.xml.j2",
    "metadata_templates/object_with_field.xml.j2",
    "metadata_templates/package.xml.j2",
    "metadata_templates/permission_set.xml.j2",
    "practice_org/COVERAGE.md",
    "practice_org/metadata/shapes.txt",
    "practice_org/soql/grammar.lark",
    "sync/serve/page.css",
    "sync/serve/page.html.j2",
}
ABOUT = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}
# Beside the packages, the source archive has what a reader and the build need.
BESIDE = {".gitignore", "LICENSE", "PKG-INFO", "pyproject.toml", "ARCHITECTURE.md", "CHANGELOG.md",
          "CONTRIBUTING.md", "README.md", "SECURITY.md"}  # fmt: skip
# Imported here, and brought by a requirement of ours that cannot do without it.
BROUGHT = {"certifi": "requests", "h11": "uvicorn", "markupsafe": "jinja2", "urllib3": "requests"}
# Required, and imported by a library of ours or by name.
UNSEEN = {"pysqlite3-binary": "by name", "python-multipart": "starlette"}


def build(where: Path, out: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(out)],
        cwd=where, check=True, capture_output=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built")
    build(ROOT, out)
    return out


@pytest.fixture(scope="module")
def wheel(built: Path) -> dict[str, int]:
    return contents(built)


def contents(folder: Path) -> dict[str, int]:
    """Each file of the one wheel there, with its check sum."""
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        return {info.filename: info.CRC for info in archive.infolist()}


def modules() -> set[str]:
    found = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return {path.relative_to(ROOT).as_posix() for path in found}


def test_the_wheel_has_our_packages_and_what_it_says_about_itself(wheel):
    tops = {name.split("/")[0] for name in wheel}
    (about,) = tops - set(PACKAGES)
    assert about.endswith(".dist-info")
    assert {name.removeprefix(f"{about}/") for name in wheel if name.startswith(about)} == ABOUT


def test_the_wheel_has_every_module_and_the_data_listed_here(wheel):
    inside = {name for name in wheel if name.split("/")[0] in PACKAGES}
    assert {name for name in inside if not name.endswith(".py")} == DATA
    assert {name for name in inside if name.endswith(".py")} == modules()


def test_the_source_archive_has_the_packages_the_docs_and_what_builds_them(built: Path):
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {name for name in names if "/" not in name} == BESIDE
    assert {name for name in names if name.split("/")[0] in PACKAGES} == modules() | DATA
    docs = {name for name in names if name.startswith("docs/")}
    assert {Path(name).suffix for name in docs} == {".md", ".png", ".svg", ".json", ".toml"}
    assert {name.split("/")[0] for name in names - BESIDE} == {*PACKAGES, "docs"}


def test_the_source_archive_makes_the_same_wheel(built: Path, wheel, tmp_path: Path):
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    build(unpacked, unpacked / "dist")
    assert contents(unpacked / "dist") == wheel


def spelled(name: str) -> str:
    return re.match(r"[\w.-]+", name).group().lower().replace("_", "-")


def required() -> set[str]:
    """Whatever the base install and the extras ask for by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lists = [project["dependencies"], *project["optional-dependencies"].values()]
    return {spelled(line) for lines in lists for line in lines} - {spelled(project["name"])}


def imported() -> set[str]:
    """The distributions whose modules our files import, at the top or inside."""
    brought = importlib.metadata.packages_distributions()
    found = set()
    for path in modules():
        for node in ast.walk(ast.parse((ROOT / path).read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    others = found - set(PACKAGES) - sys.stdlib_module_names
    return {spelled(brought[name][0]) for name in others}


def test_what_is_imported_is_required():
    assert imported() - required() == set(BROUGHT)
    assert set(BROUGHT.values()) <= required()


def test_what_is_required_is_imported():
    assert required() - imported() == set(UNSEEN)


def test_every_requirement_has_its_reason():
    reasons = (ROOT / "docs/decisions/0003-dependencies.md").read_text()
    assert sorted(name for name in required() if name not in reasons) == []
