"""Send one unsubscribe as an engagement system does: signed by Standard Webhooks 1.0, over HTTP.

  SHOP_SECRET=whsec_... demo_sender.py URL PERSON_ID

Nothing of this project is imported: the specification alone says what is signed, and how.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import sys
import time
import urllib.request
import uuid


def main(url: str, person_id: str) -> None:
    key = base64.b64decode(os.environ["SHOP_SECRET"].removeprefix("whsec_"))
    event_id, sent_at = f"msg_{uuid.uuid4().hex}", str(int(time.time()))
    occurred_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    said = {"id": event_id, "person_id": person_id, "occurred_at": occurred_at}
    body = json.dumps(said).encode()
    signed = f"{event_id}.{sent_at}.".encode() + body
    signature = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    headers = {"content-type": "application/json", "webhook-id": event_id,
               "webhook-timestamp": sent_at, "webhook-signature": f"v1,{signature}"}  # fmt: skip
    request = urllib.request.Request(f"{url}/unsubscribes", body, headers)  # noqa: S310 - loopback
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=10) as answer:
        print(f"{answer.status} {answer.read().decode().strip()}")
        if answer.status != 202:
            sys.exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
