"""How pip in the empty system gets at a package index: by this machine's environment alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

# How this machine reaches the network; a path among them is of this machine, and stays here
# unless it is a file of certificates.
NETWORK = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
CERTIFICATES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def network(environ: Mapping[str, str], root: Path) -> dict[str, str]:
    """The settings by which pip gets at an index from the empty system, with their certificates."""
    passed = {}
    for name, value in environ.items():
        if name in CERTIFICATES and Path(value).is_file():
            inside = root / value.lstrip("/")
            inside.parent.mkdir(parents=True, exist_ok=True)
            inside.unlink(missing_ok=True)  # a link would lead out of the empty system
            inside.write_bytes(Path(value).read_bytes())
            passed[name] = value
        elif (name.startswith("PIP_") or name in NETWORK) and not Path(value).exists():
            passed[name] = value
    return passed
