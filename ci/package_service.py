"""Hold ci/service/ to what reads it: Kubernetes' own schema, and a linter of container files.

Each checker is shown mistakes too, and has to refuse every one of them.
"""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "service"


@dataclass(frozen=True, slots=True)
class Checker:
    """A program with its options, the file it reads, and mistakes: text there -> text instead."""

    command: tuple[str, ...]
    file: str
    mistakes: tuple[tuple[str, str], ...]


_MISTAKES = (
    ("replicas: 1", "replica: 1"),
    ("replicas: 1", "replicas: one"),
    ("serviceName: optout", "serviceNames: optout"),
    ("containerPort: 8470", "containerPorts: 8470"),
    ("runAsNonRoot: true", "runAsNonRoot: [true]"),
    ("httpGet: {path: /healthz, port: http}", "httpGet: {path: /healthz}"),
    ("accessModes: [ReadWriteOnce]", "accessMode: [ReadWriteOnce]"),
    ("kind: StatefulSet", "kind: StatefulSets"),
)
_MISTAKES_OF_WORKERS = (
    ("replicas: 3", "replica: 3"),
    ("matchLabels: {app: optout-worker}", "matchLabel: {app: optout-worker}"),
    ("args: [worker]", "args: worker"),
    ('schedule: "30 3 * * *"', "schedules: daily"),
    ("concurrencyPolicy: Forbid", "concurrency: Forbid"),
    ("restartPolicy: Never", "restart: Never"),
    ("whenUnsatisfiable: ScheduleAnyway", "whenUnsatisfied: ScheduleAnyway"),
    ("claimName: optout-copies", "claim: optout-copies"),
)
# The oldest and the newest whose schema it brings. A kind that it does not know is a warning.
_KUBERNETES = ("kubernetes-validate", "--strict", "--quiet", "-k")
CHECKERS = (
    Checker((*_KUBERNETES, "1.25"), "statefulset.yaml", _MISTAKES),
    Checker((*_KUBERNETES, "1.37"), "statefulset.yaml", _MISTAKES),
    Checker((*_KUBERNETES, "1.25"), "workers.yaml", _MISTAKES_OF_WORKERS),
    Checker((*_KUBERNETES, "1.37"), "workers.yaml", _MISTAKES_OF_WORKERS),
    Checker(
        ("hadolint", "--no-color"),
        "Containerfile",
        (
            ("ENTRYPOINT [", "ENTRYPOINTS ["),
            ("COPY --from=build", "COPY --from=built"),
            ("USER 10001:10001", "USER root"),
            ('CMD ["sync"', "CMD ['sync'"),
            ("EXPOSE 8470", "EXPOSE 84700"),
        ),
    ),
)


def check_service(tools: Path) -> None:
    """Errors: SystemExit naming what a checker refuses, or a mistake that it lets pass."""
    for checker in CHECKERS:
        text = (FOLDER / checker.file).read_text()
        said = _refusal(tools, checker, text)
        if said:
            raise SystemExit(f"package: ci/service/{checker.file} is refused:\n{said}")
        for right, wrong in checker.mistakes:
            if right not in text or not _refusal(tools, checker, text.replace(right, wrong)):
                raise SystemExit(
                    f"package: {checker.command[0]} lets pass {wrong!r} for {right!r} in "
                    f"{checker.file}"
                )
        print(f"package: ci/service/{checker.file}: {' '.join(checker.command)}: good")


def _refusal(tools: Path, checker: Checker, text: str) -> str:
    """What is said against the text, a warning too; "" when it is taken."""
    with tempfile.TemporaryDirectory(prefix="optout-service-") as folder:
        file = Path(folder) / checker.file
        file.write_text(text)
        program = str(tools / checker.command[0])
        done = subprocess.run(
            [program, *checker.command[1:], str(file)], capture_output=True, text=True, check=False
        )
    said = f"{done.stdout}{done.stderr}"
    return said or (f"exit code {done.returncode}" if done.returncode else "")
