"""`optout sync serve`: takes webhooks, brings them to both sides, and shows how it goes.

`app` puts the routes together, `intake` takes one delivery, `inbox` commits many at once, `loop`
drains beside them. What it shows (`pages`, `metrics`, `alerts`) is made of `sync.status`.
"""
