"""How a fault that befalls a whole request shows: instead of the answer, or in place of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from practice_org.faults.codes import Act
from practice_org.faults.store import Fault
from practice_org.login.callers import token_of
from practice_org.login.sessions import end_session
from practice_org.org import Org
from practice_org.wire import Delivery, OrgError, Request, Response, Sent, parse_xml

_TITLES = {
    200: "Login | Salesforce",
    420: "Salesforce Edge doesn't have routing information",
    502: "Bad Gateway",
    503: "We are down for maintenance",
}
_PAGE = (
    '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">\n'
    "<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
)
_NOTHING = Response(200, delivery=Delivery(sent=Sent.NOTHING))


@dataclass(frozen=True, slots=True)
class Asking:
    """A request, and the two ways in which the org itself would deal with it."""

    org: Org
    request: Request
    carry_out: Callable[[], Response]
    refuse: Callable[[OrgError], Response]


def answer_with(fault: Fault | None, asking: Asking) -> Response:
    """The request's answer, or what the fault makes of it."""
    return asking.carry_out() if fault is None else _ACTS[fault.code.act](fault, asking)


def _refuse(fault: Fault, asking: Asking) -> Response:
    return asking.refuse(fault.error())


def _refuse_after(fault: Fault, asking: Asking) -> Response:
    asking.carry_out()
    return asking.refuse(fault.error())


def _end_session(fault: Fault, asking: Asking) -> Response:
    with asking.org.transaction():
        end_session(asking.org, _token_of(asking.request))
    return asking.refuse(fault.error())


def _token_of(request: Request) -> str:
    if not request.path.startswith("/services/Soap/"):
        return token_of(request)
    return parse_xml(request.body).text("Header", "SessionHeader", "sessionId")


def _page(fault: Fault, _asking: Asking) -> Response:
    body = _PAGE.format(title=_TITLES[fault.code.status]).encode()
    return Response(fault.code.status, body, {"Content-Type": "text/html;charset=UTF-8"})


def _page_after(fault: Fault, asking: Asking) -> Response:
    asking.carry_out()
    return _page(fault, asking)


def _drop(_fault: Fault, _asking: Asking) -> Response:
    return _NOTHING


def _drop_after(_fault: Fault, asking: Asking) -> Response:
    asking.carry_out()
    return _NOTHING


def _redirect(fault: Fault, asking: Asking) -> Response:
    # To the org itself: a client that follows must not carry its token to another machine, and
    # finds a harmless 200 there, as one does whose POST has become a GET.
    where = {"Location": f"{asking.request.origin}/services/data"}
    return Response(fault.code.status, b"", where)


def _cut(_fault: Fault, asking: Asking) -> Response:
    whole = _whole(asking)
    return replace(whole, body=whole.body[: len(whole.body) // 2])


def _cut_short(_fault: Fault, asking: Asking) -> Response:
    return replace(_whole(asking), delivery=Delivery(sent=Sent.HALF))


def _empty(_fault: Fault, asking: Asking) -> Response:
    return replace(_whole(asking), body=b"")


def _whole(asking: Asking) -> Response:
    """The answer in one piece, so that its middle and its length are known."""
    answer = asking.carry_out()
    return replace(answer, body=b"".join((answer.body, *answer.more)), more=iter(()))


def _slow(fault: Fault, asking: Asking) -> Response:
    return replace(asking.carry_out(), delivery=Delivery(delay_s=fault.number))


_ACTS: Mapping[Act, Callable[[Fault, Asking], Response]] = {
    Act.REFUSE: _refuse,
    Act.REFUSE_AFTER: _refuse_after,
    Act.END_SESSION: _end_session,
    Act.PAGE: _page,
    Act.PAGE_AFTER: _page_after,
    Act.DROP: _drop,
    Act.DROP_AFTER: _drop_after,
    Act.REDIRECT: _redirect,
    Act.CUT: _cut,
    Act.CUT_SHORT: _cut_short,
    Act.EMPTY: _empty,
    Act.SLOW: _slow,
}
