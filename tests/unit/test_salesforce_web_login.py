"""The browser's way back: only our own state is taken, and everything ends."""

import threading
import urllib.error
import urllib.parse
import urllib.request

import pytest
from scripted_org import FakeClock, json_reply, scripted_org

from deployer.errors import LoginRefused, TryLater
from deployer.salesforce.web_login import WebApp, fetch_web_token
from deployer.settings.secret import Secret

pytestmark = pytest.mark.timeout(120)
APP = WebApp("client", Secret(""), port=0)


def come_back(address, **changed):
    """Ask our port as a browser would, after the page; the status."""
    asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))
    answer = {"code": "c0de", "state": asked["state"], **changed}
    url = f"{asked['redirect_uri']}{changed.pop('path', '')}?{urllib.parse.urlencode(answer)}"
    try:
        with urllib.request.urlopen(url, timeout=60) as page:  # noqa: S310 - our own port
            return page.status
    except urllib.error.HTTPError as refused:
        return refused.code


def log_in(org, *visits, app=APP):
    """Log in while a browser makes these visits in order; their statuses and the token."""
    statuses = []

    def visit(address):
        statuses.extend(come_back(address, **changed) for changed in visits)

    def show(address):
        threading.Thread(target=visit, args=(address,)).start()

    return statuses, fetch_web_token(app, org.place, org.session(), FakeClock(), show)


def granted(org):
    return json_reply({"access_token": "at", "instance_url": str(org.origin), "refresh_token": "r"})


def test_a_code_is_exchanged_with_its_proof():
    with scripted_org(json_reply({})) as org:
        org.replies[:] = [granted(org)]
        _, token = log_in(org, {})
        sent = dict(urllib.parse.parse_qsl(org.seen[0][2].decode()))
    assert token.refresh.reveal() == "r"
    assert (sent["grant_type"], sent["code"]) == ("authorization_code", "c0de")
    assert len(sent["code_verifier"]) >= 43
    assert "client_secret" not in sent


def test_a_visitor_without_our_state_is_sent_away():
    with scripted_org(json_reply({})) as org:
        org.replies[:] = [granted(org)]
        statuses, _ = log_in(org, {"state": "guess"}, {"path": "/other"}, {})
    assert statuses[:2] == [404, 404]


def test_a_declined_login_says_so():
    with scripted_org(json_reply({})) as org, pytest.raises(LoginRefused, match="declined"):
        log_in(org, {"error": "access_denied"})


def test_a_visit_without_a_code_is_refused():
    with scripted_org(json_reply({})) as org, pytest.raises(LoginRefused, match="without a code"):
        log_in(org, {"code": ""})


class Impatient(FakeClock):
    """A clock on which every look costs a minute."""

    def monotonic_s(self):
        self.elapsed += 60
        return self.elapsed


def test_nobody_coming_back_ends_after_five_minutes():
    with scripted_org(json_reply({})) as org, pytest.raises(TryLater, match="five minutes"):
        fetch_web_token(APP, org.place, org.session(), Impatient(), lambda _address: None)


def test_a_taken_port_is_named():
    with scripted_org(json_reply({})) as org:
        taken = WebApp("client", Secret(""), port=org.origin.port)
        with pytest.raises(TryLater, match="taken") as problem:
            fetch_web_token(taken, org.place, org.session(), FakeClock(), lambda _address: None)
    assert "--port" in problem.value.hint
