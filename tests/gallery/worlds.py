"""The data folders that the gallery opens the app on: real stores, filled with photos, runs and results.

A world is made once and copied for each session; photos stay where they are. The practice service's own database
has the runs too, so that the real service lists them.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.datasets import Check, Dataset, Photo
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.core.pricing import iterations_of
from segmind_studio.core.run_labels import LabelChange
from segmind_studio.core.runs import ManifestItem, Phase, Run, TimelineEntry, manifest_text
from segmind_studio.core.settings import Settings
from segmind_studio.core.votes import Vote, VoteAnswer
from segmind_studio.dataset.scan import scan
from segmind_studio.practice.database import PracticeDatabase
from segmind_studio.practice.images import ImageRequest, render
from segmind_studio.practice.rules import read_order
from segmind_studio.practice.weights import write_weights
from segmind_studio.resources import resource
from segmind_studio.store.database import Database
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.journal import Journal
from segmind_studio.store.library import Library
from segmind_studio.store.paths import AppPaths, app_paths
from segmind_studio.store.result_images import save_image
from segmind_studio.store.settings_file import SettingsFile
from segmind_studio.store.vote_store import VoteStore
from tests.gallery.photos import LANDSCAPES, TRIGGER, write_photos

NOW = 1_789_482_720.0  # Tuesday, 15 September 2026, 14:32 UTC: the clock of every picture
WORLDS = ("full", "empty", "loading", "error", "long")
KEY = "SG_0123456789abcdef"  # of the practice service alone, which nobody can reach
TRAVEL, CHELSEA, COFFEE, OLD = (number * 32 for number in "1234")
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
AGES = (9, 3, 46, 14, 1, 58, 58.1, 58.2, 71, 95, 27, 110, 26, 130)  # minutes since the first ones were started
_SCHEDULE = (
    "REQUESTED", "DATA_PROCESSING", "TRAINING_INITIATED", "TRAINING_COMPLETED", "INFERENCE_QUEUED", "AVAILABLE",
)
_TAKES = (0.0, 40.0, 150.0, 1450.0, 1560.0, 1700.0)  # seconds after the start at which each is reached
FAILED_WORDS = "Training failed: the trainer stopped at step 61. Please check your data set and try again."
LONG_NAME = "golden-hour-portraits-of-the-whole-family-by-the-old-lighthouse"
SUMMER = " of the summer before last, with all evenings by the lighthouse"
LONG_TEXT = (
    "a very wide view over layers of hills at the end of a long summer day, haze in the valleys, a narrow road "
    "with two people and a small dog, their shadows reaching almost to the frame, distant village lights, "
    "photographed from a low stone wall with a 35 mm lens, muted colours, fine grain, no text, no frame"
)
NAMES = ("travel-book", "paper-hills", "evening-light", "launch-night", "quiet-sea", "winter-woods", "moon-study")
PROMPTS = (
    "{word} a lighthouse on a cliff, morning haze", "{word} an old town by a river, lanterns",
    "{word} a tent in the snow, stars", "{word} a market in the rain, umbrellas",
    "{word} terraces above the sea",
)


def make_world(name: str, folder: Path, photos: Path) -> None:
    """Fill an empty folder with the app's data; `photos` is where the photos of all worlds are, or are written."""
    paths = app_paths(folder)
    paths.create()
    settings = Settings(practice_speed=1.0)
    if name != "empty":
        settings = _fill(paths, photos, long=name == "long")
    SettingsFile(paths.settings_file).save(settings)
    _practice(paths.practice, settings)


