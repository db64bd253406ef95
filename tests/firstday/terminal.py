"""One shell that lines are typed into, as in a terminal: what one changes, the next one finds."""

from __future__ import annotations

import os
import secrets
import selectors
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Self

from firstday.told import NOT_TYPED, Outcome

CHUNK_BYTES = 1 << 16


class Terminal:
    """A shell, until a line hangs or ends it; from then on nothing more is typed."""

    def __init__(self, shell: Sequence[str], environ: Mapping[str, str]) -> None:
        self._shell = subprocess.Popen(
            shell, env=environ, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._gone = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._end()

    def type(self, words: str, deadline_s: float) -> Outcome:
        """Type one line and wait for its end; nothing is there for it to read."""
        if self._gone:
            return NOT_TYPED
        begun = time.monotonic()
        mark = secrets.token_hex(8)
        # In braces, so that the shell itself is what "cd" and "source" change.
        self._send(f"{{ {words}\n}} </dev/null\nprintf '\\n%s %s\\n' {mark} $?\n")
        output = b""
        for said in self._said_until(begun + deadline_s):
            output += said
            before, found, after = output.partition(f"\n{mark} ".encode())
            if found and after.endswith(b"\n"):
                return Outcome(int(after), _text(before), time.monotonic() - begun)
        self._end()
        return Outcome(None, _text(output), time.monotonic() - begun)

    def _send(self, text: str) -> None:
        assert self._shell.stdin is not None
        self._shell.stdin.write(text.encode())
        self._shell.stdin.flush()

    def _said_until(self, deadline: float) -> Iterator[bytes]:
        """What the shell says, until it is gone or the deadline has passed."""
        assert self._shell.stdout is not None
        with _watched(self._shell.stdout.fileno()) as watch:
            while (left_s := deadline - time.monotonic()) > 0:
                if not watch.select(left_s):
                    return
                chunk = os.read(self._shell.stdout.fileno(), CHUNK_BYTES)
                if not chunk:
                    return
                yield chunk

    def _end(self) -> None:
        """End the shell and everything that it has started."""
        self._gone = True
        if self._shell.poll() is None:
            os.killpg(self._shell.pid, signal.SIGKILL)
        self._shell.wait()
        for pipe in (self._shell.stdin, self._shell.stdout):
            with suppress(BrokenPipeError):
                pipe and pipe.close()


def _text(said: bytes) -> str:
    return said.decode(errors="replace")


@contextmanager
def _watched(number: int) -> Iterator[selectors.BaseSelector]:
    with selectors.DefaultSelector() as watch:
        watch.register(number, selectors.EVENT_READ)
        yield watch
