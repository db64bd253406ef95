"""SOAP login() and logout() of the partner and enterprise endpoints.

Source: Salesforce, SOAP API guide, "login()"; retired from API 65.0 on.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from practice_org import tables
from practice_org.login.apps import password_matches
from practice_org.login.history import Login, record_login
from practice_org.login.sessions import LIFETIME, end_session, organization_id, start_session
from practice_org.org import Org, known_versions
from practice_org.route import Call, route
from practice_org.wire import PARTNER_NS, OrgError, Response, Xml, parse_xml, soap_response

NAMESPACES = {"u": PARTNER_NS, "c": "urn:enterprise.soap.sforce.com"}
_FAULT_NS = {"u": "urn:fault.partner.soap.sforce.com", "c": "urn:fault.enterprise.soap.sforce.com"}
_LAST_WITH_LOGIN = 64.0
_API_TYPES = {"u": "SOAP Partner", "c": "SOAP Enterprise"}


def answer_soap(call: Call) -> Response:
    """POST /services/Soap/u or /c: login and logout; everything else is not emulated."""
    kind = call.parts["kind"]
    try:
        envelope = parse_xml(call.request.body)
        return _run(call, _operation(envelope), envelope)
    except OrgError as refused:
        return login_fault(refused, kind)


def _operation(envelope: Xml) -> Xml:
    body = envelope.child("Body")
    if body is None or not body.children():
        raise OrgError("INVALID_XML", "no operation in the request")
    return body.children()[0]


def _run(call: Call, operation: Xml, envelope: Xml) -> Response:
    if operation.name == "login":
        return _login(call, operation)
    if operation.name == "logout":
        end_session(call.org, envelope.text("Header", "SessionHeader", "sessionId"))
        return soap_response("<logoutResponse/>", NAMESPACES[call.parts["kind"]])
    raise OrgError(
        "UNSUPPORTED_OPERATION", f"the practice org does not emulate {operation.name} over SOAP"
    )


def _login(call: Call, operation: Xml) -> Response:
    version = call.parts["version"]
    if version not in known_versions(call.org) or float(version) > _LAST_WITH_LOGIN:
        raise OrgError(
            "UNSUPPORTED_API_VERSION", f"SOAP API login() is not supported in API version {version}"
        )
    user_id = _user_with(call.org, operation.text("username"), operation.text("password"))
    token = start_session(call.org, user_id, client="SOAP")
    record_login(
        call.org, user_id, Login("Other Apex API", _API_TYPES[call.parts["kind"]], version)
    )
    return soap_response(_login_result(call, user_id, token), NAMESPACES[call.parts["kind"]])


def _user_with(org: Org, username: str, password: str) -> str:
    for user in tables.find_rows(org, "User", Username=username):
        if user["IsActive"] and password_matches(org, user["Id"], password):
            return str(user["Id"])
    raise OrgError(
        "INVALID_LOGIN", "Invalid username, password, security token; or user locked out."
    )


def _login_result(call: Call, user_id: str, token: str) -> str:
    org, version, kind = call.org, call.parts["version"], call.parts["kind"]
    user = tables.find_rows(org, "User", Id=user_id)[0]
    sandbox = "true" if org.setting("sandbox", "1") == "1" else "false"
    origin = call.request.origin
    return (
        "<loginResponse><result>"
        f"<metadataServerUrl>{origin}/services/Soap/m/{version}/{organization_id(org)[:15]}"
        "</metadataServerUrl><passwordExpired>false</passwordExpired>"
        f"<sandbox>{sandbox}</sandbox>"
        f"<serverUrl>{origin}/services/Soap/{kind}/{version}/{organization_id(org)[:15]}</serverUrl>"
        f"<sessionId>{token}</sessionId><userId>{user_id}</userId><userInfo>"
        f"<organizationId>{organization_id(org)}</organizationId>"
        f"<organizationName>{escape(org.setting('org_name', 'Practice'))}</organizationName>"
        f"<profileId>{user['ProfileId']}</profileId>"
        f"<sessionSecondsValid>{int(LIFETIME.total_seconds())}</sessionSecondsValid>"
        f"<userEmail>{escape(str(user['Email']))}</userEmail>"
        f"<userFullName>{escape(str(user['Name']))}</userFullName><userId>{user_id}</userId>"
        f"<userName>{escape(str(user['Username']))}</userName><userType>Standard</userType>"
        "</userInfo></result></loginResponse>"
    )


def login_fault(refused: OrgError, kind: str) -> Response:
    """Answer a fault with the detail login clients read: sf:exceptionCode, sf:exceptionMessage."""
    text = escape(refused.message)
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
        f'xmlns:sf="{_FAULT_NS[kind]}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<soapenv:Body><soapenv:Fault><faultcode>sf:{refused.code}</faultcode>"
        f"<faultstring>{refused.code}: {text}</faultstring><detail>"
        f'<sf:LoginFault xsi:type="sf:LoginFault"><sf:exceptionCode>{refused.code}'
        f"</sf:exceptionCode><sf:exceptionMessage>{text}</sf:exceptionMessage></sf:LoginFault>"
        "</detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>"
    )
    return Response(500, xml.encode(), {"Content-Type": "text/xml;charset=UTF-8"})


ROUTES = (
    route(
        "POST",
        r"/services/Soap/(?P<kind>[uc])/(?P<version>\d+\.0)(/.*)?",
        answer_soap,
        session=False,
    ),
)
