"""The settings of one try: their rules and words, as records for the form factory."""

from __future__ import annotations

from segmind_studio.core.fields import Choice, Field, Group, Kind, Value
from segmind_studio.core.runs import Run
from segmind_studio.services.tryouts import TryRequest

HIGHEST_SEED = 2**32 - 1
_SOURCE = "Black Forest Labs' fine-tuned Flux Pro"

PROMPT = Field(
    key="prompt", group=Group.TOP, kind=Kind.LONG_TEXT, label="Prompt", required=True, max_length=2000, default="",
    help="What the picture shows. Put the trigger word in to call up what was learnt.", source=_SOURCE,
)
STRENGTH = Field(
    key="finetune_strength", group=Group.TOP, kind=Kind.FLOAT, label="Strength", default=1.0,
    minimum=0.0, maximum=2.0, step=0.1, source=_SOURCE,
    help="How much of the learnt shows: 0 is the plain model, 1 is usual, 2 is most.",
)
SIZE = Field(
    key="size", group=Group.TOP, kind=Kind.CHOICE, label="Size", default="1024x1024", source=_SOURCE,
    help="About one megapixel each.",
    choices=(
        Choice("1024x1024", "1:1", "1024 by 1024 pixels."), Choice("832x1216", "2:3", "832 by 1216 pixels."),
        Choice("1216x832", "3:2", "1216 by 832 pixels."), Choice("1344x768", "16:9", "1344 by 768 pixels."),
    ),
)
SEED = Field(
    key="seed", group=Group.TOP, kind=Kind.INT, label="Seed", default="", minimum=0, maximum=HIGHEST_SEED, step=1,
    help="The same seed and prompt give the same picture. Empty: one is drawn each time, and shown.",
    source=_SOURCE,
)
OPTIONS: tuple[Field, ...] = (PROMPT, STRENGTH, SIZE, SEED)


def option_problem(field: Field, value: Value) -> str:
    """Say what is wrong with a setting, "" when it can be sent; a seed may be left out."""
    return "" if field is SEED and value == "" else field.problem(value)


def request_for(run: Run, values: dict[str, Value]) -> TryRequest | None:
    """Put the request together; None while any setting cannot be sent."""
    if any(option_problem(field, values[field.key]) for field in OPTIONS):
        return None
    width, height = (int(side) for side in str(values[SIZE.key]).split("x"))
    seed = values[SEED.key]
    return TryRequest(
        run_id=run.run_id, prompt=str(values[PROMPT.key]).strip(), seed=seed if isinstance(seed, int) else None,
        strength=float(values[STRENGTH.key]), width=width, height=height,
        inference_api_url=run.inference_api_url, slug=run.slug,
    )