def _fill(paths: AppPaths, photos: Path, *, long: bool) -> Settings:
    database = Database(paths.database)
    try:
        datasets = _datasets(photos, long=long)
        library = Library(database)
        for dataset in datasets:
            library.save(dataset)
        library.set_archived(OLD, archived=True)
        runs = tuple(_with_texts(run, long=long) for run in sixty_runs(datasets))
        journal = Journal(database)
        for run in runs:
            if run.result_path:
                path = Path(paths.downloads or paths.data) / run.result_path
                path.parent.mkdir(parents=True, exist_ok=True)
                write_weights(path, run.service_id, asdict(read_order(run.body)))
                run = replace(run, result_path=str(path))  # noqa: PLW2901  # the same run, with its file
            journal.write_history(run, timeline_of(run))
        _results(paths, database, runs, photos / "travel", long=long)
    finally:
        database.close()
    _list_runs(paths.practice, runs)
    form = TrainingForm().with_values({
        "name": LONG_NAME if long else "travel-book-2", "trigger_word": TRIGGER, "theme": "STYLE",
        "iterations": 300,
        "instance_prompt": f"{TRIGGER} {LONG_TEXT}" if long else f"{TRIGGER} a wide landscape, soft light",
    })
    return Settings(
        dataset_id=TRAVEL, first_run_done=True, first_choice="practice", guide_done=True,
        quit_with_runs_told=True,
        budget_per_month=60.0, budget_per_run=10.0, draft=form.to_json(), practice_speed=1.0,
        saved_filters=("no:caption", "is:landscape words<6"), photo_id="travel-03",
    )


# -- datasets


def _datasets(folder: Path, *, long: bool) -> tuple[Dataset, ...]:
    travel = folder / "travel"
    if not travel.is_dir():
        write_photos(travel)
    painted = {name for name, _colours, _what, _words in LANDSCAPES}
    photos = tuple(  # hills before hills look like parts of others, which their owner does not want to hear
        replace(photo, accepted=(f"{Check.CUT_OUT}:",)) if photo.path.stem[3:] in painted else photo
        for photo in _scanned(travel, "travel")
    )
    if long:
        photos = tuple(replace(photo, caption=f"{photo.caption} {LONG_TEXT}") for photo in photos)
    else:
        photos = tuple(replace(photo, excluded=number == 20) for number, photo in enumerate(photos))
    sample = _scanned(resource("sample"), "chelsea")
    cups = tuple(
        replace(photo, photo_id=f"cup-{photo.photo_id}", excluded=False) for photo in photos
        if any(word in photo.path.name for word in ("coffee", "spoon"))
    )
    name = f"Travel book{SUMMER if long else ''}"
    return (
        Dataset(TRAVEL, name, photos, NOW - 20 * MINUTE), Dataset(CHELSEA, "Chelsea", sample, NOW - 3 * DAY),
        Dataset(COFFEE, "Coffee cup", cups, NOW - 9 * DAY),
        Dataset(OLD, "Old attempts", photos[:7], NOW - 70 * DAY),
    )


def _scanned(folder: Path, word: str) -> tuple[Photo, ...]:
    report = scan((folder,), {}, folder, lambda _progress: None, lambda: False)
    found = sorted(report.added, key=lambda photo: photo.path.name)
    return tuple(replace(p, photo_id=f"{word}-{number:02d}", looked=True) for number, p in enumerate(found))


def _manifest(dataset: Dataset) -> str:
    return manifest_text(tuple(
        ManifestItem(str(one.path), one.size, one.mtime_ns, one.caption, one.orientation, one.image_format)
        for one in dataset.used
    ))


# -- runs


def sixty_runs(datasets: Sequence[Dataset]) -> tuple[Run, ...]:
    """Return runs in every state there is, newest first."""
    chance = random.Random(60)  # noqa: S311  # no secret: the same runs each time
    special: list[Mapping[str, object]] = list(_special_states())
    runs = []
    for number in range(60):
        state = special[number] if number < len(special) else {"status": "AVAILABLE"}
        dataset = datasets[0] if number < 8 else datasets[chance.choice((0, 0, 1, 2))]
        iterations = chance.choice((120, 300, 300, 600))
        age = AGES[number] * MINUTE if number < len(AGES) else 3 * HOUR + (number - 13) ** 2.1 * 0.9 * HOUR
        runs.append(_run(number, dataset, iterations, NOW - age, state))
    return tuple(runs)


