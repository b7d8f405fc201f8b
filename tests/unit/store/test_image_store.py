"""The image store: what is written comes back as it was, once, and for its account only."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segmind_studio.core.errors import StoreError
from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.core.runs import Phase, Run
from segmind_studio.store.database import Database
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.journal import Journal

PICTURE = GeneratedImage("p1", "acc", "r1", 10.0, prompt="TOK", seed=2**32 - 1, strength=0.1, slug="cat")
TIMES = st.floats(0, 4e9)


@pytest.fixture
def db(tmp_path: Path):
    database = Database(tmp_path / "studio.sqlite3")
    yield database
    database.close()


def test_what_is_written_comes_back_newest_first(db: Database) -> None:
    image_store = ImageStore(db)
    made = replace(PICTURE, state=ImageState.MADE, ended_at=12.5, file_name="a.png", cost=0.06)
    image_store.add(PICTURE)
    image_store.add(replace(PICTURE, image_id="p2", asked_at=20.0))
    image_store.add(replace(PICTURE, image_id="p3", account_id="other"))
    image_store.save(made)
    assert [generated.image_id for generated in image_store.images("acc")] == ["p2", "p1"]
    assert image_store.images("acc")[1] == made


def test_one_row_is_one_request(db: Database) -> None:
    image_store = ImageStore(db)
    image_store.add(PICTURE)
    with pytest.raises(StoreError):
        image_store.add(PICTURE)
    with pytest.raises(KeyError):
        image_store.save(replace(PICTURE, image_id="another"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(st.builds(
    GeneratedImage, image_id=st.uuids().map(str), account_id=st.just("any"), run_id=st.text(), asked_at=TIMES,
    state=st.sampled_from(ImageState), ended_at=st.none() | TIMES, prompt=st.text(st.characters()),
    seed=st.none() | st.integers(0, 2**63), strength=st.floats(0, 2), file_name=st.text(), error=st.text(),
    cost=st.none() | st.floats(0, 1e6),
))
def test_every_picture_survives_being_written(db: Database, generated: GeneratedImage) -> None:
    image_store = ImageStore(db)
    with db.transaction() as connection:
        connection.execute("DELETE FROM picture")
    image_store.add(generated)
    assert image_store.images("any") == (generated,)


def test_what_was_waited_for_is_settled_once(db: Database) -> None:
    image_store = ImageStore(db)
    for number, state in enumerate(ImageState):
        image_store.add(replace(PICTURE, image_id=f"p{number}", state=state))
    image_store.add(replace(PICTURE, image_id="kept"))
    image_store.settle(99.0, {"kept": "kept.png"}.get)  # type: ignore[arg-type]
    found = {generated.image_id: generated for generated in image_store.images("acc")}
    assert [found[f"p{n}"].state for n in range(4)] == [
        ImageState.UNKNOWN, ImageState.MADE, ImageState.FAILED, ImageState.UNKNOWN,
    ]
    assert (found["p0"].ended_at, found["p3"].ended_at) == (99.0, None)
    assert (found["kept"].state, found["kept"].file_name) == (ImageState.MADE, "kept.png")


def test_a_row_that_cannot_be_read_is_left_out(db: Database) -> None:
    image_store = ImageStore(db)
    image_store.add(PICTURE)
    with db.transaction() as connection:
        connection.execute("INSERT INTO picture VALUES (9, 'bad', 'acc', 1.0, NULL, 'painted', '{}')")
        connection.execute("INSERT INTO picture VALUES (10, 'torn', 'acc', 1.0, NULL, 'asked', '{')")
    image_store.settle(5.0, lambda _id: "")
    assert [generated.image_id for generated in image_store.images("acc")] == ["p1"]


# -- what else was paid while a run was measured


@pytest.mark.parametrize(("fields", "alone"), [
    ({"asked_at": 5.0, "ended_at": 9.9}, True), ({"asked_at": 5.0, "ended_at": 10.0}, False),
    ({"asked_at": 15.0}, False), ({"asked_at": 5.0}, False), ({"asked_at": 20.1}, True),
    ({"asked_at": 15.0, "ended_at": 16.0, "state": ImageState.FAILED}, True),
    ({"asked_at": 15.0, "account_id": "other"}, True),
])
def test_a_picture_within_the_time_is_noticed(db: Database, fields: dict[str, object], alone: bool) -> None:  # noqa: FBT001
    ImageStore(db).add(replace(PICTURE, **fields))
    assert Journal(db).alone(Run("r", "acc", "n", Phase.SENDING, 1.0, 1.0, sent_at=12.0), 10.0, 20.0) is alone


@pytest.mark.parametrize(("fields", "alone"), [
    ({"sent_at": 15.0}, False), ({"sent_at": 21.0}, True), ({"sent_at": None}, True), ({"sent_at": -200.0}, True),
    ({"sent_at": 9.0}, False), ({"sent_at": 9.0, "credits_before": 9.0, "credits_after": 9.0}, False),  # paid late
    ({"sent_at": 9.0, "credits_before": 9.0, "credits_after": 5.0}, True),
    ({"sent_at": 30.0, "unanswered_at": (15.0,)}, False), ({"sent_at": 15.0, "account_id": "other"}, True),
    ({"made_here": False, "created_at": 15.0}, False), ({"made_here": False, "created_at": 9.0}, True),
])
def test_a_run_within_the_time_is_noticed(db: Database, fields: dict[str, object], alone: bool) -> None:  # noqa: FBT001
    journal = Journal(db)
    mine = Run("r", "acc", "n", Phase.SENDING, 1.0, 1.0, sent_at=12.0)
    journal.add(mine, 1.0)
    journal.add(replace(Run("o", "acc", "n", Phase.ACCEPTED, 1.0, 1.0), **fields), 1.0)
    assert journal.alone(mine, 10.0, 20.0) is alone
