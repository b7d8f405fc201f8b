from __future__ import annotations

import io
import json

import pytest
from PIL import Image
from practice_bench import photo, wait_until, zip_of

from segmind_studio.practice import images
from segmind_studio.practice.images import BAND_COLOUR
from segmind_studio.resources import resource
from tests.fakes.typed import known, the

SMALL = {"width": 256, "height": 256}


@pytest.fixture(scope="module")
def model(shared):
    """Return the slug of a model that was taught one orange and one blue picture."""
    files = {"a.jpg": photo((220, 120, 20), side=300, spot=True),
             "b.png": photo((20, 60, 220), "PNG", side=300, spot=True)}
    return shared.wait_for(shared.submit(data_source_path=shared.upload(zip_of(files))))["slug"]


@pytest.fixture
def generate(shared, model):
    def ask(**params):
        return shared.client.post(f"/v1/{model}", json={"prompt": "TOK runs", "seed": 1, **SMALL, **params})
    return ask


def opened(answer):
    assert answer.status_code == 200, answer.text
    picture = Image.open(io.BytesIO(answer.content))
    assert answer.headers["content-type"] == Image.MIME[known(picture.format)]
    return picture


def test_a_picture_comes_with_its_cost(shared, model):
    before = shared.credits()
    answer = shared.client.post(f"/v1/{model}", json={"prompt": "TOK"})
    assert opened(answer).size == (1024, 1024)
    assert answer.headers["x-cost"] == "0.06"
    assert float(answer.headers["x-remaining-credits"]) == pytest.approx(before - 0.06)
    assert shared.credits() == pytest.approx(before - 0.06)
    assert len(answer.headers["x-request-id"]) == 36


