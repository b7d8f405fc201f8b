"""The support bundle: what is in it, that nothing of the person's own is, and that a broken part stops nothing."""

import io
import json
import logging
import sqlite3
import zipfile
from dataclasses import fields, replace

import pytest

from segmind_studio.core.accounts import Account, AccountKind
from segmind_studio.core.datasets import Dataset, Photo
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.runs import ManifestItem, Phase, Run, manifest_text
from segmind_studio.core.settings import Settings
from segmind_studio.store.database import Database
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.journal import Journal
from segmind_studio.store.library import Library
from segmind_studio.store.logs import MAX_BYTES, configure_logging
from segmind_studio.store.paths import app_paths
from segmind_studio.store.support_bundle import SupportSource, bundle_bytes, settings_summary
from segmind_studio.store.support_runs import described

KEY = "SG_0123456789abcdef"
ODD_KEY = "a-password-in-the-wrong-field"
NAME, TRIGGER, PROMPT, NOTES = "granny-model", "GRANNYX", "GRANNYX dancing in her kitchen", "for her birthday"
CAPTION, OTHER_CAPTION = "GRANNYX asleep by the fire", "GRANNYX eats\na whole cake"
FILES = ("granny asleep.jpg", "granny-cake.png")
PRIVATE = (
    NAME, TRIGGER, PROMPT, NOTES, CAPTION, "a whole cake", *FILES, "Birthday 2026", "family album",
    "Granny's account", KEY, ODD_KEY, "weights-of-granny.safetensors", "granny-model-9f", "X-Amz-Signature=abc",
    "hook-secret", "under the mango tree", "granny-try-1f",
)
ANSWER = {
    "id": "8a7b", "status": "FAILED", "public_model": False, "name": NAME, "slug": "granny-model-9f", "steps": 300,
    "error_message": f"The prompt '{PROMPT}' was refused", "instance_prompt": PROMPT, "user": {"mail": CAPTION},
    "data_source_path": "https://b.s3.amazonaws.com/u/1-granny-model.zip?X-Amz-Signature=abc",
    "files": list(FILES),
}


@pytest.fixture
def paths(tmp_path):
    paths = app_paths(tmp_path)
    paths.create()
    return paths


@pytest.fixture
def database(paths):
    database = Database(paths.database)
    yield database
    database.close()


@pytest.fixture
def source(paths, database, tmp_path):
    folder = tmp_path / "family album"
    photos = tuple(
        Photo(f"p{number}", folder / name, caption=caption)
        for number, (name, caption) in enumerate(zip(FILES, (CAPTION, OTHER_CAPTION), strict=True))
    )
    Library(database).save(Dataset("d1", "Birthday 2026", photos, 5.0))
    run = Run(
        "run1", "acc", NAME, Phase.ACCEPTED, 10.0, 11.0,
        body={"name": NAME, "instance_prompt": PROMPT, "trigger_word": TRIGGER, "base_model": "FLUX_PRO",
              "advance_parameters": {"iterations": 300, "captioning": True}},
        manifest=manifest_text((ManifestItem(str(folder / FILES[0]), 1, 2, CAPTION),)),
        service_id="8a7b", status="FAILED", error=f"The prompt '{PROMPT}' was refused", raw=json.dumps(ANSWER),
        dataset_name="Birthday 2026", result_path=str(folder / "weights-of-granny.safetensors"), notes=NOTES,
        slug="granny-model-9f",
    )
    Journal(database).add(run, 12.0, f"it said: {PROMPT}")
    ImageStore(database).add(GeneratedImage(
        "pic1", "acc", "run1", 13.0, prompt="under the mango tree", slug="granny-try-1f",
        file_name="granny-try-1f-1.png",
    ))
    draft = TrainingForm().with_value("instance_prompt", PROMPT).with_value("trigger_word", TRIGGER)
    settings = Settings(
        accounts=(Account("acc", "Granny's account", AccountKind.SEGMIND),), current_account="acc",
        draft=draft.to_json(), download_folder=str(folder), api_url="https://gw.example.org/hook-secret/segmind",
    )
    return SupportSource(
        database, paths, settings, 1_800_000_000.0, settings.accounts, secrets=(ODD_KEY,),
        computer={"app": "0.1.0"}, accounts={"accounts": [{"kind": "segmind", "kept_in": "keyring"}]},
    )


