"""Picture -> HTML: one environment, in which every text is made harmless as it goes in."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from deployer.model.pictures import Picture, ReadinessPicture
from deployer.model.reports import Report
from deployer.reporting.page import words
from deployer.reporting.visible import to_visible

_TEMPLATES = {True: "readiness.html.j2", False: "change.html.j2"}


def draw_page(picture: Picture) -> str:
    """The whole page; it needs nothing but itself."""
    template = _TEMPLATES[isinstance(picture, ReadinessPicture)]
    return _environment().get_template(template).render(picture=picture)


def to_html(report: Report, name: str) -> str:
    """The page of a command's report: its picture, or what stood in the way of one."""
    if report.picture is not None:
        return draw_page(report.picture())
    word, tone = ("It ended in an error", "bad") if report.stopped else ("Said", "cool")
    lines = tuple(filter(None, (report.verdict, *report.headline)))
    template = _environment().get_template("stopped.html.j2")
    return template.render(report=report, name=name, word=word, tone=tone, lines=lines)


def _read(name: str) -> str:
    return files("deployer.reporting.page").joinpath(name).read_text("utf-8")


def _safe(value: Any) -> Any:
    """Texts lose what turns their order round or cannot be seen; escaping comes after it."""
    return to_visible(value, keep="\n\t") if type(value) is str else value


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_read), autoescape=True, undefined=StrictUndefined,
        finalize=_safe, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    style = _read("page.css")
    environment.globals.update(
        style=Markup(style),  # noqa: S704 - our own file, no text of anybody's is in it
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        words=words,
    )
    return environment
