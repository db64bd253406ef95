"""Hostile inputs, made from good ones by a seed: never one that somebody kept."""

from __future__ import annotations

import copy
import io
import json
import re
import stat
import warnings
import zipfile
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from hostile import NAMES

DEEP = 20_000
LONG = 200_000
# What breaks a reader of one format may come in any other, too.
TOKENS = (
    b"", b"\x00", b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"\xc3", b"\r", b"\r\n", b"]]>",
    b"-->", b"<!--", b"<![CDATA[", b"<?xml version='1.1'?>", b"<?xml encoding='UTF-7'?>", b"&lt;",
    b"&#0;", b"&#x110000;", b"&nbsp;", b"&a;", b"</", b"<a", b'<!DOCTYPE a [<!ENTITY a "b">]>',
    b'<!DOCTYPE a SYSTEM "file:///etc/passwd">', b'<x:include href="file:///etc/passwd"/>',
    b'<!ENTITY % a SYSTEM "http://127.0.0.1/"> %a;', b' xmlns="urn:x"', b' xmlns:a="b"', b"<a:b/>",
    b"{", b"}", b"[", b"]", b",", b":", b"null", b"true", b"NaN", b"-Infinity", b"1e999999",
    b"9" * 5_000, b"-1", b"0.1", b'"', b'""', b"\\", b"\\u0000", b"\\ud800", b'{"a":1,"a":2}',
    b"=1+1", b'=cmd|"/c calc"!A1', b";", b"\t", b"'", b"'''", b'"""', b"#", b"[[a]]", b"a.b.c = 1",
    b"%00", b"%ff", b"..", b"/", b"\\\\host", b"@", b"\xe2\x80\xae", b"x" * 70_000,
)  # fmt: skip
NESTING = (b"<a>", b"[", b'{"a":', b"a = [", b"a = " + b"[" * 5_000, b"(", b'"', b"[a", b"&a;")

_WORD = re.compile(rb"[\w.@+-]+")
VALUES = (
    None, True, False, 0, -1, 1.5, 10**400, "", "x" * 70_000, [], {}, [[]], [None], {"": ""},
    [1, "a"], {"a": {"b": [{}]}}, "\x00", "\ud800", "2026-13-45", "9" * 50,
)  # fmt: skip


def _cut(data: bytes, draw: Random) -> bytes:
    return data[: draw.randrange(len(data) + 1)]


def _take_out(data: bytes, draw: Random) -> bytes:
    begin, end = sorted(draw.randrange(len(data) + 1) for _ in range(2))
    return data[:begin] + data[end:]


def _flip(data: bytes, draw: Random) -> bytes:
    spoilt = bytearray(data)
    for _ in range(draw.randint(1, 8)):
        if spoilt:
            spoilt[draw.randrange(len(spoilt))] ^= 1 << draw.randrange(8)
    return bytes(spoilt)


def _put(data: bytes, draw: Random) -> bytes:
    at = draw.randrange(len(data) + 1)
    return data[:at] + draw.choice(TOKENS) + data[at:]


def _name(data: bytes, draw: Random) -> bytes:
    at = draw.randrange(len(data) + 1)
    named = draw.choice(list(NAMES.values())).encode("utf-8", "surrogatepass")
    return data[:at] + named + data[at:]


