"""What the benchmark's senders do: all requests, over so many connections, and nothing but 202."""

import asyncio

import pytest
from benches.stage.senders import main
from benches.webhooks import percentile

REQUEST = b"POST / HTTP/1.1\r\ncontent-length: 0\r\n\r\n"


async def _send(count, status, senders):
    """How many requests came over each connection."""
    came = []

    async def answer(reader, writer):
        came.append(0)
        while await reader.readline():
            await reader.readuntil(b"\r\n\r\n")
            came[-1] += 1
            writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 2\r\n\r\n{}")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        await main(f"{host}:{port}", iter([REQUEST] * count), senders)
    return came


def test_many_senders_share_the_requests(capsys):
    came = asyncio.run(_send(50, b"202 Accepted", senders=5))
    assert (len(came), sum(came)) == (5, 50)
    assert float(capsys.readouterr().out) > 0


def test_a_webhook_that_is_not_accepted_ends_the_benchmark():
    with pytest.raises(ConnectionError, match="503"):
        asyncio.run(_send(1, b"503 Service Unavailable", senders=1))


@pytest.mark.parametrize(("percent", "figure"), [(0, 1), (50, 51), (99, 100)])
def test_a_percentile_is_one_of_the_figures(percent, figure):
    assert percentile([*range(100, 0, -1)], percent) == figure
