"""What the org answered, read once: a code and a sentence become an error with a reaction."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import Enum
from typing import Any
from xml.etree import ElementTree as ET

from deployer.errors import OptoutError, OrgSaidNo, OutcomeUnknown, Reaction
from deployer.salesforce.fault_table import FAULTS, STATUSES, Fault

# From a word's beginning alone: tried at each letter, a text of 70 KB without @ took seconds.
_ADDRESS = re.compile(r"(?<![^\s@<>\"',;:()])[^\s@<>\"',;:()]+@[^\s@<>\"',;:()]+")
_TOKEN = re.compile(r"00D\w{12,15}![\w.!-]+|eyJ[\w-]+\.[\w.-]+|force://\S+")
_WORD = re.compile(r"(?:Bad|Missing|Wrong)_\w{3,40}")  # how userinfo says no: Bad_OAuth_Token
_SENTENCE = 400
_UNKNOWN_HINT = "look the code up in Salesforce's documentation; nothing was retried"


class Effect(Enum):
    """Whether a request that may have arrived has changed something."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the org said, before anybody judged it; `code` is "" when it said none."""

    status: int
    code: str = ""
    message: str = ""
    fields: tuple[str, ...] = ()


def read_refusal(status: int, body: bytes) -> Refusal:
    """Read an answer of 300 or more in any of Salesforce's shapes; HTML and rubbish have no code.

    Shapes: REST list, OAuth object, SOAP fault with or without detail, composite body, bare word.
    """
    start = body.lstrip()[:1]
    if start in (b"[", b"{"):
        return _read_json(status, body)
    if start == b"<" and b"Fault" in body and b"<!DOCTYPE" not in body:
        return _read_fault(status, body)
    word = body.strip().decode("ascii", "replace")
    return Refusal(status, word if _WORD.fullmatch(word) else "")


def _read_json(status: int, body: bytes) -> Refusal:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return Refusal(status)
    return refusal_of(status, answer)


def refusal_of(status: int, answer: Any) -> Refusal:
    """As `read_refusal`, for JSON that is parsed already (one part of a composite answer)."""
    entry = answer[0] if isinstance(answer, list) and answer else answer
    if not isinstance(entry, dict):
        return Refusal(status)
    code = entry.get("errorCode") or entry.get("statusCode") or entry.get("error") or ""
    message = entry.get("message") or entry.get("error_description") or ""
    fields = entry.get("fields")
    named = tuple(str(name) for name in fields) if isinstance(fields, list) else ()
    return Refusal(status, str(code), str(message), named)


def _read_fault(status: int, body: bytes) -> Refusal:
    try:
        root = ET.fromstring(body)
    except ET.ParseError:
        return Refusal(status)
    texts = {
        element.tag.rpartition("}")[2]: (element.text or "").strip()
        for element in root.iter()
        if isinstance(element.tag, str)
    }
    code = texts.get("exceptionCode") or texts.get("faultcode", "").rpartition(":")[2]
    message = texts.get("exceptionMessage") or texts.get("faultstring", "")
    return Refusal(status, code, message.removeprefix(f"{code}: "))


def fault_for(refusal: Refusal) -> Fault | None:
    """The table's row for what the org said: by code and wording, else by HTTP status."""
    for row in FAULTS:
        if row.code == refusal.code and re.search(row.pattern, refusal.message, re.IGNORECASE):
            return row
    return None if refusal.code else STATUSES.get(refusal.status)


def to_error(refusal: Refusal, *, where: str = "", effect: Effect = Effect.READ) -> OptoutError:
    """The error to raise; an unknown code is a no that keeps the org's own code and sentence.

    A write that was answered with "something broke" may have landed: OutcomeUnknown.
    """
    row = fault_for(refusal)
    said = harmless(refusal.message)
    if row is None:
        what = f"the org refused: {said or 'no reason given'} (HTTP {refusal.status})"
        kind: type[OptoutError] = OrgSaidNo
        error = kind(what, hint=_UNKNOWN_HINT, where=where, org_code=refusal.code)
    else:
        what = f"{row.sentence}: {said}" if said else row.sentence
        error = row.error(what, hint=row.hint, where=where, org_code=refusal.code)
    if effect is Effect.WRITE and may_have_landed(refusal, error):
        return lost_reply(where, org_code=refusal.code)
    return error


def may_have_landed(refusal: Refusal, error: OptoutError) -> bool:
    """Whether a write answered so may have been done all the same (a broken answer, not a no)."""
    vague = error.reaction is Reaction.RETRY and refusal.code in {"", "UNKNOWN_EXCEPTION"}
    return refusal.status >= 500 and vague


def lost_reply(where: str, *, org_code: str = "") -> OutcomeUnknown:
    """The error for a write whose reply did not come back whole."""
    return OutcomeUnknown(
        "the reply was lost, so the request may or may not have been carried out",
        where=where,
        hint="optout jobs list shows what the org has; do not send it again before looking",
        org_code=org_code,
    )


def harmless(text: str) -> str:
    """The org's sentence on one line, without addresses or tokens, cut to a readable length."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    line = _TOKEN.sub("(token removed)", line)
    return _ADDRESS.sub("(address removed)", line)[:_SENTENCE]
