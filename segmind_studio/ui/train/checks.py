"""What "Check everything" found, as texts. Plain values; the panel only shows them."""

from __future__ import annotations

from segmind_studio.core.accounts import shown_name
from segmind_studio.core.datasets import Severity
from segmind_studio.core.fields import FIELD_BY_KEY
from segmind_studio.formats import money
from segmind_studio.record import record
from segmind_studio.texts import _, sentences
from segmind_studio.ui.train.facts import CHECKS, TrainFacts, unread_text


@record
class CheckLine:
    """One line; `severity` None means that all is well.

    `key` is the field to go to, `CHECKS` for what was found about the photos, "" for none. `waiting` marks
    what is not done yet.
    """

    severity: Severity | None
    text: str
    key: str = ""
    waiting: bool = False


def check_lines(facts: TrainFacts, *, asking: bool) -> tuple[CheckLine, ...]:
    """Return the checks of form, photos and account; `asking`: the balance is still being requested."""
    return (*_history_lines(facts), *_form_lines(facts), *_photo_lines(facts), _account_line(facts, asking=asking))


def _history_lines(facts: TrainFacts) -> list[CheckLine]:
    return [CheckLine(Severity.MUST, unread_text())] if facts.unread else []


def _form_lines(facts: TrainFacts) -> list[CheckLine]:
    lines = [CheckLine(Severity.SHOULD, words) for words in facts.apart]
    lines += [CheckLine(Severity.MUST, words, key) for key, words in facts.problems.items()]
    lines += [
        CheckLine(item.severity, item.text, item.key)
        for item in facts.advice if item.key != "data_source_path" and item.key not in facts.problems
    ]
    lines += refusal_lines(facts)
    return lines or [CheckLine(None, _("The form is complete."))]


def refusal_lines(facts: TrainFacts) -> list[CheckLine]:
    """Return what the service refused, as long as the form holds it."""
    words = _("{field}: the service says “{words}”")
    return [
        CheckLine(Severity.MUST, words.format(field=FIELD_BY_KEY[key].label, words=said), key)
        for key, said in facts.refusals
    ]


def _photo_lines(facts: TrainFacts) -> list[CheckLine]:
    key = "data_source_path"
    if facts.public_zip:
        if key in facts.problems:
            return []
        words = _("The service downloads the public zip. The app does not check it.")
        return [CheckLine(Severity.INFO, words, key)]
    lines = [CheckLine(item.severity, item.text, key) for item in facts.advice if item.key == key]
    lines += [CheckLine(item.severity, item.text, CHECKS) for item in facts.findings]
    if facts.waiting_text:
        lines.append(CheckLine(Severity.INFO, facts.waiting_text, key, waiting=True))
    if lines:
        return lines
    return [CheckLine(None, _("Photos: {photos}.").format(photos=facts.photos_text))]


def _account_line(facts: TrainFacts, *, asking: bool) -> CheckLine:
    account = facts.account
    if account.connection is None:
        return CheckLine(Severity.MUST, facts.blockers[-1].text)
    if asking:
        return CheckLine(Severity.INFO, _("Asking {name}…").format(name=shown_name(account.account)))
    if account.credits_error is not None:
        return CheckLine(Severity.MUST, str(account.credits_error))
    if account.dollars is None:
        words = _("{name} answers, but states no balance.").format(name=shown_name(account.account))
        return CheckLine(Severity.INFO, words)
    words = _("{name} answers. Balance: "
              "{amount}.").format(name=shown_name(account.account), amount=money(account.dollars))
    if facts.short_of_credits:
        return CheckLine(Severity.SHOULD, sentences(words, _("This may not be enough.")))
    return CheckLine(None, words)
