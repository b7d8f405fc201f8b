"""The findings about pictures that need them measured: likeness, blur, noise, exposure, scenes and place data.

They are judged among the used photos alone, so that the window and the command line find the same. Why they matter
is in `check_reasons`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import prod

from segmind_studio.core.datasets import ADVISED_MIN_IMAGES, MEASURED_UNASKED, Check, Finding, Photo, Severity
from segmind_studio.core.duplicate_groups import undecided
from segmind_studio.core.likeness import PictureMeasures, all_but_the_best
from segmind_studio.core.picture_traits import PictureTraits, too_few_scenes
from segmind_studio.formats import number, percent
from segmind_studio.record import record
from segmind_studio.texts import _, listed, ngettext, sentences

_NAMED = 3  # photos in a sentence, worst first
_CLEARLY = 1.25  # times as wide as high: less counts as square
_ORDER = tuple(Severity)
_LESS_SURE = {Check.NOISY, Check.WASHED_OUT}


@record
class MeasuredPhotos:
    """What is known of the photos that go into the package.

    `groups` look nearly alike, `cutouts` are photos with those that they are a part of, `scenes` are groups of
    similar colours, () while not all are measured. `standing` are those that stand out by a check, and `usual` the
    set's middle focus and noise. `stripped` is True when place data is removed from what is sent.
    """

    photos: tuple[Photo, ...]
    measures: Mapping[str, PictureMeasures]
    groups: Sequence[Sequence[Photo]]
    scenes: Sequence[Sequence[Photo]]
    cutouts: Sequence[tuple[Photo, Photo]]
    standing: Mapping[Check, Sequence[Photo]]
    usual: tuple[float, float]
    stripped: bool

    def traits(self, photo: Photo) -> PictureTraits | None:
        """Return what was measured of a photo."""
        found = self.measures.get(photo.photo_id)
        return found.traits if found else None


def judged_photos(used: tuple[Photo, ...], findings: Iterable[Finding]) -> tuple[Photo, ...]:
    """Return the used photos that are judged: copies of the same file are said otherwise."""
    copies = {name for found in findings if found.check == Check.DUPLICATE for name in found.photo_ids}
    return tuple([photo for photo in used if photo.photo_id not in copies]) if copies else used


def parts_remark(count: int) -> str:
    """Return how photos that are parts of others are found among so many; "" when all are compared."""
    if count <= MEASURED_UNASKED:
        return ""
    words = _("With more than {count} photos, parts of other photos are only found by related file names.")
    return words.format(count=MEASURED_UNASKED)


def with_picture_findings(findings: Sequence[Finding], more: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return one list of the findings of a package and those about its measured pictures, worst first."""
    return tuple(sorted((*findings, *more), key=_severity)) if more else tuple(findings)


def _severity(finding: Finding) -> int:
    return _ORDER.index(finding.severity)


def picture_findings(known: MeasuredPhotos) -> tuple[Finding, ...]:
    """Return the findings about measured photos, without those that the user ignores."""
    near = tuple(_near_duplicates(known))
    copies = frozenset(name for finding in near for name in finding.photo_ids)
    return (
        *near, *_cut_out(known, copies), *_standing_out(known), *_few_scenes(known), *_one_sided(known),
        *_place_data(known),
    )


def _near_duplicates(known: MeasuredPhotos) -> Iterator[Finding]:
    parts = frozenset(part.photo_id for part, _whole in known.cutouts)
    extra = tuple(
        name for group in undecided(known.groups) for name in all_but_the_best(group, known.measures, parts)
    )
    if extra:
        words = ngettext(
            "{count} photo looks like another one.", "{count} photos look like others.",
            len(extra),
        )
        advice = _("The largest and sharpest of each group is kept.")
        yield Finding(Check.NEAR_DUPLICATE, Severity.SHOULD, words.format(count=len(extra)), advice, extra)


def _cut_out(known: MeasuredPhotos, copies: frozenset[str]) -> Iterator[Finding]:
    """Yield the finding about cut-outs, without near duplicates and those that were said to be different."""
    wholes: dict[str, list[Photo]] = {}
    parts: dict[str, Photo] = {}
    for part, whole in known.cutouts:
        if part.photo_id not in copies and not part.ignores(Check.CUT_OUT) and undecided([[part, whole]]):
            parts[part.photo_id] = part
            wholes.setdefault(part.photo_id, []).append(whole)
    if not parts:
        return
    count = len(parts)
    words = ngettext(
        "{count} photo is part of another one.", "{count} photos are parts of others.", count,
    ).format(count=count)
    pairs = listed(
        # Translators: names of two photos: one is cut out of the other.
        _("{part} from {whole}").format(part=part.path.name, whole=max(wholes[name], key=_pixels).path.name)
        for name, part in list(parts.items())[:_NAMED]
    )
    text = sentences(words, _("Photos: {photos}.").format(photos=pairs))
    yield Finding(Check.CUT_OUT, Severity.INFO, text, photo_ids=tuple(parts))


