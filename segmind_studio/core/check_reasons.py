"""Why a finding matters, by what the photos are to teach: a sentence for each check, and theme where that differs.

The rules are ours: they follow from what training does, which is to learn whatever the photos have in common. A
check that is not here has its reason in its advice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from segmind_studio.core.datasets import Check, Finding
from segmind_studio.texts import N_, Text, sentences

_ELSE = ""  # the theme "GENERAL", one that is not known, and any without a sentence of its own

_NAME_IT: Mapping[str, Text] = {  # what captions should say
    "CHARACTER": N_("Name clothes, place, pose and expression."),
    "PRODUCT": N_("Name the place, the angle, and anything beside the product."),
    "STYLE": N_("Name what each image shows."),
    _ELSE: N_("Name place, light and action."),
}
_REASONS: Mapping[Check, Mapping[str, Text]] = {
    Check.NEAR_DUPLICATE: {
        "CHARACTER": N_("Similar photos teach the same pose and light twice. Duplicates weigh double."),
        "PRODUCT": N_("Similar photos teach the same side of the product twice. Duplicates weigh double."),
        "STYLE": N_("Duplicates weigh double: their subject is learned as part of the style."),
        _ELSE: N_("Duplicates weigh double."),
    },
    Check.DUPLICATE: {
        "CHARACTER": N_("The same pose and light are learned more strongly."),
        "PRODUCT": N_("The same side and light are learned more strongly."),
        "STYLE": N_("Its subject is learned as part of the style."),
        _ELSE: N_("Anything it shows is learned more strongly."),
    },
    Check.FEW: {
        "CHARACTER": N_("From few photos, one expression and one outfit are learned as the person."),
        "PRODUCT": N_("Sides of the product that no photo shows are invented."),
        "STYLE": N_("From few images, their subjects are learned instead of the style."),
        _ELSE: N_("From few photos, chance similarities are learned too."),
    },
    Check.MANY: {
        "CHARACTER": N_("Keep photos with different poses, clothes and light."),
        "PRODUCT": N_("Keep photos of different sides and in different places."),
        "STYLE": N_("Keep images with different subjects."),
        _ELSE: N_("Keep the photos that differ most."),
    },
    Check.UNREADABLE: {_ELSE: N_("A photo that cannot be read teaches nothing.")},
    Check.CONVERTED: {_ELSE: N_("Without this, training could see other colours, or photos lying on their side.")},
    Check.NO_CAPTION: {
        "CHARACTER": N_("Clothes, places and light that no caption names are learned as part of the person."),
        "PRODUCT": N_("Hands, tables and backgrounds that no caption names are learned as part of the product."),
        "STYLE": N_("People and things that no caption names are learned as part of the style."),
        _ELSE: N_("Anything that no caption names is learned with the trigger word."),
    },
    Check.MISREAD: {_ELSE: N_("A misread word is learned as a different word.")},
    Check.TRIGGER_MISSPELT: {_ELSE: N_("These photos teach that other word.")},
    Check.FUSED: {
        "CHARACTER": N_("Clothes, glasses or places that are always there are taken for the person."),
        "PRODUCT": N_("Hands, tables or backgrounds that are always there are taken for the product."),
        "STYLE": N_("Subjects that are always there are taken for the style."),
        _ELSE: N_("Anything that is always there is taken for what you teach."),
    },
    Check.ALIKE: _NAME_IT,
    Check.FEW_WORDS: _NAME_IT,
    Check.ODD_LENGTH: {_ELSE: N_("Of a photo with few words, more is learned with the trigger word.")},
    Check.CONTRADICTORY: {_ELSE: N_("One of the two is learned wrongly from this photo.")},
    Check.ORPHANS: {_ELSE: N_("A caption without a photo is not sent.")},
    Check.SMALL: {
        "CHARACTER": N_("Enlarged faces lack fine details such as pores and hair."),
        "PRODUCT": N_("Enlarged letters and logos are unreadable, and are learned that way."),
        "STYLE": N_("Enlarging loses the strokes and grain of a style."),
        _ELSE: N_("Details missing in a small photo cannot be learned."),
    },
    Check.ASPECT: {
        "CHARACTER": N_("Heads and hands near the edges may be cut off."),
        "PRODUCT": N_("Parts of the product near the edges may be cut off."),
        "STYLE": N_("Without its edges, an image shows a different composition."),
        _ELSE: N_("Anything near the edges may not be learned."),
    },
    Check.ONE_SIDED: {
        "CHARACTER": N_("The person may look odd in pictures of another shape. Add photos of other shapes, "
                        "or crop some."),
        "PRODUCT": N_("The product may look odd in pictures of another shape. Add photos of other shapes, or "
                      "crop some."),
        "STYLE": N_("Compositions of other shapes are not learned. Add some, or crop a few."),
        _ELSE: N_("Pictures of another shape may look worse. Add photos of other shapes, or crop some."),
    },
    Check.CUT_OUT: {
        "CHARACTER": N_("A close-up teaches details, but its pose and light weigh double."),
        "PRODUCT": N_("A close-up teaches details, but the same side and light weigh double."),
        "STYLE": N_("A part of another image adds little, and its subject weighs double."),
        _ELSE: N_("A close-up teaches details, but what it shows weighs double."),
    },
    Check.BLURRED: {
        "CHARACTER": N_("Blurred faces teach a blurred face: skin and hair look smeared."),
        "PRODUCT": N_("Edges, letters and logos that are not sharp cannot be learned."),
        "STYLE": N_("Blur is learned as part of the style. Keep it only if you want it."),
        _ELSE: N_("Blur is learned too if many photos have it."),
    },
    Check.NOISY: {
        "CHARACTER": N_("Noise is learned as skin texture. A photo with less noise teaches more."),
        "PRODUCT": N_("Noise is learned as the surface of the product."),
        "STYLE": N_("Noise is learned as grain. Keep it only if you want it in the style."),
        _ELSE: N_("Noise is learned too if many photos have it."),
    },
    Check.DARK: {
        "CHARACTER": N_("A dark face shows few features to learn."),
        "PRODUCT": N_("Darkness hides the colours and edges of the product."),
        "STYLE": N_("Darkness is learned as part of the style. Keep it only if you want it."),
        _ELSE: N_("Details lost in the dark cannot be learned."),
    },
    Check.BRIGHT: {
        "CHARACTER": N_("Overexposed skin loses its features and colour."),
        "PRODUCT": N_("A white product on white loses its edges. Use a darker background."),
        "STYLE": N_("Glare is learned as part of the style. Keep it only if you want it."),
        _ELSE: N_("Overexposed areas have nothing to learn."),
    },
    Check.WASHED_OUT: {
        "CHARACTER": N_("With low contrast, faces look flat and grey."),
        "PRODUCT": N_("With low contrast, the product looks flat."),
        "STYLE": N_("Low contrast is learned as part of the style. Keep it only if you want it."),
        _ELSE: N_("Low contrast is learned too if many photos have it."),
    },
    Check.FEW_SCENES: {
        "CHARACTER": N_("Repeated clothes and places are learned as part of the person. Add photos with "
                        "other clothes, places and light."),
        "PRODUCT": N_("A repeated background is learned as part of the product. Add photos from other places."),
        "STYLE": N_("Repeated subjects are learned as part of the style. Add other subjects in the same style."),
        _ELSE: N_("Anything repeated in most photos is learned too. Add photos from other places."),
    },
}


def with_reasons(findings: Iterable[Finding], theme: str) -> tuple[Finding, ...]:
    """Return findings with the reason for a theme behind their advice, where there is one."""
    return tuple(
        replace(finding, advice=sentences(finding.advice, reason))
        if finding.check in _REASONS and (reason := reason_for(Check(finding.check), theme)) else finding
        for finding in findings
    )


def reason_for(check: Check, theme: str) -> str:
    """Return why findings of this check matter for a theme of the training form; "" for a check without one."""
    reasons = _REASONS.get(check)
    return str(reasons.get(theme, reasons[_ELSE])) if reasons else ""
