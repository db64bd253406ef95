"""/practice/faults: the faults that are on, one more, none; with the key, whatever sessions do."""

from __future__ import annotations

from typing import Any

from practice_org.data.bodies import json_object
from practice_org.faults.firing import standing_faults, switch_off, switch_on
from practice_org.faults.store import BadFault, Fault, When
from practice_org.route import Call, route
from practice_org.wire import OrgError, Response, json_response
from practice_org.workbench.key import require_key

_NUMBERS = ("every", "after", "times", "seed")


def show(call: Call) -> Response:
    """GET /practice/faults: the faults that are on, in the order they were added."""
    require_key(call.org, call.request)
    return json_response({"faults": [to_document(fault) for fault in standing_faults(call.org)]})


def add(call: Call) -> Response:
    """POST /practice/faults: switch one on; at, code and every, after, times, seed, only."""
    require_key(call.org, call.request)
    body = json_object(call.request)
    numbers = {name: body[name] for name in _NUMBERS if body.get(name) is not None}
    if wrong := [name for name, value in numbers.items() if type(value) is not int]:
        raise BadFault(f"{wrong[0]} is a whole number")
    texts = {name: body.get(name) or "" for name in ("at", "code", "only")}
    if wrong := [name for name, value in texts.items() if not isinstance(value, str)]:
        raise BadFault(f"{wrong[0]} is a text")
    when = When(only=texts["only"], **numbers)
    return json_response(to_document(switch_on(call.org, texts["at"], texts["code"], when)), 201)


def clear(call: Call) -> Response:
    """DELETE /practice/faults: switch all of them off."""
    require_key(call.org, call.request)
    return json_response({"cleared": switch_off(call.org)})


def clear_one(call: Call) -> Response:
    """DELETE /practice/faults/{number}: switch this one off."""
    require_key(call.org, call.request)
    if not switch_off(call.org, int(call.parts["number"])):
        raise OrgError("NOT_FOUND", f"there is no fault {call.parts['number']}", status=404)
    return json_response({"cleared": 1})


def to_document(fault: Fault) -> dict[str, Any]:
    """A fault as JSON: what was asked for, and what it has counted."""
    when = fault.when
    return {
        "id": fault.id,
        "at": fault.place,
        "code": fault.spelled,
        "every": when.every,
        "after": when.after,
        "times": when.times,
        "seed": when.seed,
        "only": when.only,
        "seen": fault.seen,
        "fired": fault.fired,
    }


_PATH = "/practice/faults"
ROUTES = (
    route("GET", _PATH, show, session=False),
    route("POST", _PATH, add, session=False),
    route("DELETE", _PATH, clear, session=False),
    route("DELETE", rf"{_PATH}/(?P<number>\d{{1,9}})", clear_one, session=False),
)
