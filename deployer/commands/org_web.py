"""`optout org login web`: a person logs in in a browser, and the refresh token is kept."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from deployer import state
from deployer.clock import Clock
from deployer.errors import BadInput, LoginRefused, OptoutError, UsageError
from deployer.reporting.problems import to_error
from deployer.salesforce.connection import Connection, Expected, connect
from deployer.salesforce.entrance import Way, find_way, to_place
from deployer.salesforce.hosts import origin_of
from deployer.salesforce.login import Place, RefreshLogin, Token, TokenLogin, end_session
from deployer.salesforce.session import OrgSession
from deployer.salesforce.web_login import WebApp, fetch_web_token
from deployer.settings.key_places import Keeper, KeyPlace, read_secret
from deployer.settings.keyring_door import delete_entry, has_keyring, read_entry, write_entry
from deployer.settings.loading import Settings
from deployer.settings.org_tables import LoginKind, OrgSettings, Role
from deployer.settings.own_orgs import key_file, keyring_entry
from deployer.settings.secret import Secret

_KEY = "refresh_token"
_AGAIN = "run the same command again"


@dataclass(frozen=True, slots=True)
class Brought:
    """What the browser brought, where it leads, and the way to end it."""

    token: Token
    connection: Connection
    place: Place
    session: OrgSession


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the refresh token will lie, and the file it lies in if the keyring may fail.

    `file` is None where only the keyring will do.
    """

    place: KeyPlace
    file: Path | None

    @property
    def places(self) -> tuple[KeyPlace, ...]:
        """Every place that it may come to lie in."""
        if self.file is None or self.place.keeper is Keeper.FILE:
            return (self.place,)
        return (self.place, KeyPlace(_KEY, Keeper.FILE, str(self.file)))

    @property
    def keys(self) -> dict[str, object]:
        """The identity's key for it."""
        return {f"{_KEY}_{self.place.keeper.value}": self.place.where}


def pick_shelf(settings: Settings, name: str, role: Role, keep: str) -> Shelf:
    """In the keyring where there is one, else in a private file, unless `keep` says which.

    Errors: UsageError when the keyring is asked for and there is none.
    """
    only_ring = keep == Keeper.KEYRING.value
    if only_ring and not has_keyring():
        raise UsageError(
            "there is no keyring to keep the refresh token in",
            where="--keep keyring",
            hint="pip install 'salesforce-optout[keyring]' where one runs, or give --keep file",
        )
    file = key_file(settings.home, name, role, _KEY)
    if keep == Keeper.FILE.value or not has_keyring():
        return Shelf(KeyPlace(_KEY, Keeper.FILE, str(file)), file)
    entry = keyring_entry(settings.home, name, role, _KEY)
    return Shelf(KeyPlace(_KEY, Keeper.KEYRING, entry), None if only_ring else file)


def bring_token(
    settings: Settings, draft: OrgSettings, given: Mapping[str, Any], clock: Clock
) -> Brought:
    """Let a person log in, and look where that leads, with what the browser brought alone.

    The refresh token is not used yet: a login that turns out to be the wrong one leaves the one
    that was there as it was. Errors: LoginRefused when the app gives no refresh token;
    OrgSaidNo when it is another org, whose token is revoked; and as `fetch_web_token`.
    """
    place = to_place(draft.instance_url, given["login_url"] or "")
    session = OrgSession(clock, loopback=place.loopback, ca_file=draft.ca_file)
    app = WebApp(given["client_id"], _client_secret(settings, given), given["port"])
    token = fetch_web_token(app, place, session, clock, _shower(browser=not given["no_browser"]))
    if not token.refresh:
        with suppress(OptoutError):
            end_session(token.access, place, session)
        raise LoginRefused(
            "the app gave no refresh token, as without the scope refresh_token",
            where=str(place.token_origin),
            hint="add Perform requests at any time (refresh_token, offline_access) to the app's "
            "OAuth Scopes, or log in with: optout org login jwt",
        )
    there = Place(origin_of(token.instance_url), place.login, place.loopback)
    try:
        login, expected = TokenLogin(token.access), Expected(draft.org_id, draft.production)
        connection = connect(login, there, session, clock, expected)
    except OptoutError:
        with suppress(OptoutError):  # the first reason is the one to tell
            end_session(token.refresh, place, session)
        raise
    return Brought(token, connection, place, session)


