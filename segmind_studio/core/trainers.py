"""Other trainers and how they want a dataset: layout, kinds of pictures and captions, as their documents say."""

from __future__ import annotations

from segmind_studio.record import record
from segmind_studio.texts import N_, Text

KOHYA_REPEATS = 10  # how often an epoch goes over the photos; the number in front of the folder's name
_ALL = frozenset({"JPEG", "PNG", "WEBP"})
_NO_WEBP = frozenset({"JPEG", "PNG"})


@record
class Trainer:
    """One trainer. Captions are `.txt` files beside their pictures, with the same name.

    `folder` is where the pictures are inside the export, "" for its top, with `{name}` for the dataset's name.
    `formats` are the kinds of pictures it takes; others become PNG. `one_line`: it reads a caption's lines as
    alternatives or only the first one. `zipped`: it takes a zip.
    """

    key: str
    name: str
    about: Text
    folder: str = ""
    formats: frozenset[str] = _ALL
    one_line: bool = False
    zipped: bool = False


TRAINERS = (
    # sd-scripts, docs/train_README: "<repeats>_<name>" folders, .png .jpg .jpeg .webp .bmp, the first line counts
    Trainer("kohya", "kohya sd-scripts",
            N_("A folder “10_name” with the photos, each repeated 10 times. The caption extension is .txt."),
            f"{KOHYA_REPEATS}_{{name}}", one_line=True),
    # README, "Dataset Preparation": one folder, only jpg, jpeg and png, .txt holds only the caption
    Trainer("ai-toolkit", "ai-toolkit", N_("One folder. WebP photos become PNG, which this trainer reads better."),
            formats=_NO_WEBP),
    # wiki, "Concepts": 0001.jpg uses 0001.txt; of several lines one is picked at random
    Trainer("onetrainer", "OneTrainer",
            N_("One folder, for “From text file per sample”. Each caption is one line."), one_line=True),
    # flux-dev-lora-trainer: a zip of images, a .txt file with the same name for each caption
    Trainer("replicate", "Replicate", N_("A zip with the photos and their captions."), zipped=True),
    # "Dataset and Training Guidelines": a zip without a parent folder, .png, .jpg, .jpeg, only .txt
    Trainer("civitai", "Civitai", N_("A zip without folders. WebP photos become PNG."),
            formats=_NO_WEBP, zipped=True),
    # finetuning guide: 1 to 20 images as JPG, JPEG, PNG or WebP, a .txt with the same name, as a zip
    Trainer("bfl", "Black Forest Labs", N_("A zip with photos and their captions."), zipped=True),
)


def trainer_named(key: str) -> Trainer | None:
    """Return the trainer with this key, None without one."""
    return next((trainer for trainer in TRAINERS if trainer.key == key), None)
