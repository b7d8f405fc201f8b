"""Accounts for the window: which account and key are in use, where the key is stored, and the balance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.accounts import (
    PRACTICE_ACCOUNT_ID,
    SEGMIND_API_URL,
    SEGMIND_WEBHOOK_URL,
    Account,
    AccountKind,
    AccountOverlap,
    ApiKey,
    Connection,
    Credits,
    KeptIn,
    bound_to,
    checked_api_url,
)
from segmind_studio.core.errors import SecretsError, StudioError
from segmind_studio.core.proxies import Proxy
from segmind_studio.core.settings import Settings
from segmind_studio.services.accounts.account_changes import (
    pair,
    refusal_of,
    with_credits,
    with_join_error,
    with_key_left,
    with_keyring_answer,
    with_keyring_given_up,
    with_offer,
)
from segmind_studio.services.accounts.account_values import (
    ENVIRONMENT_NAME,
    PRACTICE_ACCOUNT,
    AccountsState,
    JoinOffer,
    KeyringState,
    KeyTest,
    environment_account,
)
from segmind_studio.services.accounts.key_testing import AcceptedKey, accept_new_key, accept_other_key, credits_of
from segmind_studio.services.accounts.keyring_service import KeyringAnswer, KeyringService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.texts import _

if TYPE_CHECKING:
    from segmind_studio.services.runs.run_values import JoinEnd
    from segmind_studio.store.account_keys import AccountKeys

__all__ = ["PRACTICE_ACCOUNT", "AccountService", "AccountsState", "JoinOffer", "KeyTest", "KeyringState"]


class AccountService(QObject):
    """Hold the accounts. GUI thread.

    Signals:
        changed(object): AccountsState.
        connection_changed(object): Connection or None, when another key or service is in use from now on.
        key_tested(object): KeyTest, emitted once for each `add_account` and `replace_key`.
        join_wanted(object): AccountOverlap, two accounts to join; the answer goes to `join_ended`.
        practice_wanted(): the practice account is chosen and its service does not run; may repeat.
    """

    changed = Signal(object)
    connection_changed = Signal(object)
    key_tested = Signal(object)
    join_wanted = Signal(object)
    practice_wanted = Signal()

    def __init__(  # noqa: PLR0913  # what it works with, each by name
        self,
        *,
        settings: SettingsService,
        keyring: KeyringService,
        tasks: TaskRunner,
        keys: AccountKeys,
        busy: Callable[[], bool] = bool,
        environment_key: ApiKey | None = None,
        api_url: str = "",
        practice_only: bool = False,
        know_secret: Callable[[ApiKey], None] | None = None,
        parent: QObject | None = None,
    ) -> None:
        """Connect to the settings, the keyring and the task pool.

        `know_secret` is called with each key before it is used, so that logs can mask it. `busy` returns whether
        work is running whose rows must keep their account.
        """
        super().__init__(parent)
        self._settings = settings
        self._keyring = keyring
        self._tasks = tasks
        self._account_keys = keys
        self._busy = busy
        self._environment_key = environment_key
        self._api_url = api_url
        self._know_secret = know_secret
        self._practice_only = practice_only
        self._keys: dict[str, ApiKey] = {}
        self._practice: Connection | None = None
        self._current = PRACTICE_ACCOUNT_ID if practice_only else settings.value.current_account
        self._session_accounts: tuple[Account, ...] = ()
        self._reading = 0
        self._writing: dict[int, AcceptedKey] = {}
        self._late: dict[int, AcceptedKey] = {}  # still being written, and used without waiting for it
        self._removing: dict[int, Account] = {}
        self._environment_asked = False
        self._naming = False  # of the environment's key; takes a moment
        self._joining: JoinOffer | None = None
        self._apart: set[frozenset[str]] = set()  # accounts that the user chose not to join
        self._state = AccountsState((PRACTICE_ACCOUNT,), PRACTICE_ACCOUNT)
        self._state = self._with_accounts(self._state)
        self._way = _way(settings.value)
        keyring.answered.connect(self._keyring_answered)
        settings.changed.connect(self._settings_changed)

    @property
    def state(self) -> AccountsState:
        """Return the current state."""
        return self._state

    @property
    def environment_key(self) -> ApiKey | None:
        """Return the key of SEGMIND_API_KEY, for the process that the app is opened again in."""
        return self._environment_key

    # -- start

    def start(self) -> None:
        """Read the keys from the keyring, if an account has one there. Call it after the first paint."""
        if any(account.kept_in is KeptIn.KEYRING for account in self._settings.value.accounts):
            self._read_keyring()
        else:
            self._use_environment_key()
        self._publish()

    def _read_keyring(self) -> None:
        accounts = self._settings.value.accounts
        self._state = replace(self._state, keyring=KeyringState.WAITING, keyring_problem=None)
        self._reading = self._keyring.read(tuple(a.keyring_name for a in accounts if a.kept_in is KeptIn.KEYRING))

    @Slot()
    def retry_keyring(self) -> None:
        """Read the keyring again."""
        self._read_keyring()
        self._publish()

    @Slot()
    def give_up_keyring(self) -> None:
        """Stop waiting for the keyring's prompt. Keys that are being written are used for this session at once.

        A late answer changes nothing but where such a key is kept.
        """
        self._reading = 0
        self._state = with_keyring_given_up(self._state)
        waiting, self._writing = self._writing, {}
        self._late.update(waiting)
        for tested in waiting.values():
            self._take_account(tested, KeptIn.SESSION, None)
        self._use_environment_key()
        self._publish()

    def _use_environment_key(self) -> None:
        """Use SEGMIND_API_KEY for this session if the keyring has no key.

        The variable has no address, so the key is for Segmind's; only `use_environment_key_here` uses another.
        """
        key = self._environment_key
        if not key or self._keys or self._environment_asked:
            return
        self._environment_asked = self._naming = True
        self._note_secret(key)
        name_it = partial(environment_account, key, self._account_keys)
        self._tasks.run(name_it, self._environment_key_named, self._environment_key_unnamed)

    @Slot(object)
    def _environment_key_named(self, account: Account) -> None:
        key, self._naming = self._environment_key, False
        if not key or self._keys:  # another key arrived in the meantime
            self._publish()
            return
        self._learn(account.account_id, key)
        account = self._coloured(account)
        if not any(kept.account_id == account.account_id for kept in self._settings.value.accounts):
            self._session_accounts = (*self._session_accounts, account)
        if self._starts_with_environment:
            self._current = account.account_id
        self._state = replace(self._state, environment_key_offered=True)
        self._publish()

    @Slot(object)
    def _environment_key_unnamed(self, error: StudioError) -> None:
        self._naming = False
        self._key_failed(error)
        self._publish()

    @property
    def _starts_with_environment(self) -> bool:
        """Return whether the environment's key is the first key that the app uses."""
        chosen = any(account.account_id == self._current for account in self._session_accounts)
        return not (chosen or self._practice_only or self._settings.value.accounts)  # the last key may be gone

    def _learn(self, account_id: str, key: ApiKey) -> None:
        self._note_secret(key)
        self._keys[account_id] = key

    def _note_secret(self, key: ApiKey) -> None:
        if self._know_secret is not None:
            self._know_secret(key)

    # -- actions of the user

    def add_account(self, name: str, key: ApiKey, remember: bool) -> None:  # noqa: FBT001  # as its callers pass it
        """Test a key with the free credits call; use it, and store it if `remember`. `key_tested` is the answer.

        The key then belongs to the address that is in use now.
        """
        self._add(name, key, remember, bound_to(self._address()))

    def _add(self, name: str, key: ApiKey, remember: bool, api_url: str) -> None:  # noqa: FBT001  # as its callers pass it
        self._note_secret(key)
        nameless = Account("", name.strip(), AccountKind.SEGMIND, KeptIn.SESSION, api_url)
        connection = self._connection_for(nameless, key)
        test = partial(accept_new_key, connection, key, self._account_keys, remember=remember)
        self._tasks.run(test, self._key_works, self._key_failed)

    def replace_key(self, account_id: str, key: ApiKey, remember: bool) -> None:  # noqa: FBT001  # as its callers pass it
        """Test a new key for an account and use it in place of the old one. `key_tested` is the answer.

        Runs, notes, costs and the budget stay with the account. The old key stays until the new one is stored.
        """
        self._note_secret(key)
        account = next((a for a in self._state.accounts if a.account_id == account_id), PRACTICE_ACCOUNT)
        if account.kind is AccountKind.PRACTICE:
            self._key_failed(
                StudioError(_("This account is no longer in the list."), _("Add the key as a new account."))
            )
            return
        refusal = refusal_of(account, self._address())
        if refusal is not None:
            self._key_failed(refusal)
            return
        connection = self._connection_for(account, key)
        others = tuple(other.account_id for other in self._state.accounts if other.account_id != account_id)
        test = partial(accept_other_key, connection, key, self._account_keys, others, remember=remember)
        self._tasks.run(test, self._key_works, self._key_failed)

    @Slot(object)
    def _key_failed(self, error: StudioError) -> None:
        self.key_tested.emit(KeyTest("", ok=False, error=error))

    @Slot(object)
    def _key_works(self, tested: AcceptedKey) -> None:
        if tested.remember:
            self._state = replace(self._state, keyring=KeyringState.WAITING)
            self._writing[self._keyring.write(tested.account.keyring_name, tested.key)] = tested
            self._publish()
        else:
            self._take_account(tested, KeptIn.SESSION, None)

    def _take_account(self, tested: AcceptedKey, kept_in: KeptIn, error: StudioError | None) -> None:
        account = self._coloured(self._named(replace(tested.account, kept_in=kept_in)))
        kept = [a for a in self._settings.value.accounts if a.account_id != account.account_id]
        self._session_accounts = tuple(a for a in self._session_accounts if a.account_id != account.account_id)
        self._learn(account.account_id, tested.key)
        left = {q: leaving for q, leaving in self._removing.items() if leaving.account_id != account.account_id}
        leaves, self._removing = len(left) < len(self._removing), left  # it was removed, and is back
        if kept_in is KeptIn.KEYRING:
            self._settings.update(accounts=(*kept, account))
        elif leaves or len(kept) == len(self._settings.value.accounts):  # else it is in the keyring already
            self._settings.update(accounts=tuple(kept))
            self._session_accounts = (*self._session_accounts, account)
        if tested.key == self._environment_key and kept_in is not KeptIn.ENVIRONMENT:
            self._state = replace(self._state, environment_key_offered=False)
        if tested.joined is not None:
            if kept_in is KeptIn.KEYRING:
                self.remove(tested.joined.account_id)
            self._publish()
            return
        self.key_tested.emit(KeyTest(
            account.name, ok=True, credits=tested.credits, kept_in=kept_in, error=error, replaced=tested.replaces,
        ))
        self.use(account.account_id)

    def _named(self, account: Account) -> Account:
        """Return an account with a name: without one that was typed, it keeps the name it has in the list."""
        known = (a.name for a in self._state.accounts if a.account_id == account.account_id)
        return replace(account, name=account.name or next(known, "Segmind"))

    def _coloured(self, account: Account) -> Account:
        """Return an account with the colour that it has in the list; a new one gets a colour."""
        from segmind_studio.core.label_colours import free_colour  # noqa: PLC0415  # when first needed

        known = {a.account_id: a.colour for a in self._state.accounts}
        colour = known.get(account.account_id, account.colour or free_colour(known.values()).value)
        return replace(account, colour=colour)

    # -- joining two accounts

    @Slot(object)
    def offer_join(self, overlap: AccountOverlap) -> None:
        """Offer to join two accounts; nothing is joined without the user's answer."""
        offered = with_offer(self._state, overlap)
        if offered is not self._state and pair(overlap) not in self._apart:
            self._state = offered
            self.changed.emit(self._state)

    @Slot()
    def leave_apart(self) -> None:
        """Remove the offer to join for this session."""
        if self._state.join_offer is not None:
            self._apart.add(pair(self._state.join_offer.overlap))
            self._state = replace(self._state, join_offer=None)
            self.changed.emit(self._state)

    @Slot()
    def join(self) -> None:
        """Join the two accounts of the offer. There is no connection during this, so that no new work starts."""
        offer = self._state.join_offer
        if offer is None or self._joining is not None:
            return
        if self._busy():
            error = StudioError(_("Some work is still in "
                                  "progress."), _("Wait until it has finished, then join "
                                                                      "the accounts."))
            self._state = with_join_error(self._state, offer, error)
            self.changed.emit(self._state)
            return
        self._joining = offer
        self._publish()
        self.join_wanted.emit(offer.overlap)

    @Slot(object)
    def join_ended(self, end: JoinEnd) -> None:
        """Continue as the joined account, with the key that is in use."""
        offer = self._joining
        if offer is not None:
            if end.error is None:
                self._go_on_as_one(offer)
            else:
                self._state = with_join_error(self._state, offer, end.error)
            self._joining = None
            self._publish()

    def _go_on_as_one(self, offer: JoinOffer) -> None:
        """Move the key in use to the account that has all rows now; still without a connection."""
        one, other_id = offer.account, offer.overlap.other_id
        other = offer.other or replace(one, account_id=other_id)
        self._state = replace(self._state, join_offer=None, credits=None, credits_error=None)
        if self._current == one.account_id:
            self._current = other_id
            self._settings.update(current_account=other_id)
        key = self._keys.get(one.account_id)
        joined = AcceptedKey(other, key, remember=True, joined=one) if key else None
        if one.kept_in is not KeptIn.KEYRING:
            self._keys.pop(one.account_id, None)
            self._session_accounts = tuple(a for a in self._session_accounts if a.account_id != one.account_id)
        if joined is not None:
            kept = one.kept_in is KeptIn.KEYRING
            self._take_account(joined, KeptIn.SESSION if kept else one.kept_in, None)
            if kept:
                self._key_works(joined)

    def keep_environment_key(self, name: str) -> None:
        """Store SEGMIND_API_KEY in the keyring under a name of its own, for Segmind's address."""
        if self._environment_key:
            self._add(name, self._environment_key, True, "")

    def use_environment_key_here(self) -> None:
        """Use SEGMIND_API_KEY for this address and session, only on the user's click; see `key_tested`."""
        if self._environment_key:
            self._add(ENVIRONMENT_NAME, self._environment_key, False, bound_to(self._address()))

    def use(self, account_id: str) -> None:
        """Make an account the current one."""
        self._current = account_id
        self._settings.update(current_account=account_id)
        self._state = replace(self._state, credits=None, credits_error=None, join_offer=None)
        self._publish()

    def rename(self, account_id: str, name: str) -> None:
        """Rename an account."""
        accounts = tuple(
            replace(a, name=name.strip() or a.name) if a.account_id == account_id else a
            for a in self._settings.value.accounts
        )
        self._settings.update(accounts=accounts)
        self._publish()

    def set_colour(self, account_id: str, colour: str) -> None:
        """Mark an account with the value of a `RunColour`; practice has a mark of its own."""
        changed = [
            tuple(replace(a, colour=colour) if a.account_id == account_id else a for a in accounts)
            for accounts in (self._settings.value.accounts, self._session_accounts)
        ]
        self._session_accounts = changed[1]
        self._settings.update(accounts=changed[0])
        self._publish()

    def remove(self, account_id: str) -> None:
        """Delete an account and its key. Its runs stay, and are shown again when the key is entered again.

        If the keyring cannot delete the key, the account stays in the list and the keyring's banner shows why.
        """
        self._keys.pop(account_id, None)
        kept = next((a for a in self._settings.value.accounts if a.account_id == account_id), None)
        if kept is not None:
            self._removing[self._keyring.delete(kept.keyring_name)] = kept
        self._session_accounts = tuple(a for a in self._session_accounts if a.account_id != account_id)
        if self._current == account_id:
            self.use(PRACTICE_ACCOUNT_ID)
        else:
            self._publish()

    def _removed(self, account: Account, error: SecretsError | None) -> None:
        if error is None:
            kept = tuple(a for a in self._settings.value.accounts if a.account_id != account.account_id)
            self._settings.update(accounts=kept)
        else:
            self._state = with_key_left(self._state, account, error)
        self._publish()

    @Slot(object)
    def set_practice(self, connection: Connection | None) -> None:
        """Set the practice service's connection; None when the service has stopped."""
        if connection is not None:
            self._note_secret(connection.key)
        self._practice = connection
        self._publish()

    @Slot()
    def refresh_credits(self) -> None:
        """Request the balance; a failure is stored in the state."""
        connection = self._state.connection
        if connection is None:
            return

        def ask() -> tuple[Connection, Credits | StudioError]:
            try:
                return connection, credits_of(connection)
            except StudioError as error:
                return connection, error

        self._tasks.run(ask, self._credits_came, self._credits_failed)

    @Slot(object)
    def _credits_came(self, answer: tuple[Connection, Credits | StudioError]) -> None:
        """Store a balance, or its error. An answer for another account or key is ignored."""
        asked_with, found = answer
        if asked_with == self._state.connection:
            self._state = with_credits(self._state, found)
            self.changed.emit(self._state)

    @Slot(object)
    def _credits_failed(self, error: StudioError) -> None:
        self._state = with_credits(self._state, error)
        self.changed.emit(self._state)

    # -- the keyring's answers

    @Slot(object)
    def _keyring_answered(self, answer: KeyringAnswer) -> None:
        removed = self._removing.pop(answer.question, None)
        if removed is not None:
            self._removed(removed, answer.error)
            return
        late = self._late.pop(answer.question, None)
        if late is not None:
            self._late_written(late, answer)
            return
        tested = self._writing.pop(answer.question, None)
        if tested is None and answer.question != self._reading:
            return
        self._state = with_keyring_answer(self._state, answer)
        if tested is not None:
            kept = KeptIn.KEYRING if answer.error is None else KeptIn.SESSION
            self._take_account(tested, kept, answer.error)
            return
        found = dict(answer.keys)
        for account in self._settings.value.accounts:
            if account.keyring_name in found and account.account_id not in self._keys:
                self._learn(account.account_id, found[account.keyring_name])
        self._use_environment_key()
        self._publish()

    def _late_written(self, late: AcceptedKey, answer: KeyringAnswer) -> None:
        """Note that a key of this session is in the keyring after all; one that is not used is deleted there."""
        if answer.error is not None:
            return
        account_id = late.account.account_id
        if self._keys.get(account_id) != late.key:  # it was removed or replaced in the meantime
            self._keyring.delete(late.account.keyring_name)
            return
        self._state = with_keyring_answer(self._state, answer)
        if late.joined is not None:
            self.remove(late.joined.account_id)
        account = next((a for a in self._session_accounts if a.account_id == account_id), None)
        if account is not None:
            self._session_accounts = tuple(a for a in self._session_accounts if a is not account)
            kept = (a for a in self._settings.value.accounts if a.account_id != account_id)
            self._settings.update(accounts=(*kept, replace(account, kept_in=KeptIn.KEYRING)))
        self._publish()

    # -- the state

    def _with_accounts(self, state: AccountsState) -> AccountsState:
        accounts = (PRACTICE_ACCOUNT, *self._settings.value.accounts, *self._session_accounts)
        current = next((a for a in accounts if a.account_id == self._current), PRACTICE_ACCOUNT)
        address, fixed = self._address(), bool(self._api_url)
        return replace(state, accounts=accounts, current=current, address=address, address_fixed=fixed)

    def _address(self) -> str:
        """Return the address in use. An address that was edited in the settings file must be a safe one too."""
        try:
            return self._api_url or checked_api_url(self._settings.value.api_url or SEGMIND_API_URL)
        except StudioError:
            return SEGMIND_API_URL

    @Slot(object)
    def _settings_changed(self, value: Settings) -> None:
        """Use another address or another proxy from now on."""
        if _way(value) != self._way:
            self._way = _way(value)
            self._publish()

    def _publish(self) -> None:
        before = self._state.connection
        state = self._with_accounts(self._state)
        practice = state.current.kind is AccountKind.PRACTICE and self._practice is None
        if self._naming and self._starts_with_environment:
            connection = None  # else the app would start in practice for a moment
            practice = False
        elif self._joining is not None:
            connection = None
        elif state.current.kind is AccountKind.PRACTICE:
            connection = self._practice
        else:
            key = None if state.elsewhere else self._keys.get(state.current.account_id)
            connection = self._connection_for(state.current, key) if key else None
        self._state = replace(state, connection=connection)
        self.changed.emit(self._state)
        if connection != before:
            self.connection_changed.emit(connection)
            self.refresh_credits()
        if practice:
            self.practice_wanted.emit()

    def _connection_for(self, account: Account, key: ApiKey) -> Connection:
        value = self._settings.value
        return Connection(
            account, account.address, account.api_url or SEGMIND_WEBHOOK_URL, key,
            proxy=Proxy(value.proxy, value.proxy_url),
        )


def _way(value: Settings) -> tuple[object, ...]:
    return value.api_url, value.proxy, value.proxy_url
