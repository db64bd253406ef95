"""`optout sync`: a table of verbs, and nothing else."""

from __future__ import annotations

import click

from deployer.cli import LazyGroup, Verb
from deployer.errors import UsageError
from deployer.extras import require_extra

# What to do after Ctrl-C, where something may be half way.
_PUSHED = (
    "what was accepted is on disk, and tried again by the next push, night or serve (optout sync "
    "status); send the other lines again: twice does no harm"
)
_NIGHT = (
    "what was written stays written and is not written again; run it again, or leave the rest to "
    "the next night (optout sync runs)"
)
_CLEARED = (
    "the person counts as opted out: what was cleared is set back by the next drain or night; run "
    "it again to clear them (optout sync check)"
)
_MOVED = "run it again: it finishes what was begun, or begins anew; nothing is in two places"
_TRIED = "what was tried is written down; optout sync quarantine list shows what is left"

VERBS = {
    "adopt": Verb(
        "sync.commands.nights",
        "The first run of a field: see it, approve it.",
        "adopt",
        interrupted=_NIGHT,
    ),
    "enable": Verb("sync.commands.switch", "Switch the nightly sync on.", "enable"),
    "disable": Verb("sync.commands.switch", "Switch the nightly sync off.", "disable"),
    "nightly": Verb(
        "sync.commands.nights", "Bring both sides to the same state.", "nightly", interrupted=_NIGHT
    ),
    "push": Verb(
        "sync.commands.push",
        "Take unsubscribes and bring them to both sides now.",
        interrupted=_PUSHED,
    ),
    "serve": Verb("sync.commands.serve", "Take webhooks and keep both sides in step."),
    "status": Verb("sync.commands.status", "Show what is still to do; exit 1 needs a person."),
    "runs": Verb("sync.commands.logbook", "List the nightly runs.", "runs"),
    "audit": Verb("sync.commands.logbook", "List what people decided.", "audit"),
    "check": Verb("sync.commands.check", "Show what both sides say of one person."),
    "quarantine": Verb(
        "sync.commands.quarantine", "Show and settle what was refused.", interrupted=_TRIED
    ),
    "resubscribe": Verb(
        "sync.commands.resubscribe",
        "Clear one person's opt-out, as they asked.",
        interrupted=_CLEARED,
    ),
    "backup": Verb("sync.commands.backup", "Copy the ledger while it is in use.", "backup"),
    "restore": Verb("sync.commands.backup", "Put a copy of the ledger back.", "restore"),
    "move": Verb(
        "sync.commands.move",
        "Move the ledger and the people into another database.",
        interrupted=_MOVED,
    ),
    "rebind": Verb("sync.commands.rebind", "Bind the ledger to another org or people store."),
}
# \b keeps the lines of what follows as they are.
_HELP = """Keep unsubscribes in step between people and the org.

If either side is opted out, the other is marked; nothing is ever opted in. To begin:

\b
  1. optout people import people.csv   who is there, and their Salesforce Ids
  2. optout sync adopt                 what a first run would write, and how to approve it
  3. optout sync enable --by NAME      from now on a night is owed once a day
  4. optout sync serve                 takes webhooks, and runs the night that is owed
     (or optout sync push and nightly, from scripts and cron)
  5. optout sync status                what is still to do; exit 1 needs a person
"""


class SyncGroup(LazyGroup):
    """The verbs, which cannot even be imported without the extra."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self.verbs:
            try:
                require_extra("sync", "the sync")
            except UsageError:
                if ctx.resilient_parsing:  # a shell asks for completions
                    return None
                raise
        return super().get_command(ctx, cmd_name)


@click.group("sync", cls=SyncGroup, verbs=VERBS, help=_HELP)
def command() -> None:
    """Keep unsubscribes in step between people and the org."""
