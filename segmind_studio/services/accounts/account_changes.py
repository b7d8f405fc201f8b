"""What answers and errors change in the state of the accounts. Pure functions."""

from __future__ import annotations

from dataclasses import replace

from segmind_studio.core.accounts import Account, AccountOverlap, Credits
from segmind_studio.core.errors import ApiError, ApiProblem, SecretsError, SecretsProblem, StudioError
from segmind_studio.services.accounts.account_values import (
    STATE_BY_PROBLEM,
    AccountsState,
    JoinOffer,
    KeyringState,
)
from segmind_studio.services.accounts.keyring_service import KeyringAnswer
from segmind_studio.texts import _

_KEY_REFUSED = frozenset({ApiProblem.BAD_KEY, ApiProblem.MISSING_KEY, ApiProblem.FORBIDDEN})


def pair(overlap: AccountOverlap) -> frozenset[str]:
    """Return the two accounts of an overlap, in no order."""
    return frozenset({overlap.account_id, overlap.other_id})


def with_offer(state: AccountsState, overlap: AccountOverlap) -> AccountsState:
    """Offer to join two accounts, if the current one is one of them and both have the same address."""
    other = next((a for a in state.accounts if a.account_id == overlap.other_id), None)
    known = overlap.account_id == state.current.account_id and overlap.address == state.current.address
    if not known or (other is not None and other.address != overlap.address):
        return state
    before = state.join_offer  # after a failure the same offer comes again, and keeps its error
    error = before.error if before is not None and pair(before.overlap) == pair(overlap) else None
    return replace(state, join_offer=JoinOffer(overlap, state.current, other, error))


def with_join_error(state: AccountsState, offer: JoinOffer, error: StudioError) -> AccountsState:
    """Show with the offer why the accounts were not joined."""
    return replace(state, join_offer=replace(offer, error=error))


def with_keyring_answer(state: AccountsState, answer: KeyringAnswer) -> AccountsState:
    """Show what is known of the keyring by its answer."""
    if answer.error is not None:
        return replace(state, keyring=STATE_BY_PROBLEM[answer.error.problem], keyring_problem=answer.error)
    return replace(
        state, keyring=KeyringState.AVAILABLE, keyring_where=answer.where, keyring_problem=None,
    )


def with_keyring_given_up(state: AccountsState) -> AccountsState:
    """Count the keyring as locked: the user does not wait for it."""
    problem = SecretsError(
        SecretsProblem.LOCKED, _("The keyring is locked."),
        _("Unlock it and try again, or enter a key for this session."),
    )
    return replace(state, keyring=KeyringState.LOCKED, keyring_problem=problem)


def with_key_left(state: AccountsState, account: Account, error: SecretsError) -> AccountsState:
    """Show that the key of an account that was removed could not be deleted."""
    problem = SecretsError(
        error.problem, _("The key of “{name}” is still in the keyring.").format(name=account.name),
        _("Unlock the keyring, then remove the account again."), error.detail,
    )
    return replace(state, keyring=STATE_BY_PROBLEM[error.problem], keyring_problem=problem)


def with_credits(state: AccountsState, found: Credits | StudioError) -> AccountsState:
    """Show a balance, or why there is none; a refused key has no balance to show."""
    if not isinstance(found, StudioError):
        return replace(state, credits=found, credits_error=None)
    refused = isinstance(found, ApiError) and found.problem in _KEY_REFUSED
    return replace(state, credits=None if refused else state.credits, credits_error=found)


def refusal_of(account: Account, address: str) -> StudioError | None:
    """Return why the key of an account cannot be replaced while the app speaks to `address`, None if it can."""
    if account.address == address:
        return None
    return StudioError(
        _("“{name}” is an account at {address}, but the app now uses {address2}.").format(
            name=account.name, address=account.address, address2=address
        ),
        _("An account keeps its address. Change the address under Advanced, or add this key as a new account."),
    )
