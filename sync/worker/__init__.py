"""`optout worker`: drains and nights on any number of machines, over one PostgreSQL.

`queue` makes the queue's tables, `tasks` says what is called by whom and how often, `rounds` what
one round does, `shift` works until told to end. The queue (Procrastinate) only calls: whatever it
calls twice, too late or never, claims, leases and epochs in the ledger keep right.
"""
