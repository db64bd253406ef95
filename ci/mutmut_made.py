"""What mutmut's operators make of these files, one change each, as JSON on standard output.

Left out are words for people (texts with a blank in them), other spellings of one text, in capitals
or small letters, which mean the same to SQL and to what compares codes in any case, and `__all__`.
Added are changes of words in SQL, which to mutmut is only a text. Decorated functions, which
mutmut's own runner cannot exchange, are changed like the others.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
import libcst.matchers as m
from libcst.metadata import MetadataWrapper
from mutmut.mutation.file_mutation import Mutation, MutationVisitor
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode

LONG = 110
AROUND = 40


_SQL = (
    ("UNION", "EXCEPT"), ("EXCEPT", "UNION"), ("LEFT JOIN", "JOIN"), ("NOT IN", "IN"),
    (" IN ", " NOT IN "), ("AND NOT", "AND"), ("WHERE NOT", "WHERE"), (" AND ", " OR "),
    ("min(", "max("), ("max(", "min("), (" <= ", " < "), (" > ", " >= "), (" = true", " = false"),
    (" + 1", " + 2"), ("DISTINCT ", ""), ("NULLS FIRST", "NULLS LAST"), (" OR ", " AND "),
)  # fmt: skip


def _sql(node: cst.SimpleString | cst.FormattedStringText) -> Iterator[cst.CSTNode]:
    if not re.search(
        r"\b(?:SELECT|UPDATE|DELETE|INSERT|VIEW|WHERE|ORDER BY|RETURNING)\b", node.value
    ):
        return
    for old, new in _SQL:
        for found in re.finditer(re.escape(old), node.value):
            begin, end = found.span()
            if old == " IN " and node.value[:begin].endswith("NOT"):
                continue
            yield node.with_changes(value=node.value[:begin] + new + node.value[end:])


OPERATORS = (*mutation_operators, (cst.SimpleString, _sql), (cst.FormattedStringText, _sql))


class _Visitor(MutationVisitor):
    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.FunctionDef):
            return False
        if isinstance(node, cst.Assign) and m.matches(node.targets[0].target, m.Name("__all__")):
            return True
        return super()._skip_node_and_children(node)


@dataclass(frozen=True)
class _Mutant:
    file: str
    module: cst.Module
    mutation: Mutation
    function: str
    change: str

    def told(self) -> dict[str, str]:
        """With the whole file as it would be."""
        source = self.module.deep_replace(self.mutation.original_node, self.mutation.mutated_node)
        return {
            "file": self.file, "function": self.function, "change": self.change,
            "source": source.code,
        }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="ci/mutmut", description=__doc__)
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--sample", type=int, help="so many of all, drawn; else each")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    found = [mutant for file in chosen.files for mutant in _mutants(file)]
    if chosen.sample is not None and chosen.sample < len(found):
        found = random.Random(chosen.seed).sample(found, chosen.sample)  # noqa: S311 - a sample
    json.dump([mutant.told() for mutant in found], sys.stdout)


def _mutants(file: str) -> Iterator[_Mutant]:
    wrapper = MetadataWrapper(cst.parse_module(Path(file).read_text("utf-8")))
    visitor = _Visitor(OPERATORS, IgnoredCode(set(), set(), set()))
    module = wrapper.visit(visitor)
    functions = dict(_functions(module.body, ""))
    seen: Counter[str] = Counter()
    for mutation in visitor.mutations:
        before, after = (
            " ".join(module.code_for_node(node).split())
            for node in (mutation.original_node, mutation.mutated_node)
        )
        if _is_words(mutation, before, after):
            continue
        function = functions.get(mutation.contained_by_top_level_function, "")
        change = f"{function or 'module'}: {_told(before, after)}"
        seen[change] += 1
        if seen[change] > 1:
            change += f" (no. {seen[change]})"
        yield _Mutant(file, module, mutation, function, change)


def _functions(
    body: Sequence[cst.BaseStatement], outer: str
) -> Iterator[tuple[cst.FunctionDef, str]]:
    for statement in body:
        if isinstance(statement, cst.FunctionDef):
            yield statement, outer + statement.name.value
        elif isinstance(statement, cst.ClassDef):
            yield from _functions(statement.body.body, f"{statement.name.value}.")


def _is_words(mutation: Mutation, before: str, after: str) -> bool:
    if not isinstance(mutation.original_node, cst.BaseString):
        return False
    return (" " in before and "XX" in after) or before.lower() == after.lower()


def _told(before: str, after: str) -> str:
    """Both texts; of long ones the place where they differ, with what is around it."""
    if len(before) + len(after) <= LONG:
        return f"{before} -> {after}"
    most = min(len(before), len(after))
    head = next((at for at in range(most) if before[at] != after[at]), most)
    tail = next((at for at in range(most - head) if before[-1 - at] != after[-1 - at]), most - head)
    begin = max(head - AROUND, 0)
    words = [text[begin : min(len(text) - tail + AROUND, len(text))] for text in (before, after)]
    return f"{words[0]} -> {words[1]}"


if __name__ == "__main__":
    main()
