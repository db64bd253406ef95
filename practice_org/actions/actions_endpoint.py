"""POST /practice/actions/{action}: what people do in the browser, for tests and for practice.

This is the practice org's own door, none of Salesforce's; the caller's rights hold behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from practice_org.actions.convert import Conversion, convert_lead
from practice_org.actions.merge import Merge, merge_records
from practice_org.actions.org_rules import Flow, Rule, set_flow, set_rule, set_sharing
from practice_org.actions.recycle_bin import (
    delete_record,
    purge_bin,
    purge_record,
    undelete_record,
)
from practice_org.actions.upkeep import lock_record, rename_email, transfer_owner, unlock_record
from practice_org.data.bodies import json_object, refused, succeeded
from practice_org.org import Org
from practice_org.route import Call, route
from practice_org.wire import OrgError, Response, json_response

_MOST = 200
_Body = dict[str, Any]
_One = Callable[[Org, str, str], str]


def answer_action(call: Call) -> Response:
    """POST /practice/actions/X with a JSON body. Errors: OrgError NOT_FOUND for another X."""
    action = _ACTIONS.get(call.parts["action"])
    if action is None:
        known = ", ".join(sorted(_ACTIONS))
        raise OrgError("NOT_FOUND", f"the actions are: {known}", status=404)
    body = json_object(call.request)
    return json_response(action(call, body))


def _merge(call: Call, body: _Body) -> Any:
    asked = Merge(_text(body, "winner"), tuple(_texts(body, "losers")), _pairs(body, "keep"))
    return succeeded(merge_records(call.org, call.user_id, asked))


def _convert(call: Call, body: _Body) -> Any:
    asked = Conversion(_text(body, "lead"), _text(body, "contact", ""), _text(body, "account", ""))
    made = convert_lead(call.org, call.user_id, asked)
    return succeeded(made.lead, **{k: v for k, v in asdict(made).items() if k != "lead"})


def _each(act: _One) -> Callable[[Call, _Body], Any]:
    """The action for a list of ids, each with its own outcome."""

    def act_on_all(call: Call, body: _Body) -> Any:
        return [_outcome(call, act, record_id) for record_id in _texts(body, "ids")]

    return act_on_all


def _outcome(call: Call, act: _One, record_id: str) -> dict[str, Any]:
    try:
        return succeeded(act(call.org, call.user_id, record_id))
    except OrgError as error:
        return refused(error, record_id)


def _purge(call: Call, body: _Body) -> Any:
    if "ids" in body:
        return _each(purge_record)(call, body)
    return [succeeded(record_id) for record_id in purge_bin(call.org, call.user_id)]


def _rename_email(call: Call, body: _Body) -> Any:
    record_id, email = _text(body, "id"), _text(body, "email")
    return succeeded(rename_email(call.org, call.user_id, record_id, email))


def _transfer(call: Call, body: _Body) -> Any:
    record_id, owner = _text(body, "id"), _text(body, "owner")
    return succeeded(transfer_owner(call.org, call.user_id, record_id, owner))


def _sharing(call: Call, body: _Body) -> Any:
    return {"success": True, "sharing": set_sharing(call.org, call.user_id, _text(body, "sharing"))}


def _rule(call: Call, body: _Body) -> Any:
    active = _flag(body, "active", default=True)
    rule = Rule(
        _text(body, "object"),
        _text(body, "name"),
        _text(body, "message"),
        _text(body, "field", ""),
        active,
    )
    return {"success": True, "rule": set_rule(call.org, call.user_id, rule), "active": active}


def _flow(call: Call, body: _Body) -> Any:
    ticks = _flag(body, "ticks", default=False)
    flow = Flow(_text(body, "name"), _text(body, "object"), _text(body, "field"), ticks)
    return {"success": True, "flow": set_flow(call.org, call.user_id, flow)}


def _text(body: _Body, name: str, default: str | None = None) -> str:
    found = body.get(name, default)
    if not isinstance(found, str):
        raise _unreadable(name, "a text")
    return found


def _flag(body: _Body, name: str, *, default: bool) -> bool:
    found = body.get(name, default)
    if not isinstance(found, bool):
        raise _unreadable(name, "true or false")
    return found


def _texts(body: _Body, name: str) -> list[str]:
    found = body.get(name)
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise _unreadable(name, "a list of texts")
    if len(found) > _MOST:
        raise OrgError("EXCEEDED_ID_LIMIT", f"{name} holds more than {_MOST} ids")
    return found


def _pairs(body: _Body, name: str) -> Mapping[str, str]:
    found = body.get(name, {})
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise _unreadable(name, "an object of texts")
    return found


def _unreadable(name: str, wanted: str) -> OrgError:
    return OrgError("JSON_PARSER_ERROR", f"{name} must be {wanted}")


_ACTIONS: Mapping[str, Callable[[Call, _Body], Any]] = {
    "merge": _merge,
    "convert": _convert,
    "delete": _each(delete_record),
    "undelete": _each(undelete_record),
    "purge": _purge,
    "rename_email": _rename_email,
    "transfer_owner": _transfer,
    "lock": _each(lock_record),
    "unlock": _each(unlock_record),
    "set_sharing": _sharing,
    "set_rule": _rule,
    "set_flow": _flow,
}
ROUTES = (route("POST", r"/practice/actions/(?P<action>\w+)", answer_action),)
