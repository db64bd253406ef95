"""`optout sync serve`, as talkative as it can be, told of an unsubscribe and a forged one."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import requests
from serve_house import said as unsubscribe
from webhook_signing import KEY, delivery

from deployer.clock import SystemClock

SENDERS_KEY = base64.b64encode(KEY).decode()
_COMMAND = [
    sys.executable, "-c", "from deployer.cli import main; main()", "--verbose", "--log-file",
    "serve.jsonl", "sync", "serve", "--port", "0", "--json", "--org", "mine", "--config",
    "senders.toml",
]  # fmt: skip
_PATIENCE_S = 120


def serve(address: str, is_applied: Callable[[], bool]) -> str:
    """Everything that the server said and showed until it was told to stop."""
    Path("senders.toml").write_text('[sync.senders.shop]\nsecret_env = "SHOP_SECRET"\n')
    env = {**os.environ, "SHOP_SECRET": f"whsec_{SENDERS_KEY}"}
    pipe = subprocess.PIPE
    with subprocess.Popen(_COMMAND, text=True, env=env, stdout=pipe, stderr=pipe) as child:
        try:
            url = json.loads(child.stdout.readline())["url"]
            shown = [*_post(f"{url}/unsubscribes", address)]
            _wait_until(is_applied)
            pages = ("", "healthz", "readyz", "metrics")
            shown += [requests.get(f"{url}/{page}", timeout=60).text for page in pages]
            child.send_signal(signal.SIGTERM)
            shown += child.communicate(timeout=_PATIENCE_S)
        finally:
            child.kill()
    return "\n".join(shown)


def _post(url: str, address: str) -> list[str]:
    """The answers to one that is signed, and to the same one with another's signature."""
    now = SystemClock().now()
    body = unsubscribe(now, 1, email=address)
    signed, forged = (
        requests.post(url, body, headers=delivery(body, key, "msg_1", now), timeout=60)
        for key in (KEY, KEY[::-1])
    )
    assert (signed.status_code, forged.status_code) == (202, 401)
    return [signed.text, forged.text]


def _wait_until(holds: Callable[[], bool]) -> None:
    clock = SystemClock()
    deadline = clock.monotonic_s() + _PATIENCE_S
    while not holds():
        assert clock.monotonic_s() < deadline
        clock.sleep(0.05)
