"""Where a Lightning page's parts are, to the byte: expat says what it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from deployer.errors import BadInput
from deployer.layouts.read import tag_end
from deployer.layouts.scan import DEEPEST, NAMESPACE, Handlers, refuse_deep, scan
from deployer.lightning.parts import EDITABLE, Component, FieldItem, PageMap, Region

_ROOT = f"{NAMESPACE} FlexiPage"
_HINT = "name a .flexipage file, as Salesforce's tools retrieve it"


@dataclass(slots=True)
class _Element:
    """One element and where it is, its tags included."""

    name: str
    start: int
    end: int = 0
    text: str = ""
    children: list[_Element] = field(default_factory=list)

    def all(self, *path: str) -> Iterator[_Element]:
        """Every element down this path of local names."""
        if not path:
            yield self
            return
        for child in self.children:
            if child.name == path[0]:
                yield from child.all(*path[1:])

    def value(self, *path: str) -> str:
        """The stripped text of the first element down this path; "" when it is not there."""
        found = next(self.all(*path), None)
        return found.text.strip() if found else ""

    def below(self) -> Iterator[_Element]:
        """Every element under this one, in the order of the file."""
        for child in self.children:
            yield child
            yield from child.below()


def read_page(data: bytes, *, where: str = "") -> PageMap:
    """Read a FlexiPage file.

    Errors: BadInput with line and column when it is not well-formed, has a DOCTYPE, is not UTF-8,
    or its root is not Salesforce's `FlexiPage`.
    """
    reader = _Reader(data, where)
    scan(data, reader.begin_pass, where)
    root = reader.top.children[0]
    regions = list(root.all("flexiPageRegions"))
    inner = list(root.below())
    return PageMap(
        data=data,
        regions=tuple(_region(number, region) for number, region in enumerate(regions)),
        identifiers=frozenset(_texts(inner, "identifier")),
        texts=tuple(each.text.strip().casefold() for each in inner if not each.children),
        fields=frozenset(_texts(inner, "fieldItem")),
        older=any(True for _ in root.all("flexiPageRegions", "componentInstances")),
        kind=root.value("type"),
        object=root.value("sobjectType"),
        label=root.value("masterLabel"),
    )


def _texts(elements: Iterable[_Element], name: str) -> Iterator[str]:
    return (each.text.strip().casefold() for each in elements if each.name == name)


class _Reader:
    """Keeps every element with its place, in one pass."""

    def __init__(self, data: bytes, where: str) -> None:
        self.data = data
        self.where = where
        self.top = _Element("", 0)
        self.open = [self.top]

    def begin_pass(self, parser: expat.XMLParserType) -> Handlers:
        self.parser = parser
        return Handlers(self.start, self.end, self.text)

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        at = self.parser.CurrentByteIndex
        if len(self.open) == 1:
            self.refuse_other_root(name, at)
        if len(self.open) > DEEPEST:
            refuse_deep(self.parser, self.where)
        element = _Element(name.rpartition(" ")[2], at)
        self.open[-1].children.append(element)
        self.open.append(element)

    def end(self, _name: str) -> None:
        element = self.open.pop()
        at = self.parser.CurrentByteIndex
        closed = self.data.startswith(b"</", at)  # <x/> has no end tag
        element.end = self.data.index(b">", at) + 1 if closed else tag_end(self.data, element.start)

    def text(self, text: str) -> None:
        self.open[-1].text += text

    def refuse_other_root(self, name: str, at: int) -> None:
        if name == _ROOT and self.data.startswith(b"<FlexiPage", at):
            return
        problem = f"this is not a Lightning page: its root element is {name.rpartition(' ')[2]}"
        if name == _ROOT:
            problem = "this page's elements have a namespace prefix, which Salesforce never writes"
        spot = f"{self.parser.CurrentLineNumber}:{self.parser.CurrentColumnNumber + 1}"
        raise BadInput(problem, where=f"{self.where}:{spot}", hint=_HINT)


def _region(number: int, region: _Element) -> Region:
    """A region's fields and components; before API 49 components stood in the region itself."""
    instances = (
        *region.all("itemInstances", "componentInstance"),
        *region.all("componentInstances"),
    )
    return Region(
        name=region.value("name"),
        kind=region.value("type"),
        items=tuple(_items(number, region.all("itemInstances"))),
        components=tuple(_component(each) for each in instances),
    )


def _items(number: int, wrappers: Iterable[_Element]) -> Iterator[FieldItem]:
    """The wrappers that hold one field and nothing else, which is all that Salesforce writes."""
    for wrapper in wrappers:
        if [child.name for child in wrapper.children] == ["fieldInstance"]:
            held = wrapper.children[0]
            spot = (wrapper.start, held.start, wrapper.end)
            told = (held.value("fieldItem"), _behavior(held), held.value("identifier"))
            yield FieldItem(*spot, *told, number)


def _behavior(held: _Element) -> str:
    for told in held.all("fieldInstanceProperties"):
        if told.value("name") == "uiBehavior":
            return told.value("value")
    return EDITABLE


def _component(instance: _Element) -> Component:
    properties = list(instance.all("componentInstanceProperties"))
    values = (each for told in properties for each in told.below() if each.name == "value")
    labels = (told.value("value") for told in properties if told.value("name") == "label")
    return Component(
        instance.value("componentName"),
        frozenset(each.text.strip() for each in values),
        next(labels, ""),
        any(True for _ in instance.all("visibilityRule")),
    )
