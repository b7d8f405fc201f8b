"""Warnings across fields and photos: values that the service accepts and that are probably a mistake."""

from __future__ import annotations

from dataclasses import dataclass

from segmind_studio.core.datasets import (
    ADVISED_IMAGES,
    ADVISED_MAX_IMAGES,
    ADVISED_MIN_IMAGES,
    MAX_ARCHIVE_BYTES,
    Dataset,
    PackageInfo,
    Severity,
    has_trigger,
)
from segmind_studio.core.fields import FIELD_BY_KEY, LEARNING_RATE_BY_TYPE, is_finite_number, number_text
from segmind_studio.core.fixes import Fix, FixKind, trigger_fixes, trigger_prefix
from segmind_studio.core.form import TrainingForm

_LOUD_LEARNING_RATE = 0.001


@dataclass(frozen=True, slots=True)
class Advice:
    """One message at a field; `MUST` blocks the review, other severities do not. `fixes` may be empty."""

    key: str  # the field it is about
    severity: Severity
    words: str
    fixes: tuple[Fix, ...] = ()


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """What the form needs to know about the photos that would be sent."""

    image_count: int = 0
    captions: tuple[str, ...] = ()  # of the used photos, empty texts included
    size: int = 0

    @classmethod
    def of(cls, dataset: Dataset, package: PackageInfo) -> DatasetFacts:
        """Return the facts of a dataset and its package."""
        used = dataset.used
        return cls(len(used), tuple(photo.caption for photo in used), package.size)


def advice(form: TrainingForm, facts: DatasetFacts) -> tuple[Advice, ...]:
    """Return the advice on a form, all of its runs, and its photos, worst first."""
    found = [
        item
        for single in form.forms
        for item in (
            *_about_photos(single, facts),
            *_about_trigger(single, facts),
            *_about_numbers(single),
            *_about_captions(single, facts),
        )
    ]
    order = list(Severity)
    return tuple(sorted(dict.fromkeys(found), key=lambda item: order.index(item.severity)))


def _about_photos(form: TrainingForm, facts: DatasetFacts) -> list[Advice]:
    if form.text("data_source_path"):
        return []
    key = "data_source_path"
    if facts.image_count == 0:
        return [Advice(key, Severity.MUST, "There are no photos yet. Add some on the Data page.")]
    found: list[Advice] = []
    if facts.size >= MAX_ARCHIVE_BYTES:
        found.append(Advice(key, Severity.MUST,
                            f"The package has {facts.size / 1e6:.1f} MB; the service takes less than 100 MB. "
                            "Exclude some photos."))
    if facts.image_count > ADVISED_MAX_IMAGES:
        found.append(Advice(key, Severity.SHOULD,
                            f"{facts.image_count} photos: {ADVISED_IMAGES} are advised. More has failed "
                            "for some."))
    if facts.image_count < ADVISED_MIN_IMAGES:
        found.append(Advice(key, Severity.SHOULD,
                            f"Only {facts.image_count} photo{'s' if facts.image_count > 1 else ''}: "
                            f"{ADVISED_IMAGES} are advised."))
    return found


def _about_trigger(form: TrainingForm, facts: DatasetFacts) -> list[Advice]:
    trigger = form.text("trigger_word").strip()
    prompt = form.text("instance_prompt")
    found: list[Advice] = []
    if trigger and prompt.strip() and not has_trigger(prompt, trigger):
        whole = trigger_prefix(trigger) + prompt.lstrip()
        lead = Fix(FixKind.SET, "Put it in front", key="instance_prompt", value=whole)
        found.append(Advice("instance_prompt", Severity.SHOULD,
                            f"The prompt does not hold the trigger word “{trigger}”.", (lead,)))
    captions = [text for text in facts.captions if text.strip()]
    missing = sum(not has_trigger(text, trigger) for text in captions)
    if trigger and missing and not form.text("data_source_path"):
        do = "does" if missing == 1 else "do"
        found.append(Advice("trigger_word", Severity.SHOULD,
                            f"{missing} of {len(captions)} captions {do} not hold “{trigger}”.",
                            trigger_fixes(captions, trigger)))
    return found


def _about_numbers(form: TrainingForm) -> list[Advice]:
    rate = form.value("learning_rate")
    full = form.value("finetune_type") == "FULL"
    highest = FIELD_BY_KEY["learning_rate"].maximum or 0.0
    if full and is_finite_number(rate) and _LOUD_LEARNING_RATE <= rate <= highest:
        usual = LEARNING_RATE_BY_TYPE["FULL"]
        times = round(rate / usual)
        back = Fix(FixKind.SET, f"Back to {number_text(usual)}", key="learning_rate", value=usual)
        return [Advice("learning_rate", Severity.SHOULD,
                       f"This is {times} times the documented default for full fine-tuning. "
                       "The model will very likely be ruined.", (back,))]
    return []


def _about_captions(form: TrainingForm, facts: DatasetFacts) -> list[Advice]:
    if form.text("data_source_path") or not facts.captions:
        return []
    written, count = sum(bool(text.strip()) for text in facts.captions), len(facts.captions)
    if form.value("captioning") is True and written:
        off = Fix(FixKind.SET, "Turn them off", key="captioning", value=False)
        have = "Every photo has" if written == count else f"{written} of {count} photos {_have(written)}"
        them = "it" if written == 1 else "them"
        return [Advice("captioning", Severity.SHOULD,
                       f"{have} your caption. Automatic captions are on and may replace {them}.", (off,))]
    if form.value("captioning") is False and written == 0:
        on = Fix(FixKind.SET, "Turn them on", key="captioning", value=True)
        return [Advice("captioning", Severity.SHOULD,
                       "No photo has a caption and automatic captions are off.", (on,))]
    return []


def _have(count: int) -> str:
    return "has" if count == 1 else "have"
