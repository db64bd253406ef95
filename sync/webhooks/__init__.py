"""Webhook intake, the pure half: headers and bytes in, an Unsubscribe or a refusal out.

`door.admit` says who sent it, `body.to_unsubscribe` what it says, `lines.read_lines` does the same
for a stream of lines, `senders.read_senders` reads who may send. Nothing here listens or stores.
"""
