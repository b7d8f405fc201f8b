"""The grid of Try: on the disk before it is paid, nothing asked for twice, stopped and continued."""

from __future__ import annotations

import io
import threading
from dataclasses import replace

import pytest
from PIL import Image
from PySide6.QtGui import QImage

from segmind_studio.core.errors import StoreError
from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.core.picture_grid import CellState, GridPlan, PromptSet, TryNotes, cells_of
from segmind_studio.core.settings import Settings
from segmind_studio.services.accounts.budget_service import BudgetService
from segmind_studio.services.images.grid_picture import GridSheet, painted
from segmind_studio.services.images.grid_service import GridService
from segmind_studio.services.images.image_service import ImageService
from segmind_studio.services.images.image_worker import ImageMaker, ImageOrder
from segmind_studio.services.images.try_notes import TryNotesService
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.services.system.transfer_stop import TransferStop
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.try_file import TryFile
from tests.fakes.connections import connection_to
from tests.fakes.run_services import FakeRuns, FakeSettings, make_run
from tests.fakes.scripted_server import RESET, Reply, ScriptedServer, json_reply
from tests.fakes.typed import as_service

pytestmark = pytest.mark.usefixtures("qapp")
PLAN = GridPlan(prompts=("a cat", "a dog"), strengths=(0.5, 1.0), run_ids=("anna",), seeds=(7,))
L, M, F, U = CellState.LEFT, CellState.MADE, CellState.FAILED, CellState.UNKNOWN


def png():
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "#3060a0").save(out, "PNG")
    return out.getvalue()


PICTURE = Reply(200, png(), {"Content-Type": "image/png", "x-cost": "0.06"})


class FullDisk(TryFile):
    """A file on a disk without room."""

    def save(self, notes):  # noqa: ARG002  # as the file has it
        raise StoreError("The disk is full.")


class Bench:
    """The disk; `start` is a start of the app with a grid service."""

    def __init__(self, qtbot, tmp_path, database):
        self.qtbot, self.folder = qtbot, tmp_path
        self.image_store = ImageStore(database)
        self.settings = FakeSettings()
        self.runs = FakeRuns([make_run("anna", account_id="a1", status="AVAILABLE", slug="anna", made_here=False)])
        self.runs.loaded = True
        self.parts = []

    def start(self, url, file=None):
        tryouts = ImageService(self.folder / "results", self.image_store)
        budgets = BudgetService(
            as_service(RunService, self.runs), tryouts, as_service(SettingsService, self.settings),
        )
        notes = TryNotesService(file or TryFile(self.folder / "try.json"))
        tasks = TaskRunner()
        grid = GridService(tryouts, as_service(RunService, self.runs), budgets, notes, tasks=tasks)
        self.parts.append((grid, budgets, tryouts, notes, tasks))
        with self.qtbot.waitSignals([tryouts.replaced, notes.changed], timeout=10_000):
            notes.load()
            tryouts.set_connection(connection_to(url))
        self.qtbot.waitUntil(lambda: tryouts.loaded and notes.loaded, timeout=10_000)
        return grid

    def wait(self, grid):
        self.qtbot.waitUntil(lambda: not grid.running, timeout=20_000)

    def end(self):
        for _grid, _budgets, tryouts, notes, tasks in self.parts:
            tryouts.ask_stop()
            notes.ask_stop()
            assert tryouts.wait_end()
            assert notes.wait_end()
            assert tasks.stop()


@pytest.fixture
def bench(qtbot, tmp_path, database):
    made = Bench(qtbot, tmp_path, database)
    yield made
    made.end()


def states(grid):
    return [cell.state for cell in grid.cells]


def test_each_cell_is_one_call_and_what_is_made_already_is_none(bench):
    old = PLAN.request(3).generated("0" * 32, "a1", 1.0)
    bench.image_store.add(replace(old, state=ImageState.MADE, ended_at=2.0, cost=0.05))
    on_disk = []

    def look(_seen):
        on_disk.append(TryFile(bench.folder / "try.json").load().plans)
        return PICTURE

    with ScriptedServer([look]) as server:
        grid = bench.start(server.url)
        grid.show(PLAN)
        assert (states(grid), grid.left) == ([L, L, L, M], (0, 1, 2))
        assert [cost.dollars for cost in grid.costs(grid.left)] == [0.05] * 3
        grid.start(grid.left, ())
        grid.start(grid.left, ())  # a second press
        bench.wait(grid)
        keys = ("prompt", "finetune_strength", "seed")
        asked = [tuple(seen.json()[key] for key in keys) for seen in server.seen]
        assert asked == [("a cat", 0.5, 7), ("a cat", 1.0, 7), ("a dog", 0.5, 7)]
        assert states(grid) == [M, M, M, M]
        grid.start(range(4), ())
        bench.wait(grid)
        assert len(server.seen) == 3
    assert [plan.plan_id for plan in on_disk[0]] == [grid.plan.plan_id]
    assert grid.plan.made_at


