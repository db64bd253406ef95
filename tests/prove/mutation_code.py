"""A mutant's code: whether a function's body has all of it, and how it takes its place."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
import types
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
Mutant = Mapping[str, str]


class Changed(importlib.machinery.SourceFileLoader):
    """Finds one module, with the mutant's source in place of its file's."""

    def __init__(self, mutant: Mutant) -> None:
        super().__init__(module_name(mutant), f"{ROOT / mutant['file']}")
        self._source = mutant["source"]

    def find_spec(self, name: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)

    def get_code(self, _fullname: str) -> types.CodeType:
        return compile(self._source, self.path, "exec", dont_inherit=True)


def module_name(mutant: Mutant) -> str:
    return mutant["file"].removesuffix(".py").replace("/", ".")


def is_warm(mutant: Mutant) -> bool:
    """Whether the change is in a function's body, and in nothing that it is defined by."""
    if not mutant["function"]:
        return False
    original = (ROOT / mutant["file"]).read_text("utf-8")
    return code_of(mutant) != code_of({**mutant, "source": original})


def code_of(mutant: Mutant) -> types.CodeType:
    code = compile(mutant["source"], f"{ROOT / mutant['file']}", "exec", dont_inherit=True)
    for part in mutant["function"].split("."):
        code = next(
            each for each in code.co_consts
            if isinstance(each, types.CodeType) and each.co_name == part
        )  # fmt: skip
    return code


def forget(mutant: Mutant) -> None:
    """Clear what the file's functions remember of their answers before the change."""
    for each in vars(sys.modules[module_name(mutant)]).values():
        if hasattr(type(each), "cache_clear"):
            each.cache_clear()


def function_of(mutant: Mutant) -> types.FunctionType:
    found: object = sys.modules[module_name(mutant)]
    for part in mutant["function"].split("."):
        found = vars(found)[part]
    found = getattr(found, "__func__", None) or getattr(found, "fget", None) or found
    while hasattr(found, "__wrapped__"):
        found = found.__wrapped__
    assert isinstance(found, types.FunctionType)
    return found
