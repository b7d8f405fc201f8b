"""Warnings across fields and photos: values that the service accepts and that are probably a mistake."""

from __future__ import annotations

from functools import lru_cache

from segmind_studio.core.datasets import (
    ADVISED_MAX_IMAGES,
    ADVISED_MIN_IMAGES,
    MAX_ARCHIVE_BYTES,
    Dataset,
    PackageInfo,
    Severity,
    advised_images,
    has_trigger,
)
from segmind_studio.core.fields import FIELD_BY_KEY, LEARNING_RATE_BY_TYPE, is_finite_number, number_text
from segmind_studio.core.fixes import Fix, FixKind, trigger_fixes, trigger_prefix
from segmind_studio.core.form import TrainingForm
from segmind_studio.formats import megabytes
from segmind_studio.record import record
from segmind_studio.texts import _, ngettext

_LOUD_LEARNING_RATES = {"FULL": 0.001, "LORA": 0.002}  # 100 and 20 times the default; a LoRA bears higher ones


@record
class Advice:
    """One message at a field; `MUST` blocks the review, other severities do not. `fixes` may be empty."""

    key: str  # the field it is about
    severity: Severity
    text: str
    fixes: tuple[Fix, ...] = ()


@record
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
        return [Advice(key, Severity.MUST, _("No photos yet. Add some on the Data page."))]
    found: list[Advice] = []
    if facts.size >= MAX_ARCHIVE_BYTES:
        found.append(Advice(key, Severity.MUST,
                            _("The package is {size}; the limit is 100 MB. Exclude some photos.")
                            .format(size=megabytes(facts.size))))
    if facts.image_count > ADVISED_MAX_IMAGES:
        found.append(Advice(key, Severity.SHOULD,
                            _("{count} photos: {advised} are recommended. With more, training sometimes fails.")
                            .format(count=facts.image_count, advised=advised_images())))
    if facts.image_count < ADVISED_MIN_IMAGES:
        found.append(Advice(key, Severity.SHOULD,
                            ngettext("Only {count} photo: {advised} are recommended.",
                                     "Only {count} photos: {advised} are recommended.", facts.image_count)
                            .format(count=facts.image_count, advised=advised_images())))
    return found


def _about_trigger(form: TrainingForm, facts: DatasetFacts) -> list[Advice]:
    trigger = form.text("trigger_word").strip()
    prompt = form.text("instance_prompt")
    found: list[Advice] = []
    if trigger and prompt.strip() and not has_trigger(prompt, trigger):
        whole = trigger_prefix(trigger) + prompt.lstrip()
        lead = Fix(FixKind.SET, _("Add it at the start"), key="instance_prompt", value=whole)
        found.append(
            Advice(
                "instance_prompt",
                Severity.SHOULD,
                _("The prompt does not contain the trigger word “{trigger}”.").format(trigger=trigger),
                (lead,),
            )
        )
    if not trigger or form.text("data_source_path"):
        return found
    written, missing = _counts(facts.captions, trigger)
    if missing:
        found.append(Advice("trigger_word", Severity.SHOULD,
                            ngettext("{count} of {all} captions does not contain the trigger word “{trigger}”.",
                                     "{count} of {all} captions do not contain the trigger word "
                                     "“{trigger}”.", missing)
                            .format(count=missing, all=written, trigger=trigger),
                            trigger_fixes(facts.captions, trigger)))
    return found


@lru_cache(maxsize=1)  # asked again after each edit of the form, and the captions are still the same
def _counts(captions: tuple[str, ...], trigger: str) -> tuple[int, int]:
    """Return how many captions hold text, and how many of these do not contain the trigger word."""
    written = [text for text in captions if text and not text.isspace()]
    return len(written), len([text for text in written if not has_trigger(text, trigger)])


def _about_numbers(form: TrainingForm) -> list[Advice]:
    rate = form.value("learning_rate")
    kind = form.text("finetune_type")
    highest = FIELD_BY_KEY["learning_rate"].maximum or 0.0
    if kind in _LOUD_LEARNING_RATES and is_finite_number(rate) and _LOUD_LEARNING_RATES[kind] <= rate <= highest:
        usual = LEARNING_RATE_BY_TYPE[kind]
        times = round(rate / usual)
        words = (
            ngettext("This is {count} time the default for full fine-tuning. It will very likely "
                     "ruin the model.",
                     "This is {count} times the default for full fine-tuning. It will very likely "
                     "ruin the model.", times)
            if kind == "FULL"
            else ngettext("This is {count} time the default for a LoRA. It will very likely ruin the model.",
                          "This is {count} times the default for a LoRA. It will very likely ruin the model.",
                          times)
        )
        back = Fix(
            FixKind.SET, _("Back to {value}").format(value=number_text(usual)), key="learning_rate", value=usual
        )
        return [Advice("learning_rate", Severity.SHOULD, words.format(count=times), (back,))]
    return []


def _about_captions(form: TrainingForm, facts: DatasetFacts) -> list[Advice]:
    if form.text("data_source_path") or not facts.captions:
        return []
    written, count = sum(bool(text.strip()) for text in facts.captions), len(facts.captions)
    if form.value("captioning") is True and written:
        off = Fix(FixKind.SET, _("Turn off automatic captions"), key="captioning", value=False)
        words = (
            _("Every photo has a caption of yours. Automatic captions are on and may replace it.")
            if written == count
            else ngettext(
                "{count} of {all} photos has a caption of yours. Automatic captions are on and may replace it.",
                "{count} of {all} photos have a caption of yours. Automatic captions are on and may replace it.",
                written,
            ).format(count=written, all=count)
        )
        return [Advice("captioning", Severity.SHOULD, words, (off,))]
    if form.value("captioning") is False and written == 0:
        on = Fix(FixKind.SET, _("Turn on automatic captions"), key="captioning", value=True)
        return [Advice("captioning", Severity.SHOULD,
                       _("No photo has a caption, and automatic captions are off."), (on,))]
    return []