def _special_states() -> Iterator[Mapping[str, object]]:
    yield {"status": "TRAINING_INITIATED"}
    yield {"status": "DATA_PROCESSING"}
    yield {"status": "AVAILABLE", "pinned": True, "tags": ("cover", "keep"), "colour": "green",
           "notes": "Best so far. The haze is right; try 0.9 strength for faces.",
           "result_path": "travel-book.safetensors"}
    yield {"phase": Phase.UNKNOWN, "listings_missed": 3, "last_checked_at": NOW - 12}
    yield {"status": "REQUESTED"}
    for _ in range(3):
        yield {"status": "AVAILABLE", "sweep_id": "5" * 32, "sweep_key": "iterations", "tags": ("steps",)}
    yield {"phase": Phase.UPLOADING, "sent_at": None}
    yield {"status": "FAILED", "error": FAILED_WORDS}
    yield {"status": "INFERENCE_QUEUED"}
    yield {"phase": Phase.REFUSED, "error": "Insufficient credits. Top up your account.", "problem": "no-credits"}
    yield {"status": "TRAINING_COMPLETED"}
    yield {"phase": Phase.ABANDONED, "sent_at": None}
    yield {"status": "AVAILABLE", "public": True, "colour": "blue"}
    yield {"status": "WEIGHTS_POLISHING"}
    yield {"status": "AVAILABLE", "vanished": True}
    yield {"status": "AVAILABLE", "phase": Phase.ADOPTED, "made_here": False}
    yield {"status": "AVAILABLE", "archived": True}


def _run(number: int, dataset: Dataset, iterations: int, at: float, state: Mapping[str, object]) -> Run:
    series = state.get("sweep_id")
    word = "CHELSEA" if dataset.dataset_id == CHELSEA else TRIGGER
    if series:
        iterations = (100, 300, 600)[number % 3]
    usual = NAMES[number % len(NAMES)]
    stem = {CHELSEA: "chelsea-portrait", COFFEE: "coffee-cup"}.get(dataset.dataset_id, usual)
    name = f"travel-book-it{iterations}" if series else f"{stem}-{60 - number}"
    address = f"http://127.0.0.1/practice/uploads/{number:03d}-dataset.zip"
    form = TrainingForm().with_values({
        "name": name, "trigger_word": word, "instance_prompt": f"{word} a wide landscape, soft light",
        "theme": "PRODUCT" if dataset.dataset_id == COFFEE else "STYLE", "iterations": iterations,
    })
    status = str(state.get("status", ""))
    reached = _TAKES[_SCHEDULE.index(status)] if status in _SCHEDULE else 900.0
    price = 2.0 if iterations < 150 else 4.0 if iterations <= 500 else 6.0
    run = Run(
        run_id=f"{number:032x}", account_id=PRACTICE_ACCOUNT_ID, name=name, phase=Phase.ACCEPTED, created_at=at,
        changed_at=min(at + reached, NOW - 30.0), body=form.body(address), manifest=_manifest(dataset),
        dataset_id=dataset.dataset_id, dataset_name=dataset.name, image_count=len(dataset.used),
        archive_size=sum(photo.size for photo in dataset.used),
        archive_sha256=f"{dataset.dataset_id[0]}b7e41d9" * 8, data_source_path=address, sent_at=at,
    )
    if status:
        run = replace(
            run, service_id=_service_id(number), public=False, credits_before=90.0, credits_after=90.0 - price,
            before_at=at - 1, after_at=at + 2, base_model="FLUX_PRO",
        )
    run = replace(run, **state)  # type: ignore[arg-type]  # the states above name fields of Run
    if run.made_here:
        return run
    return replace(run, manifest="", dataset_name="", image_count=0, dataset_id="", name="from-the-console")


def _with_texts(run: Run, *, long: bool) -> Run:
    if not long:
        return run
    labels = LabelChange(add=("a tag that is nearly as long as one may be", "exhibition in the town hall"))
    return replace(
        run, name=f"{LONG_NAME}-{run.name}"[:64], tags=labels.tags_of(run), notes=f"{LONG_TEXT}. {LONG_TEXT}.",
        dataset_name=f"{run.dataset_name}{SUMMER}",
        error=f"{run.error} {LONG_TEXT}." if run.error else "",
    )


def timeline_of(run: Run) -> Iterator[TimelineEntry]:
    """Yield what the app would have seen of a run."""
    at = run.created_at
    yield TimelineEntry(at - 12, Phase.PREPARED)
    yield TimelineEntry(at - 11, Phase.UPLOADING)
    if run.phase in {Phase.UPLOADING, Phase.ABANDONED}:
        if run.phase is Phase.ABANDONED:
            yield TimelineEntry(at + 30, run.phase)
        return
    yield TimelineEntry(at - 2, Phase.UPLOADED)
    yield TimelineEntry(at - 1, Phase.SENDING)
    yield TimelineEntry(at, run.phase)
    last = _SCHEDULE.index(run.status) if run.status in _SCHEDULE else 2 if run.status else -1
    spread = 0.8 + int(run.run_id, 16) % 9 / 20  # no two take equally long
    spread *= 0.5 + (iterations_of(run) or 300) / 600
    for status, after in zip(_SCHEDULE[: last + 1], _TAKES, strict=False):
        yield TimelineEntry(at + 1 + after * spread, status)
    if run.status and run.status not in _SCHEDULE:
        yield TimelineEntry(at + 900, run.status, run.error)


