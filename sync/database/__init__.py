"""The databases that keep what was acknowledged: an SQLite file of this machine, or PostgreSQL.

`places.open_place` opens either. A transaction that `Engine.begin` makes writes, and no other
writer is at work meanwhile; one of `views.reading` only reads, and sees one moment of all of it.
Everything above rests on these two sentences alone.
"""