def _repeat(data: bytes, draw: Random) -> bytes:
    begin, end = sorted(draw.randrange(len(data) + 1) for _ in range(2))
    piece = data[begin:end]
    times = min(draw.choice((2, 100, 5_000)), LONG // max(len(piece), 1) + 1)
    return data[:begin] + piece * times + data[end:]


def _nest(data: bytes, draw: Random) -> bytes:
    at = draw.choice((0, draw.randrange(len(data) + 1)))
    opened = draw.choice(NESTING)
    times = draw.choice((50, 1_200, DEEP)) // len(opened) + 1
    return data[:at] + opened * times + data[at:]


def _swap(data: bytes, draw: Random) -> bytes:
    one, two, three = sorted(draw.randrange(len(data) + 1) for _ in range(3))
    return data[:one] + data[two:three] + data[one:two] + data[three:]


def _recode(data: bytes, draw: Random) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(draw.choice(("utf-16", "utf-16-le", "utf-32", "utf-7", "cp037")), "replace")


def _nothing(_data: bytes, draw: Random) -> bytes:
    return draw.choice((b"", b" ", b"\n", b"\x00", b"\xef\xbb\xbf", b"PK\x05\x06" + b"\x00" * 18))


def _noise(_data: bytes, draw: Random) -> bytes:
    return draw.randbytes(draw.choice((1, 40, 4_000)))


def _word(data: bytes, draw: Random) -> bytes:
    """One word becomes another: the shape stays, so that readers get further."""
    words = list(_WORD.finditer(data))
    if not words:
        return data
    begin, end = draw.choice(words).span()
    other = draw.choice(words)[0] if draw.random() < 0.3 else draw.choice(TOKENS)
    return data[:begin] + other + data[end:]


SPOILERS: tuple[Callable[[bytes, Random], bytes], ...] = (
    _cut, _take_out, _flip, _put, _put, _word, _word, _word, _name, _repeat, _nest, _swap, _recode,
    _nothing, _noise,
)  # fmt: skip


def spoil(data: bytes, draw: Random) -> bytes:
    """The good input, spoilt in one to three ways."""
    for _ in range(draw.choice((1, 1, 2, 3))):
        data = draw.choice(SPOILERS)(data, draw)
    return data


def spoil_json(data: bytes, draw: Random) -> bytes:
    """The good document with one to three of its values replaced, taken out or doubled."""
    document = json.loads(data)
    for _ in range(draw.choice((1, 1, 2, 3))):
        holders = list(_holders(document))
        if holders:
            holder = draw.choice(holders)
            key = draw.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
            if draw.random() < 0.2:
                del holder[key]
            else:
                holder[key] = copy.deepcopy(draw.choice(VALUES))
    return json.dumps(document).encode()


def _holders(value: Any) -> Iterator[Any]:
    """Every object and list with anything in it."""
    if isinstance(value, dict | list) and value:
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _holders(inner)


ENTRY_NAMES = (
    "../evil", "/etc/passwd", "C:\\evil", "..\\evil", "layouts/../../x.layout", "", ".", "layouts/",
    "layouts/a.layout", "layouts/A.LAYOUT", "layouts/a\x00.layout", "package.xml", "snapshot.json",
    "layouts/" + "a" * 5_000 + ".layout", "layouts/\u202e.layout", "layouts/con.layout",
    "unpackaged/unpackaged/package.xml", "unpackaged/", "x/y/z/a.layout", "unpackaged/layouts/",
)  # fmt: skip


def a_zip(draw: Random, holds: tuple[str, ...]) -> bytes:
    """A zip with hostile entries: names that climb, links, bombs, lies, the same name twice."""
    made, packing = io.BytesIO(), draw.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(made, "w", packing) as zip_:
        for _ in range(draw.choice((0, 1, 1, 2, 5, 50))):
            entry = zipfile.ZipInfo(draw.choice((*ENTRY_NAMES, *holds * 4)))
            entry.compress_type = packing
            if draw.random() < 0.1:
                entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            _add(zip_, entry, draw)
    data = bytearray(made.getvalue())
    at = data.find(b"PK\x01\x02")
    if at >= 0 and draw.random() < 0.3:  # a lie in the directory: size, check, flags, packing
        for _ in range(draw.randint(1, 4)):
            data[at + draw.randrange(46)] = draw.randrange(256)
    return bytes(data) if draw.random() < 0.7 else spoil(bytes(data), draw)


def _add(zip_: zipfile.ZipFile, entry: zipfile.ZipInfo, draw: Random) -> None:
    content = draw.choice((b"", b"x", b"\x00" * 3_000_000, draw.randbytes(100), b"{}", b"[" * DEEP))
    with zip_.open(entry, "w") as held:
        held.write(content)


SCHEMES = (
    "https://", "https://", "https://", "http://", "HTTPS://", "https:/", "//", "", "file://",
    "javascript:", "ftp://", "https:\\\\", " https://", "https\u2215//", "data:,", "force://",
)  # fmt: skip
USERS = ("", "", "", "", "", "user@", "a:b@", "acme.my.salesforce.com@", "%40@", "a:b@c@")
HOSTS = (
    "acme.my.salesforce.com", "acme.my.salesforce.com", "ACME.my.salesforce.com.", "evil.example",
    "acme.my.salesforce.com.evil.example", "my.salesforce.com", "salesforce.com", "salesforce.com.",
    "a" * 300 + ".my.salesforce.com", "-.my.salesforce.com", "acme--sand.sandbox.my.salesforce.com",
    "127.0.0.1", "0177.0.0.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "[::1", "localhost",
    "localhost.", "\u0430cme.my.salesforce.com", "acme\u3002my.salesforce.com", "169.254.169.254",
    "acme.my.salesforce.com\x00.evil.example", "xn--a.my.salesforce.com", "", " ", "a b", "\udc80",
    "[v1.a]", "[fe80::1%25eth0]",
)  # fmt: skip
PORTS = ("", "", "", ":443", ":0", ":65536", ":-1", ":80", ":abc", ":", ":443:443",
         ":\u0664\u0664\u0663", ":" + "9" * 5_000)  # fmt: skip
PATHS = (
    "", "", "/", "/x?y#z", "//evil.example", "/\\evil.example", "\\evil", "?@evil.example", "\n",
    "#@evil.example", "/%2e%2e/", "/\r\nHost: evil", "\t", ";x", "/" + "a" * 100_000,
)  # fmt: skip


def a_url(draw: Random) -> str:
    """A good address, of which one to three parts have led readers of addresses astray before."""
    parts = (SCHEMES, USERS, HOSTS, PORTS, PATHS)
    hostile = draw.sample(range(len(parts)), draw.choice((1, 1, 2, 3)))
    whole = "".join(draw.choice(p) if at in hostile else p[0] for at, p in enumerate(parts))
    if draw.random() < 0.2:
        at = draw.randrange(len(whole) + 1)
        whole = whole[:at] + draw.choice(("\x00", "@", ":", "/", "\\", "\u2028", "[")) + whole[at:]
    return whole