def test_it_stops_and_continues_after_a_restart_with_what_was_surely_not_sent(bench):
    with ScriptedServer([PICTURE, RESET, PICTURE]) as server:
        grid = bench.start(server.url)
        errors = []
        grid.stopped.connect(errors.append)
        grid.show(PLAN)
        grid.start(grid.left, ())
        bench.wait(grid)
        assert (states(grid), len(errors)) == ([M, U, L, L], 1)  # after a lost answer nothing more is asked for
        again = bench.start(server.url)
        (plan,) = bench.parts[-1][3].value.plans
        again.show(plan)
        assert states(again) == [M, U, L, L]
        assert again.left == (2, 3)
        again.start((1, 2, 3), ())  # the lost one is not among many
        bench.wait(again)
        assert (states(again), len(server.seen)) == ([M, U, M, M], 4)
        again.start((1,), ())  # by hand
        bench.wait(again)
        assert (states(again), len(server.seen)) == ([M] * 4, 5)


def test_a_refused_picture_is_marked_and_the_others_go_on(bench):
    with ScriptedServer([json_reply({"error": "moderated"}, 400), PICTURE]) as server:
        grid = bench.start(server.url)
        grid.show(PLAN)
        grid.start(grid.left, ())
        bench.wait(grid)
        assert states(grid) == [F, M, M, M]
        assert grid.left == ()
        grid.start((0,), ())
        bench.wait(grid)
        assert states(grid) == [M] * 4


def test_halting_lets_the_present_picture_come(bench):
    arrived, halted = threading.Event(), threading.Event()

    def after_the_halt(_seen):
        arrived.set()
        assert halted.wait(10)
        return PICTURE

    with ScriptedServer([after_the_halt]) as server:
        grid = bench.start(server.url)
        grid.show(PLAN)
        grid.start(grid.left, ())
        bench.qtbot.waitUntil(arrived.is_set, timeout=10_000)
        grid.halt()
        halted.set()
        bench.wait(grid)
        assert (states(grid), len(server.seen)) == ([M, L, L, L], 1)


@pytest.mark.parametrize("confirmed", [False, True])
def test_the_limits_are_checked_again_before_each_payment(bench, confirmed):
    bench.settings.value = Settings(budget_per_day=0.13)
    with ScriptedServer([PICTURE]) as server:
        bench.image_store.add(replace(
            PLAN.request(0).generated("1" * 32, "a1", 1.0), seed=1, state=ImageState.MADE, cost=0.01, ended_at=1.0,
        ))
        grid = bench.start(server.url)
        errors = []
        grid.stopped.connect(errors.append)
        grid.show(PLAN)
        status = grid.budget_status(grid.left)
        assert status is not None
        assert status.breaches == ()  # four at a cent each; they turn out to cost six
        breaches = bench.parts[0][1].budget_status_of_images("a1", grid.costs(range(4)) * 9).breaches
        grid.start(grid.left, breaches if confirmed else ())
        bench.wait(grid)
        assert bool(errors) is not confirmed
        assert (len(server.seen) == 4) is confirmed


def test_what_cannot_be_stored_is_not_asked_for(bench):
    with ScriptedServer([PICTURE]) as server:
        grid = bench.start(server.url, FullDisk(bench.folder / "try.json"))
        errors = []
        grid.stopped.connect(errors.append)
        grid.show(PLAN)
        grid.start(grid.left, ())
        bench.wait(grid)
        assert ([error.title for error in errors], server.seen) == (["The disk is full."], [])


def test_the_grid_is_written_as_a_picture_with_its_headers(bench):
    with ScriptedServer([PICTURE]) as server:
        grid = bench.start(server.url)
        grid.show(PLAN)
        grid.start((0,), ())
        bench.wait(grid)
        target = bench.folder / "grid.png"
        with bench.qtbot.waitSignal(grid.exported, timeout=10_000):
            grid.export(["half", "whole"], ["cat", "dog"], ["left"] * 4, target)
    image = QImage(str(target))
    empty = painted(GridSheet(("", ""), ("", ""), ((None, ""),) * 4, (1024, 1024)))
    assert image.size() == empty.size()
    assert image.pixelColor(500, 300).blue() > 120  # the picture
    assert image.copy(320, 0, 384, 96) != empty.copy(320, 0, 384, 96)  # a header