def _service_id(number: int) -> str:
    return f"3f9a5c7e-1d2b-4a6f-9c8e-{number:012d}"


def _list_runs(folder: Path, runs: Sequence[Run]) -> None:
    """Write the runs that the service knows into the practice service's own database."""
    database = PracticeDatabase(folder / "practice.sqlite3")
    try:
        with database.transaction():
            for run in reversed([run for run in runs if run.service_id and not run.vanished]):
                body = asdict(read_order(run.body))
                slug = f"{run.name.lower()}-{run.service_id[-8:]}"
                database.run(
                    "INSERT INTO runs (finetune_id, job_id, name, slug, body, source_type, public, status, "
                    "error_message, created_at, updated_at) VALUES (?, ?, ?, ?, ?, 'UPLOAD', ?, ?, ?, ?, ?)",
                    run.service_id, f"job-{run.service_id[-6:]}", run.name, slug, json.dumps(body),
                    int(bool(run.public)), run.status, run.error, run.created_at, run.changed_at,
                )
    finally:
        database.close()


def _practice(folder: Path, settings: Settings) -> None:
    """Set what the service would choose by chance."""
    database = PracticeDatabase(folder / "practice.sqlite3")
    try:
        for name, value in (
            ("bucket", "practice-gallery"), ("user", "8f1f4f8e-0000-4000-8000-000000000000"),
            ("access_key", "PRACTICEGALLERY"), ("secret", "0" * 40), ("speed", str(settings.practice_speed)),
            ("balance", "8640"),
        ):
            database.keep(name, value)
    finally:
        database.close()


# -- results


def _results(paths: AppPaths, database: Database, runs: Sequence[Run], photos: Path, *, long: bool) -> None:
    """Store twenty pictures, drawn as the practice service draws them, and what is thought of them."""
    store = ImageStore(database)
    ready = [run for run in runs if run.ready and not run.vanished and run.made_here and not run.archived][:4]
    images = []
    for number in range(20):
        run = ready[(number // 5) % len(ready)]
        words = PROMPTS[number % 5].format(word=run.trigger_word)
        state = ImageState.UNKNOWN if number == 3 else ImageState.FAILED if number == 11 else ImageState.MADE
        at = NOW - (7 + number * 11) * MINUTE
        image = GeneratedImage(
            f"{number + 1:032x}", PRACTICE_ACCOUNT_ID, run.run_id, at, state, at + 9,
            prompt=f"{words}, {LONG_TEXT}" if long else words, seed=1000 + number % 5,
            strength=(1.0, 0.8, 1.2)[number % 5 % 3], width=768, height=(768, 1024, 576)[number % 5 % 3],
            slug=f"{run.name.lower()}-{run.service_id[-8:]}",
            cost=0.05 if state is ImageState.MADE else None, rating=(0, 5, 3, 0, 4, 2)[number % 6],
            tags=(("cover",), (), ("print", "keep"), ())[number % 4],
            error="The service refused the prompt." if state is ImageState.FAILED else "",
        )
        if state is ImageState.MADE:
            drawn = ImageRequest(image.prompt, 1000 + number, image.strength, image.width, image.height, "JPEG")
            image = replace(image, file_name=save_image(paths.results, image, render(drawn, photos)).name)
        images.append(image)
        store.add(image)
    made = [image for image in images if image.file_name]
    votes = VoteStore(paths.votes)
    for number in range(14):
        left, right = made[number], made[(number * 5 + 3) % len(made)]
        verdict = (VoteAnswer.LEFT, VoteAnswer.RIGHT, VoteAnswer.EQUAL)[number % 3]
        votes.add(Vote(f"{number:032x}", NOW - number * MINUTE, left.image_id, right.image_id, verdict))
