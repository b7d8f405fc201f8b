"""Two versions of a dataset, and what differs between them."""

from dataclasses import replace

import pytest

from segmind_studio.core.form import TrainingForm
from segmind_studio.core.possible_duplicates import exact_repeats
from segmind_studio.core.runs import ManifestItem, Phase, Run
from segmind_studio.core.versions import (
    ChangeKind,
    SentFile,
    caption_pieces,
    compare,
    sent_files,
    sent_files_text,
)

CAT, DOG, CUP = (ManifestItem(f"/photos/{name}.jpg", 1000 + place, 5, f"TOK, a {name}", 1, "JPEG")
                 for place, name in enumerate(("cat", "dog", "cup")))
OLD = (CAT, DOG, CUP)


@pytest.mark.parametrize(("new", "expected"), [
    (OLD, []),
    ((CUP, CAT, DOG), []),
    ((CAT, DOG), [("cup.jpg", [ChangeKind.REMOVED])]),
    ((replace(CAT, path="/elsewhere/cat.jpg", mtime_ns=9), DOG, CUP), []),
    ((CAT, DOG, CUP, replace(CAT, path="/elsewhere/cat.jpg")), [("cat.jpg", [ChangeKind.ADDED])]),
    ((replace(CAT, caption="TOK, a cat on grass"), DOG, CUP), [("cat.jpg", [ChangeKind.WORDS])]),
    ((replace(CAT, caption="TOK, a cat\n"), DOG, CUP), []),
    ((CAT, replace(DOG, orientation=6, caption=""), CUP), [("dog.jpg", [ChangeKind.PICTURE, ChangeKind.WORDS])]),
    ((CAT, DOG, replace(CUP, background="#000000")), [("cup.jpg", [ChangeKind.PICTURE])]),
    ((replace(CAT, size=7, orientation=3), DOG, CUP), [("cat.jpg", [ChangeKind.FILE])]),
    ((), [(f"{name}.jpg", [ChangeKind.REMOVED]) for name in ("cat", "dog", "cup")]),
])
def test_versions_differ_in(new: tuple[ManifestItem, ...], expected: list[tuple[str, list[ChangeKind]]]) -> None:
    difference = compare(OLD, new)
    assert [(change.name, list(change.kinds)) for change in difference.changes] == expected
    changed_here = sum(change.after is not None for change in difference.changes)
    assert difference.unchanged == len(new) - changed_here


@pytest.mark.parametrize(("before", "after", "shown"), [
    ("a red hat", "a red hat", "a red hat"),
    ("a red hat", "a blue hat", "a [-red-]{+blue+} hat"),
    ("TOK, a cat", "TOK, a cat, on grass", "TOK, a cat{+, on grass+}"),
    ("in warm light", "in the evening", "in [-warm light-]{+the evening+}"),
    ("", "new words", "{+new words+}"),
    ("gone", "", "[-gone-]"),
])
def test_words_that_changed_stand_inline(before: str, after: str, shown: str) -> None:
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    assert "".join(marks[piece.kind].format(piece.text) for piece in caption_pieces(before, after)) == shown


def test_files_that_were_sent_come_back() -> None:
    files = (SentFile("cat.jpg", 1000, "ab" * 32), SentFile("cat.txt", 10, "cd" * 32))
    assert sent_files(sent_files_text(files)) == files
    assert sent_files("") == sent_files("{") == sent_files('[["a"]]') == ()


FORM = TrainingForm().with_value("name", "anna").with_value("trigger_word", "TOK")
SENT = {**FORM.body(), "name": "first", "data_source_path": "u"}
RUN = Run(
    "r", "acc", "first", Phase.ACCEPTED, 1.0, 1.0, body=SENT, fingerprint="f", service_id="s", status="AVAILABLE",
)


@pytest.mark.parametrize(("run", "same"), [
    (RUN, True),
    (replace(RUN, status="TRAINING_INITIATED"), True),
    (replace(RUN, fingerprint="other"), False),
    (replace(RUN, status="FAILED"), False),
    (replace(RUN, phase=Phase.PREPARED, service_id=""), False),
    (replace(RUN, body={**RUN.body, "trigger_word": "OTHER"}), False),
])
def test_exactly_the_same_is_said_before_it_is_paid_again(run: Run, same: bool) -> None:  # noqa: FBT001  # a case
    assert exact_repeats(FORM, "f", (run,)) == ((run,) if same else ())
    assert exact_repeats(FORM, "", (run,)) == ()
