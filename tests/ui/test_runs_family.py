"""The family of a run in its detail, and its settings against those of its parent."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QPushButton, QTreeWidget

from segmind_studio.core.form import TrainingForm
from segmind_studio.store.database import Database
from segmind_studio.store.journal import Journal
from tests.fakes.run_services import FORM, NOW, make_run
from tests.fakes.runs_place import make_bench
from tests.fakes.typed import child, known


def runs():
    return (
        make_run("root", created_at=NOW),
        make_run(
            "again", created_at=NOW + 1, parent_id="root", body=FORM.with_values({"iterations": 600}).body("x"),
        ),
        *(
            make_run(f"s{n}", created_at=NOW + 2 + n, parent_id="again", sweep_id="s", sweep_key="lora_rank",
                     body=FORM.with_values({"iterations": 600, "lora_rank": rank}).body("x"))
            for n, rank in enumerate((16, 64))
        ),
    )


def test_the_family_can_be_walked_with_the_keyboard(qtbot):
    bench = make_bench(qtbot, *runs(), make_run("alone"))
    bench.screen.inspector.tabs.setCurrentIndex(1)
    bench.screen.select("again")
    tree = child(bench.screen, QTreeWidget, "runs.family")
    page = bench.screen.inspector.settings
    assert tree.isVisible()
    assert known(tree.currentItem()).text(0) == "again"
    assert known(tree.currentItem()).text(1) == "Iterations: 600"
    assert [(fact.label, fact.value, fact.note) for fact in page.from_parent.facts] == [
        ("Iterations", "600", "other run: 300"),
    ]
    tree.setFocus()
    qtbot.keyClick(tree, Qt.Key.Key_Up)
    qtbot.keyClick(tree, Qt.Key.Key_Return)
    assert bench.selected == ("root",)
    assert known(tree.currentItem()).text(0) == "root"
    assert page.from_parent.facts == ()
    for _step in range(2):
        qtbot.keyClick(tree, Qt.Key.Key_Down)
    assert known(tree.currentItem()).text(1).startswith("different")
    qtbot.keyClick(tree, Qt.Key.Key_Return)
    assert set(bench.selected) == {"s0", "s1"}
    bench.screen.select("alone")
    assert not tree.isVisible()


def test_run_again_hands_on_the_run_that_the_form_began_with(qtbot):
    bench = make_bench(qtbot, make_run("a"))
    asked = QSignalSpy(bench.screen.run_again)
    qtbot.mouseClick(child(bench.screen, QPushButton, "runs.again"), Qt.MouseButton.LeftButton)
    form = asked.at(0)[0]
    assert isinstance(form, TrainingForm)
    assert form.parent_id == "a"


def test_a_run_that_becomes_another_row_stays_the_parent(tmp_path):
    database = Database(tmp_path / "studio.sqlite3")
    journal = Journal(database)
    journal.add_all((make_run("old"), make_run("new"), make_run("child", parent_id="old")), NOW)
    journal.supersede({"old": "new"})
    assert {run.run_id: run.parent_id for run in journal.runs("real")} == {"new": "", "child": "new"}
    database.close()