def test_notes_come_back_and_a_damaged_file_is_put_aside(tmp_path):
    file = TryFile(tmp_path / "try.json")
    assert file.load() == TryNotes()
    notes = TryNotes({"r": '{"a": 1}'}, (PromptSet("cats", ("a", "b")),), (replace(PLAN, extras={"anna": "{}"}),))
    file.save(notes)
    assert file.load() == notes
    (tmp_path / "try.json").write_text("[1, 2")
    assert file.load() == TryNotes()
    assert (tmp_path / "try.json.damaged-1").exists()


def test_nothing_is_written_before_the_file_was_read(qtbot, tmp_path):
    file = TryFile(tmp_path / "try.json")
    file.save(TryNotes().with_set(PromptSet("kept", ("a",))))
    notes = TryNotesService(file)
    notes.update(notes.value.with_set(PromptSet("new", ("b",))))
    with qtbot.waitSignal(notes.changed, timeout=10_000):
        notes.load()
    with qtbot.waitSignal(notes.saved, timeout=10_000):
        notes.update(notes.value.with_set(PromptSet("new", ("b",))))
    notes.ask_stop()
    assert notes.wait_end()
    assert [one.name for one in file.load().sets] == ["kept", "new"]


def test_a_row_of_the_store_without_the_new_fields_is_read(database):
    store = ImageStore(database)
    store.add(GeneratedImage("p", "a1", "anna", 1.0, ImageState.MADE, 2.0, "a cat", 7, 0.5))
    assert store.images("a1")[0].content == PLAN.contents()[0]


def test_an_account_that_is_chosen_while_the_grid_is_stored_pays_nothing(bench):
    with ScriptedServer([PICTURE]) as server:
        grid = bench.start(server.url)
        _grid, _budgets, tryouts, _notes, _tasks = bench.parts[-1]
        grid.show(PLAN)
        with bench.qtbot.waitSignal(grid.stopped, timeout=10_000):
            grid.start(grid.left, ())
            other = connection_to(server.url)
            tryouts.set_connection(replace(other, account=replace(other.account, account_id="other")))
        assert (grid.running, server.seen) == (False, [])


def test_nothing_is_asked_for_before_the_earlier_images_are_read(bench):
    for cell in range(PLAN.size):
        row = PLAN.request(cell).generated(f"{cell:032}", "a1", 1.0)
        bench.image_store.add(replace(row, state=ImageState.MADE, ended_at=2.0))
    with ScriptedServer([PICTURE]) as server:
        grid = bench.start(server.url)
        _grid, _budgets, tryouts, _notes, _tasks = bench.parts[-1]
        grid.show(PLAN)
        mine = connection_to(server.url)
        tryouts.set_connection(replace(mine, account=replace(mine.account, account_id="other")))
        tryouts.set_connection(mine)  # before the other one was read
        assert (states(grid), tryouts.loaded, grid.possible) == ([L] * 4, False, False)
        with bench.qtbot.waitSignal(grid.stopped, timeout=10_000):
            grid.start(grid.left, ())
        bench.qtbot.waitUntil(lambda: tryouts.loaded, timeout=10_000)
        assert (states(grid), grid.possible, server.seen) == ([M] * 4, True, [])


def test_a_stored_grid_that_repeats_a_cell_pays_it_once(bench):
    with ScriptedServer([PICTURE]) as server:
        grid = bench.start(server.url)
        grid.show(replace(PLAN, prompts=("a cat", "a cat"), strengths=(1.0,)))
        grid.start(grid.left, ())
        bench.wait(grid)
        assert (states(grid), len(server.seen)) == ([M, M], 1)


def test_an_image_that_came_and_broke_the_app_is_not_asked_for_again(bench):
    def broken(_data):
        raise MemoryError

    request = replace(PLAN.request(0), slug="anna")
    with ScriptedServer([PICTURE]) as server:
        order = ImageOrder(connection_to(server.url), request, request.generated("1" * 32, "a1", 1.0))
        made = ImageMaker(bench.image_store, bench.folder / "results", broken).make(order, TransferStop())
    (row,) = bench.image_store.images("a1")
    assert (made.generated.state, row.state) == (ImageState.UNKNOWN, ImageState.UNKNOWN)
    assert cells_of(PLAN, [made.generated])[0].state is U
