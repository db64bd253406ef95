"""Whatever people call things in an org, a look at it harms neither a terminal nor a pipeline."""

import json
import re
from html.parser import HTMLParser
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
from hostile_org import GIVEN, IN_XML, name_everything


@pytest.fixture
def look(run, org_now):
    """Look at an org in which everything has such a name: the exit code, stdout and stderr."""
    name_everything(org_now.org)
    return lambda *words: run("readiness", "--org", "practice", "--identity", "deployer", *words)


def harmless(text):
    """Nothing that steers a terminal or turns its order round."""
    return text.replace("\n", "").replace("\t", "").replace("\N{NO-BREAK SPACE}", "").isprintable()


def heard(text):
    """The commands that a pipeline takes from what is printed: none while they are stopped."""
    token, found = "", []
    for line in text.splitlines():
        if token:
            token = "" if line == f"::{token}::" else token
        elif line.startswith("::stop-commands::"):
            token = line.removeprefix("::stop-commands::")
        elif line.lstrip().startswith(("::", "##[")):
            found.append(line)
    return found


def is_plain(name):
    """An app's name comes through as it is: no percent escape in it, no blank around it."""
    return name == unquote(name).strip()


class Reader(HTMLParser):
    """What a browser makes of a page: its tags with attributes, its texts."""

    def __init__(self):
        super().__init__()
        self.tags, self.texts = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)


def test_a_machine_reads_every_name_back(look):
    code, out, err = look("--json")
    document = json.loads(out)
    assert code == 1
    assert not [row for row in document["checks"] if row["outcome"] == "unknown"]
    rows = document["visibility"]
    assert {row["profile"] for row in rows} >= set(GIVEN.values())
    assert {row["layout"] for row in rows} >= set(IN_XML.values())
    assert {row["record_type"] for row in rows} >= set(IN_XML.values())
    assert {row["app"] for row in rows} >= {name for name in IN_XML.values() if is_plain(name)}
    assert {row["app"] for row in rows} >= {name for name in IN_XML.values() if is_plain(name)}
    assert harmless(out)
    assert harmless(err)


def test_a_person_and_a_pipeline_are_safe_from_every_name(look, tmp_path):
    files = {kind: tmp_path / kind for kind in ("junit", "markdown", "html")}
    words = [word for kind, file in files.items() for word in (f"--{kind}", str(file))]
    code, out, err = look(*words, "--annotations", "github")
    written = {kind: file.read_text() for kind, file in files.items()}
    assert code == 1
    assert "Traceback" not in err
    for text in (out, err, *written.values()):
        assert harmless(text)
    assert heard(out)
    assert all(re.match(r"::(error|warning|notice) title=C\d\d ", line) for line in heard(out))
    assert ET.fromstring(written["junit"]).findall(".//testcase")
    assert not re.search(r"(?<!\\)<(img|script)", written["markdown"])
    page = Reader()
    page.feed(written["html"])
    assert not [tag for tag, _ in page.tags if tag == "img"]
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    assert any(GIVEN["markup"] in text for text in page.texts)


def test_files_of_every_name_are_told_of_safely(run, tmp_path):
    folder = tmp_path / "layouts"
    folder.mkdir()
    names = [name for name in IN_XML.values() if "/" not in name and len(name) < 200]
    for name in names:
        (folder / f"Contact-{name}.layout").write_text("<Layout/>")
    code, out, err = run("validate", str(folder), "--sarif", str(tmp_path / "sarif"))
    told = (tmp_path / "sarif").read_text()
    results = json.loads(told)["runs"][0]["results"]
    places = [result["locations"][0]["physicalLocation"] for result in results]
    assert code == 1
    assert len({place["artifactLocation"]["uri"] for place in places}) == len(names)
    assert all(harmless(text) for text in (out, err, told))
