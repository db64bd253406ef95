"""What the disk allows a program that commits one row at a time: FILE, COUNT of commits.

A log and synchronous=FULL, so that each is on disk before the next; prints the seconds.
"""

import sqlite3
import sys
import time


def main(file: str, count: int) -> None:
    db = sqlite3.connect(file, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE IF NOT EXISTS event (id INTEGER PRIMARY KEY, body TEXT)")
    body = "x" * 200
    begun = time.perf_counter()
    for _ in range(count):
        db.execute("INSERT INTO event (body) VALUES (?)", (body,))
    print(time.perf_counter() - begun)
    db.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
