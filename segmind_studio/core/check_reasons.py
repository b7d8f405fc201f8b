"""Why a finding about pictures matters, by what the photos are to teach: a sentence for each check and theme.

The rules are ours: they follow from what training does, which is to learn whatever the photos have in common.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from segmind_studio.core.datasets import Check, Finding
from segmind_studio.texts import N_, Text, sentences

_ELSE = ""  # the theme "GENERAL", and one that is not known

_REASONS: Mapping[Check, Mapping[str, Text]] = {
    Check.NEAR_DUPLICATE: {
        "CHARACTER": N_("Nearly the same photo teaches the same pose and light again, and counts twice."),
        "PRODUCT": N_("Nearly the same photo teaches the same side of the product again, and counts twice."),
        "STYLE": N_("Nearly the same picture twice: its motif is learned as a part of the style."),
        _ELSE: N_("Nearly the same photo teaches the same again, and counts twice."),
    },
    Check.SMALL: {
        "CHARACTER": N_("Enlarged faces have no pores, lashes and hairs to learn."),
        "PRODUCT": N_("Enlarged letters and marks cannot be read, and are learned like that."),
        "STYLE": N_("The stroke and grain of a style are lost when it is enlarged."),
        _ELSE: N_("Details that a small photo lacks cannot be learned."),
    },
    Check.ASPECT: {
        "CHARACTER": N_("At the edges, heads and hands are cut off."),
        "PRODUCT": N_("At the edges, parts of the product are cut off."),
        "STYLE": N_("Without its edges a picture shows another composition."),
        _ELSE: N_("What is at the edges may not be learned."),
    },
    Check.ONE_SIDED: {
        "CHARACTER": N_("The person may look odd in results of another shape. Add some, or crop a few."),
        "PRODUCT": N_("The product may look odd in results of another shape. Add some, or crop a few."),
        "STYLE": N_("Compositions of another shape are not learned. Add some, or crop a few."),
        _ELSE: N_("Results of another shape may come out worse. Add some, or crop a few."),
    },
    Check.CUT_OUT: {
        "CHARACTER": N_("A close-up teaches details, but its pose and light count twice."),
        "PRODUCT": N_("A close-up teaches details, but the same side and light count twice."),
        "STYLE": N_("A part of another picture adds little: its motif counts twice."),
        _ELSE: N_("A close-up teaches details, but what it shows counts twice."),
    },
    Check.BLURRED: {
        "CHARACTER": N_("Soft faces teach a soft face: skin and hair come out smeared."),
        "PRODUCT": N_("Edges, letters and marks of the product cannot be learned where they are not sharp."),
        "STYLE": N_("Blur is learned as a part of the style. Keep it only if it belongs there."),
        _ELSE: N_("Blur is learned like everything else that photos have in common."),
    },
    Check.NOISY: {
        "CHARACTER": N_("Noise is learned as skin. A calmer photo of the same teaches more."),
        "PRODUCT": N_("Noise is learned as the product's surface."),
        "STYLE": N_("Noise is learned as grain of the style. Keep it only if it belongs there."),
        _ELSE: N_("Noise is learned like everything else that photos have in common."),
    },
    Check.DARK: {
        "CHARACTER": N_("In the dark a face has no features that could be learned."),
        "PRODUCT": N_("In the dark the product's colours and edges are lost."),
        "STYLE": N_("Darkness is learned as a part of the style. Keep it only if it belongs there."),
        _ELSE: N_("What is lost in the dark cannot be learned."),
    },
    Check.BRIGHT: {
        "CHARACTER": N_("Where skin is only white, its features and colour are lost."),
        "PRODUCT": N_("A white product on white loses its edges. A darker background shows them."),
        "STYLE": N_("Glare is learned as a part of the style. Keep it only if it belongs there."),
        _ELSE: N_("What is only white has nothing that could be learned."),
    },
    Check.WASHED_OUT: {
        "CHARACTER": N_("With so little contrast, faces come out flat and grey."),
        "PRODUCT": N_("With so little contrast, colours and edges of the product come out flat."),
        "STYLE": N_("Little contrast is learned as a part of the style. Keep it only if it belongs there."),
        _ELSE: N_("Little contrast is learned like everything else that photos have in common."),
    },
    Check.FEW_SCENES: {
        "CHARACTER": N_("Clothes and surroundings that return are learned as a part of the person. "
                        "Add other places, clothes and light."),
        "PRODUCT": N_("A background that returns is learned as a part of the product. Add other places."),
        "STYLE": N_("Motifs that return are learned as a part of the style. Add other motifs in the same style."),
        _ELSE: N_("What returns in most photos is learned along. Add photos from other places."),
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
