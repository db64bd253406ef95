"""The distribution's own Chromium, headless, and never as root."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

CHROMIUM = "/usr/bin/chromium"
USER = "optout-pages"
# Drops root's rights and hands the browser's pipes on.
_LAUNCHER = """#!/bin/sh
exec setpriv --reuid={user} --regid={user} --clear-groups \\
    env HOME={home} XDG_CONFIG_HOME={home} XDG_CACHE_HOME={home} {chromium} "$@"
"""


Answers = dict[str, tuple[dict[str, str], bytes]]


@dataclass
class Browser:
    """One tab, what it was given to answer, and what it said and asked for since the last look.

    `site` is a server on this machine; `answers` is what it answers, by path: headers and body.
    """

    tab: Tab
    site: str
    answers: Answers
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def forget(self) -> None:
        self.said.clear()
        self.asked.clear()


@contextmanager
def open_browser(folder: Path) -> Iterator[Browser]:
    """A browser that keeps what it must in this folder."""
    home = folder / "browser"
    home.mkdir()
    answers: Answers = {}
    with sync_playwright() as driver, _site(answers) as site:
        context = driver.chromium.launch_persistent_context(
            home / "profile",
            executable_path=_executable(folder, home),
            headless=True,
            args=["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
            service_workers="block",
        )
        browser = Browser(context.pages[0], site, answers)
        tab = browser.tab
        tab.on("console", lambda message: browser.said.append(f"{message.type}: {message.text}"))
        tab.on("pageerror", lambda error: browser.said.append(f"error: {error}"))
        tab.on("request", lambda request: browser.asked.append(request.url))
        yield browser
        context.close()


@contextmanager
def _site(answers: Answers) -> Iterator[str]:
    """A server on loopback that gives these answers; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]  # a file's version, which a site adds
            headers, body = answers.get(path, ({}, b""))
            self.send_response(200 if path in answers else 404)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: what is asked for is seen in the browser."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _executable(folder: Path, home: Path) -> str:
    """The browser itself, or for root a way to start it as another user."""
    if os.getuid() != 0:
        return CHROMIUM
    user = pwd.getpwnam(USER)
    os.chown(home, user.pw_uid, user.pw_gid)
    launcher = folder / "chromium-as-user"
    launcher.write_text(_LAUNCHER.format(user=USER, home=home, chromium=CHROMIUM))
    launcher.chmod(0o755)
    (home / "profile").mkdir()
    os.chown(home / "profile", user.pw_uid, user.pw_gid)
    return str(launcher)
