"""What the base install leaves out: each extra, the modules it brings, and how to say so."""

from __future__ import annotations

import importlib.util

from deployer.errors import UsageError

# Extra of pyproject.toml -> the modules without which its commands cannot run.
EXTRAS = {
    "postgres": ("procrastinate", "psycopg"),
    "practice": ("cryptography", "lark", "python_multipart", "starlette", "uvicorn"),
    "sync": ("duckdb", "prometheus_client", "sqlalchemy", "starlette", "uvicorn"),
}


def require_extra(extra: str, what: str) -> None:
    """Refuse in one sentence when the extra is not installed; nothing is imported.

    `what` begins the sentence: "the sync". Errors: UsageError.
    """
    missing = [name for name in EXTRAS[extra] if importlib.util.find_spec(name) is None]
    if missing:
        raise UsageError(
            f"{what} needs packages that are not installed: {', '.join(missing)}",
            hint=f"{how_to_install(extra)}, and run it again",
        )


def how_to_install(extra: str) -> str:
    """What to type for an extra, with the tool that installed optout: from a clone or an index."""
    name = f"'salesforce-optout[{extra}]'"
    return f"pip install {name} (or: pipx inject salesforce-optout {name}; uv tool install {name})"
