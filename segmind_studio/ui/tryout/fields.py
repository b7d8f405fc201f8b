"""The settings of one image: a record for each field, and the request that they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from segmind_studio.core.fields import Choice, Field, Group, Kind, Value
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.image_requests import (
    MOST_EXTRA,
    MOST_IMAGES,
    TryRequest,
    Way,
    read_extra,
    takes_negative,
    takes_own_size,
)
from segmind_studio.core.runs import Run
from segmind_studio.texts import N_, NC_, _

_SEEDS = 2**32
HIGHEST_SEED = _SEEDS - 1
_SOURCE = N_("Black Forest Labs' fine-tuned Flux Pro")
_SERVICE = N_("Segmind's API")
_APP = N_("The app")
OWN_SIZE = "own"
RATIOS = {"1024x1024": "1:1", "832x1216": "2:3", "1216x832": "3:2", "1344x768": "16:9"}

PROMPT = Field(
    key="prompt",
    group=Group.TOP,
    kind=Kind.LONG_TEXT,
    label=N_("Prompt"),
    required=True,
    max_length=2000,
    default="",
    help=N_("What the picture should show. Include the trigger word to use what was learned."),
    source=_SOURCE,
)
NEGATIVE = Field(
    key="negative_prompt", group=Group.TOP, kind=Kind.LONG_TEXT, label=N_("Leave "
                                                                          "out"), default="", max_length=2000,
    help=N_("What the picture should not show."), source=_SERVICE,
)
STRENGTH = Field(
    key="finetune_strength", group=Group.TOP, kind=Kind.FLOAT, label=N_("Strength"), default=1.0,
    minimum=0.0, maximum=2.0, step=0.1, source=_SOURCE,
    help=N_("How strongly the fine-tune is used: 0 is off, 1 is normal, 2 is the maximum."),
)
SIZE = Field(
    key="size",
    group=Group.TOP,
    kind=Kind.CHOICE,
    label=NC_("width and height", "Size"),
    default="1024x1024",
    source=_SOURCE,
    help=N_("All sizes have about one megapixel."),
    choices=(
        Choice("1024x1024", N_("1:1"), N_("1024 by 1024 pixels.")),
        Choice("832x1216", N_("2:3"), N_("832 by 1216 pixels.")),
        Choice("1216x832", N_("3:2"), N_("1216 by 832 pixels.")),
        Choice("1344x768", N_("16:9"), N_("1344 by 768 pixels.")),
        Choice(OWN_SIZE, N_("Custom"), N_("Your own width and height.")),
    ),
)
_STEP = 32  # pixels
WIDTH = Field(
    key="width", group=Group.TOP, kind=Kind.INT, label=N_("Width"), default=1024, minimum=256, maximum=1440,
    step=_STEP, help=N_("In pixels."), source=_SOURCE,
)
HEIGHT = Field(
    key="height", group=Group.TOP, kind=Kind.INT, label=N_("Height"), default=1024, minimum=256, maximum=1440,
    step=_STEP, help=N_("In pixels. Far from a megapixel, pictures often get worse."), source=_SOURCE,
)
SEED = Field(
    key="seed",
    group=Group.TOP,
    kind=Kind.INT,
    label=N_("Seed"),
    default="",
    minimum=0,
    maximum=HIGHEST_SEED,
    step=1,
    help=N_("The same seed and prompt give the same picture. Leave empty for a random seed."),
    source=_SOURCE,
)
COUNT = Field(
    key="count", group=Group.TOP, kind=Kind.INT, label=N_("Pictures"), default=1, minimum=1, maximum=MOST_IMAGES,
    step=1, help=N_("Each picture is a separate request. If you set a seed, it counts up."), source=_APP,
)
SENT_AS = Field(
    key="sent_as", group=Group.TOP, kind=Kind.CHOICE, label=N_("Size format"), default="size",
    help=N_("Some models need a ratio instead of pixels."), source=_SERVICE,
    choices=(
        Choice("size", N_("Pixels"), N_("sent as width and height.")),
        Choice("ratio", N_("Ratio"), N_("sent as aspect_ratio.")),
    ),
)
WAY = Field(
    key="way", group=Group.TOP, kind=Kind.CHOICE, label=N_("Request type"), default=Way.AUTO.value,
    help=N_("A queued picture is found again after you close the app."), source=_SERVICE,
    choices=(
        Choice(Way.AUTO.value, N_("Automatic"), N_("depends on the model's address.")),
        Choice(Way.DIRECT.value, N_("Direct"), N_("uses v1: the answer is the picture.")),
        Choice(Way.QUEUED.value, N_("Queued"), N_("uses v2: the answer is an id that the app checks.")),
    ),
)
EXTRA = Field(
    key="extra", group=Group.TOP, kind=Kind.LONG_TEXT, label=N_("More settings, as JSON"), default="",
    max_length=MOST_EXTRA, source=_APP,
    help=N_("Extra settings for this model. They are added to the request and saved for the model."),
)
OPTIONS: tuple[Field, ...] = (PROMPT, NEGATIVE, STRENGTH, SIZE, WIDTH, HEIGHT, SEED, COUNT, SENT_AS, WAY, EXTRA)
MORE: tuple[Field, ...] = (SENT_AS, WAY, EXTRA)
Values = Mapping[str, Value]


def option_problem(field: Field, value: Value, run: Run | None = None) -> str:
    """Return the error of a setting, "" when it can be sent; a seed may be left out."""
    if field is EXTRA:
        return read_extra(str(value), negative=run is not None and takes_negative(run)).problem
    if field is SIZE and value == OWN_SIZE and run is not None and not takes_own_size(run):
        return _("This model is only known to accept the other sizes.")
    if field in {WIDTH, HEIGHT} and isinstance(value, int) and value % _STEP and not field.problem(value):
        near = round(value / _STEP) * _STEP
        return _("{field} must be a multiple of {step}, such as {near}.").format(
            field=field.label, step=_STEP, near=near,
        )
    return "" if field is SEED and value == "" else field.problem(value)


def fields_in_use(values: Values) -> tuple[Field, ...]:
    """Return the settings that are sent: a width and a height only in place of the other sizes, and as pixels."""
    unused = {SENT_AS} if values[SIZE.key] == OWN_SIZE else {WIDTH, HEIGHT}
    return tuple(field for field in OPTIONS if field not in unused)


def request_for(run: Run, values: Values) -> TryRequest | None:
    """Put the request together; None while any setting cannot be sent."""
    if any(option_problem(field, values[field.key], run) for field in fields_in_use(values)):
        return None
    size = str(values[SIZE.key])
    if size == OWN_SIZE:
        size = f"{values[WIDTH.key]}x{values[HEIGHT.key]}"
    width, height = (int(side) for side in size.split("x"))
    seed, negative = values[SEED.key], takes_negative(run)
    return TryRequest(
        run_id=run.run_id, prompt=str(values[PROMPT.key]).strip(), seed=seed if isinstance(seed, int) else None,
        strength=float(values[STRENGTH.key]), width=width, height=height,
        inference_api_url=run.inference_api_url, slug=run.slug,
        negative_prompt=str(values[NEGATIVE.key]).strip() if negative else "",
        ratio=RATIOS.get(size, "") if values[SIZE.key] != OWN_SIZE and values[SENT_AS.key] == "ratio" else "",
        extra=read_extra(str(values[EXTRA.key]), negative=negative).canonical, way=Way(str(values[WAY.key])),
    )


def requests_for(run: Run, values: Values) -> tuple[TryRequest, ...]:
    """Return one request for each picture; none while any setting cannot be sent."""
    request = request_for(run, values)
    if request is None:
        return ()
    seed = request.seed
    return tuple(
        replace(request, seed=None if seed is None else (seed + number) % _SEEDS)
        for number in range(int(values[COUNT.key]))
    )


def values_of(generated: GeneratedImage) -> dict[str, Value]:
    """Return the settings of an earlier picture; one picture again."""
    size = f"{generated.width}x{generated.height}"
    return {
        PROMPT.key: generated.prompt, NEGATIVE.key: generated.negative_prompt, STRENGTH.key: generated.strength,
        SIZE.key: size if size in RATIOS else OWN_SIZE, COUNT.key: 1,
        WIDTH.key: generated.width, HEIGHT.key: generated.height,
        SEED.key: "" if generated.seed is None else generated.seed,
        SENT_AS.key: "ratio" if generated.ratio else "size",
        WAY.key: generated.way if generated.way in set(Way) else Way.AUTO.value, EXTRA.key: generated.extra,
    }