def _pixels(photo: Photo) -> int:
    return prod(photo.edited_size)


def _standing_out(known: MeasuredPhotos) -> Iterator[Finding]:
    for check, those in known.standing.items():
        found = [photo for photo in those if not photo.ignores(check)]
        if check is Check.PLACE_DATA or not found:
            continue
        count = len(found)
        worst = listed(
            # Translators: the name of a photo, and what was measured.
            _("{name} ({value})").format(name=photo.path.name, value=_value(check, traits, known.usual))
            for photo in found[:_NAMED] if (traits := known.traits(photo)) is not None
        )
        yield Finding(
            check, Severity.INFO if check in _LESS_SURE else Severity.SHOULD,
            sentences(
                _count_words(check, count),
                # Translators: {photos} are names of photos.
                (_("Photos: {photos}.") if count == 1 else _("Worst: {photos}.")).format(photos=worst),
            ),
            photo_ids=tuple(photo.photo_id for photo in found),
        )


def _count_words(check: Check, count: int) -> str:
    words = {
        Check.BLURRED: ngettext(
            "{count} photo is much less sharp than the others.",
            "{count} photos are much less sharp than the others.", count,
        ),
        Check.NOISY: ngettext(
            "{count} photo has much more noise than the others.",
            "{count} photos have much more noise than the others.", count,
        ),
        Check.DARK: ngettext("{count} photo is too dark.", "{count} photos are too dark.", count),
        Check.BRIGHT: ngettext("{count} photo is too bright.", "{count} photos are too bright.", count),
        Check.WASHED_OUT: ngettext(
            "{count} photo has low contrast.", "{count} photos have low contrast.", count,
        ),
    }
    return words[check].format(count=count)


def _value(check: Check, found: PictureTraits, usual_values: tuple[float, float]) -> str:
    """Write how bad a picture is, in words that need no knowledge of the measure."""
    focus, noise = usual_values
    low, dark, bright, high = found.levels
    whole = 255
    match check:
        case Check.BLURRED:
            # Translators: {share} is a percentage.
            return _("{share} of the usual sharpness").format(share=percent(found.focus / max(1.0, focus)))
        case Check.NOISY:
            return _("{times} times the usual noise").format(times=number(found.noise / max(0.5, noise)))
        case Check.DARK:
            return _("nearly all below {share} of white").format(share=percent(bright / whole))
        case Check.BRIGHT:
            return _("nearly all above {share} of white").format(share=percent(dark / whole))
        case _:
            return _("{share} of the full contrast").format(share=percent((high - low) / whole))


def _few_scenes(known: MeasuredPhotos) -> Iterator[Finding]:
    count = sum(map(len, known.scenes))
    if not too_few_scenes(count, len(known.scenes)) or _all_ignore(known.photos, Check.FEW_SCENES):
        return
    scenes = ngettext("{count} scene", "{count} scenes", len(known.scenes)).format(count=len(known.scenes))
    photos = ngettext("{count} photo", "{count} photos", count).format(count=count)
    # Translators: {photos} is such as “12 photos”, {scenes} such as “2 scenes”.
    words = _("{photos}, {scenes}: most look alike.").format(photos=photos, scenes=scenes)
    names = tuple(photo.photo_id for scene in known.scenes for photo in scene)
    yield Finding(Check.FEW_SCENES, Severity.SHOULD, words, photo_ids=names)


def _one_sided(known: MeasuredPhotos) -> Iterator[Finding]:
    photos = known.photos
    if len(photos) < ADVISED_MIN_IMAGES or _all_ignore(photos, Check.ONE_SIDED):
        return
    ratios = [wide / high for wide, high in (photo.edited_size for photo in photos) if high]
    words = (
        _("All {count} photos are wide.") if min(ratios, default=1.0) >= _CLEARLY
        else _("All {count} photos are tall.") if max(ratios, default=1.0) <= 1 / _CLEARLY else ""
    )
    if words:
        names = tuple(photo.photo_id for photo in photos)
        yield Finding(Check.ONE_SIDED, Severity.INFO, words.format(count=len(photos)), photo_ids=names)


def _all_ignore(photos: Iterable[Photo], check: Check) -> bool:
    return all(photo.ignores(check) for photo in photos)


def _place_data(known: MeasuredPhotos) -> Iterator[Finding]:
    subject = "" if known.stripped else "sent"  # who ignores that files have it, may want to know that it is sent
    named = tuple(
        photo.photo_id for photo in known.standing.get(Check.PLACE_DATA, ())
        if not photo.ignores(Check.PLACE_DATA, subject)
    )
    if not named:
        return
    words = ngettext(
        "{count} photo contains its location.",
        "{count} photos contain their location.", len(named),
    )
    advice = (
        _("The location is removed from uploads and exports. Your own files keep it.") if known.stripped
        else _("The location is sent too. Anyone who gets the photos can read where you were.")
    )
    severity = Severity.INFO if known.stripped else Severity.SHOULD
    yield Finding(Check.PLACE_DATA, severity, words.format(count=len(named)), advice, named, subject)