def opened(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def log(paths, *lines):
    handler = configure_logging(paths.log_file, tuple)
    logging.captureWarnings(capture=False)
    for line in lines:
        handler.handle(logging.makeLogRecord({"msg": line, "name": "x", "levelname": "INFO"}))
    logging.getLogger().removeHandler(handler)
    handler.close()


def test_nothing_of_the_persons_own_is_in_it(source, paths):
    (paths.logs / "crash-1.log").write_text(f"Fatal Python error\n  File '{paths.data}/x.py'\n{ODD_KEY}\n")
    log(
        paths, "Segmind Studio starts", f"KeyError: '{CAPTION}'", f"ValueError: {PROMPT}",
        f"unquoted {OTHER_CAPTION}",
        f"no such file: {paths.data.parent}/family album/{FILES[0]}", f"the key {KEY} or {ODD_KEY}", NOTES, NAME,
        "saved weights-of-granny.safetensors of Granny's account", "POST /v1/granny-model-9f: 200",
        "called https://hooks.example.org/hook-secret", "asked for under the mango tree with granny-try-1f",
        f"in Birthday 2026 with {TRIGGER}",
    )
    parts = opened(bundle_bytes(source))
    assert set(parts) == {
        "README.txt", "computer.json", "settings.json", "accounts.json", "runs.json", "database.json",
        "logs/studio.log", "logs/crash-1.log",
    }
    leaks = [(name, word) for name, text in parts.items() for word in PRIVATE if word in text]
    assert leaks == []
    assert "Segmind Studio starts" in parts["logs/studio.log"]
    assert "POST /v1/…: 200" in parts["logs/studio.log"]


def test_what_helps_is_in_it(source):
    parts = opened(bundle_bytes(source))
    (run,) = json.loads(parts["runs.json"])
    told = [run[name] for name in ("phase", "status", "stage", "service_id")]
    assert told == ["accepted", "FAILED", "failed", "8a7b"]
    assert run["error"] == "The prompt '…' was refused"
    assert run["request"]["advance_parameters"] == {"iterations": 300, "captioning": True}
    assert run["answer"]["steps"] == 300
    assert run["answer"]["public_model"] is False
    assert run["answer"]["instance_prompt"] == f"(a text of {len(PROMPT)} characters)"
    assert [entry["what"] for entry in run["timeline"]] == ["accepted", "FAILED"]
    health = json.loads(parts["database.json"])
    assert (health["integrity"], health["rows"]["run"], health["rows"]["photo"]) == (["ok"], 1, 2)
    assert health["rows"]["picture"] == 1
    assert health["version"] == health["version_of_the_app"]
    computer = json.loads(parts["computer.json"])
    assert computer["app"] == "0.1.0"
    assert computer["disk"]["data"]["free_bytes"] > 0
    settings = json.loads(parts["settings.json"])
    assert (settings["api_url"], settings["draft"], settings["dataset_id"]) == (
        "https://gw.example.org/…", "(changed)", "(as usual)",
    )
    assert "Not in it, on purpose" in parts["README.txt"]
    assert json.loads(parts["accounts.json"])["accounts"][0]["kept_in"] == "keyring"


def test_a_setting_that_comes_later_is_not_told_by_itself():
    """Only those that are named are; each of the others must say nothing but whether it was changed."""
    told = settings_summary(replace(Settings(), run_columns="x", budget_per_run=5.0))
    assert set(told) == {item.name for item in fields(Settings)}
    assert {value for value in told.values() if isinstance(value, str) and value.startswith("(")} == {
        "(as usual)", "(changed)",
    }
    assert (told["run_columns"], told["budget_per_run"]) == ("(changed)", "(changed)")
    assert told["accounts"] == "(as usual)"


@pytest.mark.parametrize(("value", "told"), [
    ({"caption": "x y", "n": 1.5, "on": True, "none": None}, {"caption": "(a text of 3 characters)", "n": 1.5,
                                                              "on": True, "none": None}),
    ({"a prompt as a name": 1}, {"(a text of 18 characters)": 1}),
    (["free"], ["(a text of 4 characters)"]),
    ({"status": "X" * 5000}, {"status": "X" * 2000}),
    ({"a": {"a": {"a": {"a": {"a": {"a": {"a": 1}}}}}}}, {"a": {"a": {"a": {"a": {"a": {"a": "(deeper)"}}}}}}),
    ("", ""),
])
def test_of_a_free_text_only_its_length_is_told(value, told):
    assert described(value) == told


def test_a_database_that_cannot_be_read_leaves_the_rest(source, paths, caplog):
    source.database.rows("SELECT 1")
    raw = sqlite3.connect(paths.database)
    raw.executescript("DROP TABLE timeline; DROP TABLE photo; DROP TABLE run;")
    raw.close()
    log(paths, f"[Errno 5] '{FILES[0]}' in {TRIGGER}")
    parts = opened(bundle_bytes(source))
    assert json.loads(parts["runs.json"])["could_not_be_read"] == "StoreError"
    assert json.loads(parts["database.json"])["rows"] == {
        "account_key": 0, "dataset": 1, "picture": 1, "run_change": 1, "undo_step": 0,
    }
    assert "[Errno 5] '…' in …" in parts["logs/studio.log"]  # the form of now is known all the same
    caplog.clear()


def test_its_size_is_bounded(source, paths):
    line = "2026-08-01 INFO MainThread httpx: a line of the log that says little\n"
    for name in ("studio.log", "studio.log.1", "studio.log.2"):
        (paths.logs / name).write_text(line * (2 * MAX_BYTES // len(line)))
    (paths.logs / "crash-1.log").write_text("x" * 3_000_000)
    (paths.logs / "photo.jpg").write_bytes(b"never")
    journal = Journal(source.database)
    for number in range(60):
        raw = json.dumps({f"f{i}": {f"g{j}": 1 for j in range(50)} for i in range(50)})
        journal.add(Run(f"r{number}", "acc", "n", Phase.REFUSED, float(number), 0.0, raw=raw), 1.0)
    parts = opened(bundle_bytes(source))
    assert sum(len(text) for text in parts.values()) < 6_000_000
    assert len(json.loads(parts["runs.json"])) == 50
    assert parts["logs/studio.log"].endswith(line)
    assert "logs/photo.jpg" not in parts
