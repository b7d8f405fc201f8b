"""Blind votes on pairs: no names, stored at once, taken back, and a result that says how sure it is."""

from __future__ import annotations

from itertools import count

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QTableWidget, QWidget

from segmind_studio.core.votes import VoteAnswer
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.store.database import Database
from segmind_studio.store.vote_store import VoteStore
from segmind_studio.ui.tryout.results_model import ResultsModel
from segmind_studio.ui.tryout.voting import VotingView, candidates_of
from tests.fakes.hosting import hosted
from tests.fakes.try_service import FakeTryouts, make_image, make_judging
from tests.fakes.typed import child, known

GOOD, BAD = "0" * 32, "1" * 32
MADE = ("anna", "moon"), ("bob", "moon"), ("anna", "sea"), ("bob", "sea")


class Bench:
    """The view over a window, with four pictures of two models."""

    def __init__(self, qtbot, folder) -> None:
        self.qtbot, self.folder = qtbot, folder
        picture = QImage(60, 40, QImage.Format.Format_RGB32)
        picture.fill(QColor("red"))
        assert picture.save(str(folder / "secret-name.png"))
        self.images = tuple(
            make_image(f"{n}" * 32, run_id=name, slug=name, seed=n, prompt=prompt, file_name="secret-name.png")
            for n, (name, prompt) in enumerate(MADE)
        )
        tryouts = FakeTryouts(self.images)
        tryouts.files = {image.image_id: folder / "secret-name.png" for image in self.images}
        self.database = Database(folder / "studio.sqlite3")
        self.judging = make_judging(tryouts, self.database, folder)
        self.model = ResultsModel()
        self.model.show_all(self.images, tryouts.result_of)
        self.thumbnails = Thumbnails()
        self.window = hosted(qtbot, QWidget(), 1000, 700)
        self.view = VotingView(self.model, self.judging, self.thumbnails, self.window)
        self.view.open(self.images)
        qtbot.waitUntil(lambda: self.view.pair is not None)

    def pair(self):
        assert self.view.pair is not None
        return self.view.pair

    def press(self, key):
        QTest.keyClick(self.view.left, key)

    def stored(self):
        return [(vote.left, vote.right, vote.verdict) for vote in VoteStore(self.folder / "votes.jsonl").votes()]

    def words(self):
        return [label.text() for label in self.view.findChildren(QLabel) if label.isVisible()]

    def end(self):
        assert self.judging.stop()
        assert self.thumbnails.stop(20_000)
        self.database.close()


@pytest.fixture
def bench(qtbot, tmp_path):
    made = Bench(qtbot, tmp_path)
    yield made
    made.end()


def test_a_vote_is_on_the_disk_at_once_and_can_be_taken_back(bench):
    pairs, keys = [], (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_S)
    for key in keys:
        pairs.append(bench.pair())
        bench.press(key)
    verdicts = [VoteAnswer.LEFT, VoteAnswer.RIGHT, VoteAnswer.EQUAL, VoteAnswer.SKIP]
    wanted = [(*pair, said) for pair, said in zip(pairs, verdicts, strict=True)]
    bench.qtbot.waitUntil(lambda: bench.stored() == wanted)
    bench.press(Qt.Key.Key_Backspace)
    assert bench.pair() == pairs[3]
    bench.qtbot.waitUntil(lambda: len(bench.stored()) == 3)
    bench.press(Qt.Key.Key_Escape)
    assert not bench.view.isVisible()


def test_a_picture_keeps_its_own_shape(bench):
    """It was asked for as a square, and came with 60 x 40 pixels."""
    pictures = bench.view.left.frame, bench.view.right.frame
    bench.qtbot.waitUntil(lambda: all(each.picture.width() == 1.5 * each.picture.height() for each in pictures))


def test_nothing_says_which_model_made_a_picture(bench):
    shown = [*bench.words(), *(view.accessibleDescription() for view in (bench.view.left, bench.view.right))]
    assert not [word for word in shown if any(name in word for name in ("anna", "bob", "secret"))]


def test_the_result_names_the_best_when_there_are_enough_votes(bench):
    bench.press(Qt.Key.Key_Left)
    bench.press(Qt.Key.Key_R)
    says = child(bench.view, QLabel, "try.voting.says")
    bench.qtbot.waitUntil(says.isVisible)
    assert says.text() == "Too few votes to say which is best."
    bench.view.go_on.trigger()
    for _number in range(60):
        pair = bench.pair()
        bench.press(Qt.Key.Key_Left if min(pair) == pair[0] else Qt.Key.Key_Right)  # the first ones are better
    bench.press(Qt.Key.Key_R)
    bench.qtbot.waitUntil(lambda: says.isVisible() and says.text().startswith("Best: anna"))
    table = child(bench.view, QTableWidget)
    assert known(table.item(0, 1)).text() == "anna · 1 · moon"
    assert "too few votes" not in known(table.item(0, 3)).text()
    bench.view.results.chips[1].click()
    assert [known(table.item(row, 1)).text() for row in range(2)] == ["anna", "bob"]
    assert bench.view.results.chips[2].isHidden()  # one strength only


def test_models_are_compared_by_equal_prompts(bench):
    child(bench.view, QComboBox).setCurrentIndex(1)
    prompts = {image.image_id: (image.prompt, image.run_id) for image in bench.images}
    for _number in range(8):
        (left, right) = (prompts[name] for name in bench.pair())
        assert left[0] == right[0]
        assert left[1] != right[1]
        bench.press(Qt.Key.Key_Down)
    assert candidates_of(bench.images[1:3], same_prompt=True) == []


def test_votes_are_read_again_and_a_torn_line_costs_no_other(tmp_path, bench):
    path, numbers = tmp_path / "more.jsonl", count()
    store = VoteStore(path)
    votes = [bench.judging.vote(GOOD, BAD, VoteAnswer.LEFT) for _each in range(3)]
    for vote in votes:
        store.add(vote)
        if not next(numbers):
            with path.open("ab") as file:
                file.write(b'\n{"vote_id": "to')
    store.take_back(votes[1].vote_id)
    assert VoteStore(path).votes() == (votes[0], votes[2])
