"""One PATCH for each opt-out by simple-salesforce: SERVER, FILE of ids; prints how many it sent.

What a script is that somebody writes in an hour: it logs in with the token that is there, keeps
one connection, and sends one record after the other.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from simple_salesforce import Salesforce  # noqa: TID251 - a stranger, as itself


def main(server: Path, ids: Path) -> None:
    facts = json.loads(server.read_text())
    os.environ["REQUESTS_CA_BUNDLE"] = facts["ca_file"]
    org = Salesforce(
        session_id=facts["access_token"], instance_url=facts["https_url"], version="63.0"
    )
    sent = 0
    for contact in ids.read_text().split():
        org.Contact.update(contact, {"HasOptedOutOfEmail": True})
        sent += 1
    print(sent)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
