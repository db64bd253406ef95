"""Refused queries, in Salesforce's words: a line of the query, a caret, what is wrong."""

from __future__ import annotations

import re

from practice_org.wire import OrgError

_APPEND = (
    "If you are attempting to use a custom {what}, be sure to append the '{suffix}' after the "
    "{what} name. Please reference your WSDL or the describe call for the appropriate names."
)
# What SOQL has and this org has not: how it is written, and how it is called.
NOT_EMULATED = {
    r"\bHAVING\b": "HAVING",
    r"\bTYPEOF\b": "TYPEOF",
    r"\bFIELDS\s*\(": "FIELDS()",
    r"\bUSING\s+SCOPE\b": "USING SCOPE",
    r"\bWITH\s+DATA\s+CATEGORY\b": "WITH DATA CATEGORY",
    r"\bWITH\s+(USER|SYSTEM)_MODE\b": "WITH USER_MODE",
    r"\bFOR\s+UPDATE\b": "FOR UPDATE",
    r"\bALL\s+ROWS\b": "ALL ROWS",
    r"\b(ROLLUP|CUBE)\s*\(": "GROUP BY ROLLUP and CUBE",
    r"\b(INCLUDES|EXCLUDES)\s*\(": "INCLUDES and EXCLUDES",
    r"\b(toLabel|FORMAT|convertCurrency|convertTimezone)\s*\(": "toLabel, FORMAT, convert...",
    r"\b(CALENDAR|FISCAL|DAY|WEEK|HOUR)_\w+\s*\(": "date functions",
    r"\b(DISTANCE|GEOLOCATION)\s*\(": "DISTANCE",
    r",\s*\(\s*SELECT\b|SELECT\s*\(\s*SELECT\b": "a subquery in the SELECT list",
}


class Complaints:
    """What is wrong with one query; errors point into its text."""

    def __init__(self, soql: str) -> None:
        self.soql = soql

    def at(self, code: str, row: int, column: int, sentence: str) -> OrgError:
        """An error at a place of the query, counted from one."""
        lines = self.soql.splitlines() or [""]
        line = lines[row - 1] if row <= len(lines) else ""
        caret = f"{' ' * (column - 1)}^"
        return OrgError(code, f"\n{line}\n{caret}\nERROR at Row:{row}:Column:{column}\n{sentence}")

    def no_column(self, name: str, sobject: str, row: int, column: int) -> OrgError:
        """The field is absent or hidden from the caller: the two look alike."""
        hint = _APPEND.format(what="field", suffix="__c").replace(
            "after the field", "after the custom field"
        )
        return self.at(
            "INVALID_FIELD", row, column, f"No such column '{name}' on entity '{sobject}'. {hint}"
        )

    def no_relationship(self, name: str, row: int, column: int) -> OrgError:
        """A path goes through a relationship that is absent or hidden."""
        hint = _APPEND.format(what="relationship", suffix="__r").replace(
            "after the relationship", "after the custom relationship"
        )
        sentence = f"Didn't understand relationship '{name}' in field path. {hint}"
        return self.at("INVALID_FIELD", row, column, sentence)

    def no_object(self, name: str, row: int, column: int) -> OrgError:
        """The object is absent, or the caller has no right to read it."""
        hint = _APPEND.format(what="object", suffix="__c").replace(
            "after the object", "after the entity"
        )
        return self.at(
            "INVALID_TYPE", row, column, f"sObject type '{name}' is not supported. {hint}"
        )

    def malformed(self, row: int, column: int, found: str) -> OrgError:
        """The query does not parse; what Salesforce has and this org lacks is named."""
        without_strings = re.sub(r"'(?:[^'\\]|\\.)*'", "''", self.soql)
        for pattern, name in NOT_EMULATED.items():
            if re.search(pattern, without_strings, re.IGNORECASE):
                return OrgError("MALFORMED_QUERY", f"the practice org does not emulate {name}")
        return self.at("MALFORMED_QUERY", row, column, f"unexpected token: '{found}'")
