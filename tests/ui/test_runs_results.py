"""The Files page: where downloads go, what is in a file, its check, notes for elsewhere, and who sees a model."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QPushButton

from segmind_studio.practice.weights import write_weights
from segmind_studio.services.runs.result_service import ResultService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.ui.runs.inspector.facts import FactsGrid
from segmind_studio.ui.runs.inspector.weights import WeightsPanel, use_notes
from tests.fakes.run_services import make_run
from tests.fakes.runs_place import make_bench
from tests.fakes.typed import as_service, child

BODY = {"lora_rank": 16, "name": "anna", "trigger_word": "TOKMAN", "base_model": "FLUX_PRO",
        "finetune_type": "FULL", "iterations": 300}


@pytest.fixture
def results():
    tasks = TaskRunner()
    yield ResultService(tasks, tasks)
    tasks.stop()


@pytest.fixture
def run(tmp_path):
    path = tmp_path / "anna.safetensors"
    write_weights(path, "x", BODY)
    return make_run(
        "anna", status="AVAILABLE", live=False, service_id="s1", public=False, result_path=str(path),
        result_sha256=hashlib.sha256(path.read_bytes()).hexdigest(), cloud_storage_url="https://storage.example/a",
    )


@pytest.fixture
def bench(qtbot, results, run):
    """The place with the Files page of a downloaded model in front."""
    bench = make_bench(qtbot, run)
    files = bench.screen.inspector.files
    files.set_services(results, as_service(SettingsService, bench.settings), Path("/downloads"))
    bench.screen.list.select("anna")
    with qtbot.waitSignal(results.read):
        bench.screen.inspector.tabs.setCurrentIndex(4)
        files.show_run(run)
    return bench


def rows(bench):
    return {fact.label: fact.value for fact in child(child(bench.screen, WeightsPanel), FactsGrid).facts}


def test_the_header_of_the_file_is_shown(bench):
    shown = rows(bench)
    assert (shown["Rank"], shown["Tensors"], shown["Type"]) == ("16", "4", "BF16 (4)")
    assert shown["Numbers"] == "196,608"
    assert "trigger_word: TOKMAN" in shown["Metadata"].split("\n")
    panel = child(bench.screen, WeightsPanel)
    assert not panel.names.isVisible()
    child(bench.screen, QPushButton, "runs.files.tensors").click()
    assert panel.names.isVisible()
    assert "attn.to_q.lora_A.weight  16 \u00d7 3072  BF16" in panel.names.toPlainText()


def test_a_file_is_checked_and_a_changed_one_is_found(qtbot, bench, results, run):
    for said in ("is unchanged since the download", "has changed since the download"):
        with qtbot.waitSignal(results.checked):
            child(bench.screen, QPushButton, "runs.files.check").click()
        assert said in child(bench.screen, QLabel, "runs.files.state").text()
        with Path(run.result_path).open("r+b") as file:
            file.seek(-1, 2)
            last = file.read(1)
            file.seek(-1, 2)
            file.write(bytes([last[0] ^ 1]))


@pytest.mark.parametrize(("content", "said"), [
    (None, "file is missing"), (b"", "safetensors file is incomplete"),
    (b"\xff" * 100, "safetensors file is incomplete"),
])
def test_a_file_that_is_gone_or_broken_is_said_to_be(qtbot, bench, results, run, tmp_path, content, said):
    path = tmp_path / "other.safetensors"
    if content is not None:
        path.write_bytes(content)
    with qtbot.waitSignal(results.read):
        bench.runs.put(replace(run, result_path=str(path)))
    assert said in child(bench.screen, QLabel, "runs.files.state").text()
    assert "Rank" not in rows(bench)


def test_the_name_of_the_next_download_is_previewed_stored_and_used(qtbot, bench):
    field = child(bench.screen, QLineEdit, "runs.files.name")
    preview = child(bench.screen, QLabel, "runs.files.preview")
    field.clear()
    qtbot.keyClicks(field, "{name}-{trigger}")
    assert "anna-TOKMAN.safetensors" in preview.text()
    assert bench.settings.value.download_name == "{name}-{trigger}"
    qtbot.keyClicks(field, "?")
    assert preview.text() == "File names cannot contain ?."
    assert bench.settings.value.download_name == "{name}-{trigger}"
    field.editingFinished.emit()
    assert field.text() == "{name}-{trigger}"
    child(bench.screen, QPushButton, "runs.download").click()
    [(_download, run_id, target)] = bench.downloads.asked
    assert (run_id, target.name) == ("anna", "anna-TOKMAN.safetensors")


def test_another_folder_is_stored(bench):
    child(bench.screen, QPushButton, "runs.files.folder").click()
    dialog = child(bench.screen, QFileDialog, "runs.files.folder_dialog")
    dialog.fileSelected.emit("/elsewhere")
    dialog.close()
    assert bench.settings.value.download_folder == "/elsewhere"
    child(bench.screen, QPushButton, "runs.download").click()
    assert bench.downloads.asked[0][2] == Path("/elsewhere/anna.safetensors")


def test_the_notes_say_what_is_known_and_what_is_not(qtbot, bench, run):
    with qtbot.waitSignal(bench.screen.toast):
        child(bench.screen, QPushButton, "runs.files.notes").click()
    copied = QGuiApplication.clipboard().text()
    assert {"Trigger word: TOKMAN", "Rank: 16", f"SHA-256: {run.result_sha256}"} <= set(copied.split("\n"))
    assert run.result_path not in copied
    elsewhere = "\n".join(use_notes(replace(run, body={}, made_here=False)))
    assert "Trigger word: unknown" in elsewhere


def test_a_change_of_access_is_said_once_the_service_confirms_it(qtbot, bench):
    said = []
    bench.screen.toast.connect(said.append)
    bench.ask("public").verb_button.click()
    assert said == ["Confirmed by the service: “anna” is public. Anyone can make pictures with it."]
    bench.runs.put(replace(bench.run("anna"), public=True, notes="n"))
    assert len(said) == 1
    child(bench.screen, QPushButton, "runs.public").click()
    assert said[1:] == ["Confirmed by the service: “anna” is private. Only your account can use it."]
