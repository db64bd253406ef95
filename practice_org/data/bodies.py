"""JSON request bodies, and results as collections report them."""

from __future__ import annotations

from typing import Any

from practice_org.wire import OrgError, Request, parse_json


def json_object(request: Request) -> dict[str, Any]:
    """The body as an object, whatever content type the client claims.

    Errors: OrgError JSON_PARSER_ERROR.
    """
    try:
        body = parse_json(request.body or b"null")
    except ValueError as broken:
        raise OrgError("JSON_PARSER_ERROR", f"Unexpected character: {broken}") from broken
    if not isinstance(body, dict):
        raise OrgError("JSON_PARSER_ERROR", "The HTTP entity body must be a JSON object")
    return body


def succeeded(record_id: str, **more: Any) -> dict[str, Any]:
    """The result of one write that went well."""
    return {"id": record_id, "success": True, "errors": [], **more}


def refused(error: OrgError, record_id: str = "") -> dict[str, Any]:
    """The result of one write that was refused; the key is statusCode here, not errorCode."""
    entry = {"statusCode": error.code, "message": error.message, "fields": list(error.fields)}
    shown = {"id": record_id} if record_id else {}
    return {**shown, "success": False, "errors": [entry]}