@contextmanager
def kept_token(shelf: Shelf, brought: Brought) -> Iterator[tuple[Shelf, str]]:
    """Store the refresh token for the block that writes the login down.

    Gives where it lies now, and a note when that is not as picked. A token that nobody keeps is
    good for whoever finds it, so when the storing or the block fails it is revoked and what lay
    there before is put back. Errors: BadInput, which says so.
    """
    before = {place: _read_back(place) for place in shelf.places}
    try:
        yield _keep(shelf, brought.token.refresh)
    except (OptoutError, OSError) as refused:
        for place, secret in before.items():
            if _read_back(place) != secret:
                with suppress(OptoutError, OSError):  # the first reason is the one to tell
                    _put_back(place, secret)
        raise _not_kept(refused, brought) from refused


def _not_kept(refused: OptoutError | OSError, brought: Brought) -> BadInput:
    why = refused if isinstance(refused, OptoutError) else to_error(refused)
    again = why.hint if _AGAIN in why.hint else f"{why.hint}, then {_AGAIN}"
    try:
        end_session(brought.token.refresh, brought.place, brought.session)
    except OptoutError:
        said = "and its token could not be revoked and is still good"
        again = f"revoke it in Setup > Connected Apps OAuth Usage; {again}"
    else:
        said = "so its token was revoked"
    return BadInput(
        f"the login could not be kept ({why.message}), {said}", where=why.where, hint=again
    )


def _read_back(place: KeyPlace) -> Secret | None:
    """What lies there; None when there is nothing, or nothing that can be read."""
    with suppress(OptoutError, OSError):
        if place.keeper is Keeper.FILE:
            return Secret(Path(place.where).read_text())
        return read_entry(place.where) or None
    return None


def _put_back(place: KeyPlace, secret: Secret | None) -> None:
    if place.keeper is Keeper.FILE:
        if secret is None:
            Path(place.where).unlink(missing_ok=True)
        else:
            state.write_private(Path(place.where), secret.reveal().encode())
    elif secret is None:
        delete_entry(place.where)
    else:
        write_entry(place.where, secret)


def _keep(shelf: Shelf, refresh: Secret) -> tuple[Shelf, str]:
    note = ""
    if shelf.place.keeper is Keeper.KEYRING:
        try:
            write_entry(shelf.place.where, refresh)
        except UsageError as closed:
            if shelf.file is None:
                raise
            note = f"note: {closed.message}, so the refresh token is kept in a private file"
            shelf = Shelf(KeyPlace(_KEY, Keeper.FILE, str(shelf.file)), shelf.file)
    if shelf.place.keeper is Keeper.FILE:
        state.write_private(Path(shelf.place.where), refresh.reveal().encode())
    return shelf, note


@contextmanager
def replaced_token(settings: Settings, name: str, role: Role, clock: Clock) -> Iterator[None]:
    """Revoke the token that the block replaces, once that is done.

    An old token is good for whoever finds it. Nothing is said where revoking fails: it has expired,
    or cannot be read any more.
    """
    old = _kept_token(settings, name, role, clock)
    yield
    if old is not None:
        way, refresh = old
        session = OrgSession(clock, loopback=way.place.loopback, ca_file=way.ca_file)
        with suppress(OptoutError):
            end_session(refresh, way.place, session)


def _kept_token(
    settings: Settings, name: str, role: Role, clock: Clock
) -> tuple[Way, Secret] | None:
    """The refresh token of an earlier `org login web`; what optout.toml configures is not ours."""
    is_theirs = name in settings.file.values.get("orgs", {})
    org = settings.orgs.get(name)
    identity = org.identities.get(role) if org and not is_theirs else None
    if identity is None or identity.login is not LoginKind.WEB:
        return None
    with suppress(OptoutError), find_way(settings, name, role, clock) as way:
        if isinstance(way.login, RefreshLogin):
            with way.login.store.hold() as refresh:
                return way, refresh
    return None


def _client_secret(settings: Settings, given: Mapping[str, Any]) -> Secret:
    for keeper in Keeper:
        if where := given.get(f"client_secret_{keeper.value}"):
            return read_secret(KeyPlace("client_secret", keeper, where), settings.environ)
    return Secret("")


def _shower(*, browser: bool) -> Callable[[str], None]:
    def show(address: str) -> None:
        click.echo(f"log in here, then come back:\n{address}", err=True)
        if browser:
            webbrowser.open(address)

    return show
