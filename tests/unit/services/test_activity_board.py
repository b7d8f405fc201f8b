"""The one list of long work."""

from segmind_studio.services.activity import ActivityBoard


def test_work_is_listed_moves_on_and_leaves(qtbot):
    board = ActivityBoard()
    seen = []
    board.changed.connect(seen.append)
    board.begin("a", "Uploading")
    board.progress("a", 5, 10, "bytes")
    board.begin("b", "Reading")
    board.end("a")
    assert [[work.key for work in list_] for list_ in seen] == [["a"], ["a"], ["a", "b"], ["b"]]
    assert (seen[1][0].done, seen[1][0].total, seen[1][0].unit) == (5, 10, "bytes")


def test_late_answers_are_dropped(qtbot):
    board = ActivityBoard()
    with qtbot.assertNotEmitted(board.changed):
        board.progress("gone", 1, 2)
        board.end("gone")
    assert board.activities == ()