def test_a_picture_is_marked_as_practice(generate):
    picture = opened(generate(width=512, height=640, image_format="png"))
    assert (picture.format, picture.size) == ("PNG", (512, 640))
    assert picture.getpixel((3, 3)) == BAND_COLOUR
    band = picture.crop((0, 0, 512, 640 // 14)).convert("L")
    assert the(int, band.getextrema()[0]) < 60  # words are on it


def test_seed_prompt_and_strength_count(generate):
    same = [generate(seed=5).content for _ in range(2)]
    assert same[0] == same[1]
    others = [generate(seed=6), generate(seed=5, prompt="other"), generate(seed=5, strength=0.5),
              generate(seed=5, finetune_strength=2)]
    assert len({same[0], *(answer.content for answer in others)}) == 5
    middles = {
        the(tuple, opened(generate(seed=seed)).convert("RGB").getpixel((128, 60))) for seed in range(12)
    }
    assert any(red > blue for red, _, blue in middles)  # both photos are picked
    assert any(blue > red for red, _, blue in middles)


def test_without_a_seed_pictures_differ(generate):
    assert len({generate(seed=None).content for _ in range(3)}) > 1


def test_a_prompt_in_any_letters_is_painted(generate, monkeypatch):
    prompt = "TOK läuft \N{EN DASH} 走る " + "sehr weit " * 60
    opened(generate(prompt=prompt))
    monkeypatch.setattr(images, "_FACES", ())
    images._face.cache_clear()
    try:
        opened(generate(prompt=prompt))
    finally:
        images._face.cache_clear()


class Words:
    """A text whose translation is not its English."""

    def __init__(self, translated: str) -> None:
        self.message, self.translated = "PRACTICE", translated

    def __str__(self) -> str:
        return self.translated


@pytest.mark.parametrize(("translated", "faces", "written"), [
    ("ÜBUNG", ("Inter-Regular.otf",), "ÜBUNG"), ("练习", ("Inter-Regular.otf",), "PRACTICE"),
    ("ÜBUNG", (), "PRACTICE"),
])
def test_the_band_is_in_the_language_in_use_where_it_can_be_written(monkeypatch, translated, faces, written):
    monkeypatch.setattr(images, "BAND_TEXT", Words(translated))
    monkeypatch.setattr(images, "_FACES", tuple(str(resource("fonts", face)) for face in faces))
    images._face.cache_clear()
    try:
        assert images.band_text() == written
    finally:
        images._face.cache_clear()


@pytest.mark.parametrize(("params", "word"), [
    ({"prompt": None}, "Field required"), ({"prompt": " "}, "prompt"), ({"prompt": 5}, "prompt"),
    ({"seed": -1}, "seed"), ({"seed": "1"}, "seed"), ({"seed": True}, "seed"), ({"strength": 2.1}, "strength"),
    ({"finetune_strength": "1"}, "strength"), ({"strength": float("1e999")}, "JSON"), ({"width": 100}, "width"),
    ({"height": 5000}, "height"), ({"width": 512.0}, "width"), ({"image_format": "webp"}, "image_format"),
    ({"prompt": "something NSFW"}, "moderated"),
])
def test_a_bad_parameter_is_refused_and_costs_nothing(shared, model, params, word):
    before = shared.credits()
    for version in ("v1", "v2"):
        answer = shared.client.post(
            f"/{version}/{model}", content=json.dumps({"prompt": "TOK", "seed": 1} | params),
            headers={"Content-Type": "application/json"},
        )
        if (version, word) != ("v2", "moderated"):
            assert answer.status_code == 400
            assert word in answer.text
    assert shared.credits() == before


def test_an_unknown_or_unfinished_model_is_404(shared):
    for version in ("v1", "v2"):
        answer = shared.client.post(f"/{version}/nobody", json={"prompt": "x"})
        assert (answer.status_code, answer.json()) == (404, {"error": "Model nobody not found"})
    finetune_id = shared.submit(name="Young")
    shared.server.set_speed(0.01)
    try:
        assert shared.client.post(f"/v1/young-{finetune_id[:8]}", json={"prompt": "x"}).status_code == 404
    finally:
        shared.server.set_speed(600.0)
    shared.wait_for(finetune_id)
    assert shared.client.post(f"/v1/young-{finetune_id[:8]}", json={"prompt": "x"}).status_code == 200


def test_a_queued_picture_is_polled_for(start):
    practice = start(speed=10_000.0)
    slug = practice.wait_for(practice.submit())["slug"]
    practice.server.set_speed(1.0)  # a second and a half for each state, also on a busy machine
    answer = practice.client.post(f"/v2/{slug}", json={"prompt": "TOK runs", "seed": 1, "image_format": "png"})
    assert answer.status_code == 200
    job = answer.json()
    assert set(job) == {"request_id", "status_url", "response_url"}
    seen = []

    def completed():
        told = practice.client.get(job["status_url"])
        assert told.status_code == 200
        if told.json()["status"] not in seen:
            seen.append(told.json()["status"])
        if seen[-1] == "PROCESSING":
            practice.server.set_speed(100.0)
        return seen[-1] == "COMPLETED"

    assert practice.client.get(job["response_url"]).json()["status"] in {"QUEUED", "PROCESSING"}
    wait_until(completed)
    assert seen == ["QUEUED", "PROCESSING", "COMPLETED"]
    result = practice.client.get(job["response_url"]).json()
    assert result["status"] == "COMPLETED"
    picture = practice.get(result["output"])
    assert Image.open(io.BytesIO(picture.content)).size == (1024, 1024)
    assert practice.client.get("/v2/requests/x/status").status_code == 404
    practice.restart()
    assert practice.client.get(job["status_url"]).json()["status"] == "COMPLETED"


def test_a_failed_queued_picture_is_422_with_a_body(shared, model):
    before = shared.credits()
    job = shared.client.post(f"/v2/{model}", json={"prompt": "nsfw", "seed": 1}).json()
    failed = wait_until(lambda: (told := shared.client.get(job["status_url"])).status_code == 422 and told)
    assert (failed.json()["status"], failed.json()["request_id"]) == ("FAILED", job["request_id"])
    assert "moderated" in failed.json()["error"]
    result = shared.client.get(job["response_url"])
    assert (result.status_code, result.json()) == (422, failed.json())
    assert shared.credits() == before
