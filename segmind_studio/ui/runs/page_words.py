"""What a run's page says, and the words of its settings and of its timeline. Without Qt: the command line too.

The inspector shows the same words.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from segmind_studio.core.fields import FIELDS
from segmind_studio.core.runs import Phase, Run, Stage, stage_of_status
from segmind_studio.formats import exact_time
from segmind_studio.services.runs.page_steps import PageFact, PageOrder, PageSection
from segmind_studio.texts import _
from segmind_studio.ui.runs.stages import service_text, stage_word, status_word
from segmind_studio.ui.runs.values import DASH, base_model_text, sent_value, value_text, visibility_text

_ELSEWHERE = frozenset({"name", "data_source_path"})  # shown as the title and on the Dataset page


class SettingFact(NamedTuple):
    """A setting in words, and the default beside it where it differs."""

    label: str
    value: str
    note: str = ""


def page_order(run: Run, target: Path) -> PageOrder:
    """Return the order for a run's page, in the window's words."""
    return PageOrder(run.run_id, target, status_word(run), page_sections(run), entry_word)


def page_sections(run: Run) -> tuple[PageSection, ...]:
    """Return what a page says of a run; no addresses, no notes."""
    facts = [
        (_("Started"), exact_time(run.created_at)), (_("Last change"), exact_time(run.changed_at)),
        (_("Trigger word"), run.trigger_word), (_("Base model"), base_model_text(run)),
        (_("Who can use it"), visibility_text(run)), (_("Message from the service"), service_text(run)),
    ]
    short = tuple(PageFact(label, value) for label, value in facts if value and value != DASH)
    changed, same = (tuple(PageFact(*fact) for fact in some) for some in settings_facts(run))
    return (
        PageSection(_("Summary"), short), PageSection(_("Changed settings"), changed),
        PageSection(_("Default settings"), same),
    )


def settings_facts(run: Run) -> tuple[list[SettingFact], list[SettingFact]]:
    """Return the settings that differ from the defaults, and the rest."""
    form = run.form
    changed: list[SettingFact] = []
    same: list[SettingFact] = []
    for field in FIELDS:
        value = sent_value(run, field.key)
        if field.key in _ELSEWHERE or value is None:
            continue
        text = value_text(field.key, value)
        if form.changed(field.key):
            default = value_text(field.key, form.default(field.key))
            note = "" if default == DASH or field.required else _("default: {value}").format(value=default)
            changed.append(SettingFact(str(field.label), text, note))
        else:
            same.append(SettingFact(str(field.label), text))
    return changed, same


def entry_word(what: str, *, raw: bool = True) -> str:
    """Return the name of a phase or of a status of the service; an unknown status is returned unchanged.

    `raw`: with the status as the service writes it.
    """
    phases = {
        Phase.PREPARED: _("Created on this computer"),
        Phase.UPLOADING: _("Upload began"),
        Phase.UPLOADED: _("Photos uploaded"),
        Phase.SENDING: _("Request sent"),
        Phase.ACCEPTED: _("Accepted by the service"),
        Phase.REFUSED: _("Refused by the service"),
        Phase.UNKNOWN: _("No usable answer"),
        Phase.ADOPTED: _("Found in the service's list"),
        Phase.ABANDONED: _("Given up"),
    }
    if what in {phase.value for phase in Phase}:
        return phases[Phase(what)]
    if not what:
        return _("Stopped")
    stage = stage_of_status(what)
    if stage is Stage.OTHER:
        return what
    if not raw:
        return stage_word(stage)
    return _("{stage} ({status})").format(stage=stage_word(stage), status=what)
