"""What stands in a run's sheet, and what never does."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.errors import StoreError
from segmind_studio.core.runs import ManifestItem, Phase, Run, TimelineEntry, manifest_text
from segmind_studio.store.redaction import clean_text, clean_value
from segmind_studio.store.sheets import SheetSource, sheet_bytes

KEY = "SG_0123456789abcdef"
SIGNED = (
    "https://bucket.s3.amazonaws.com/u/1-ada.zip?X-Amz-Algorithm=AWS4-HMAC-SHA256"
    "&X-Amz-Credential=AKIAEXAMPLE%2Fs3&X-Amz-Signature=feedfacecafe"
)
NOON = 1_760_000_000.25
RUN = Run(
    "0" * 32, "acc-1", "ada", Phase.ACCEPTED, NOON, NOON + 60,
    body={"name": "ada", "trigger_word": "ADA", "data_source_path": SIGNED,
          "advance_parameters": {"learning_rate": 0.00001, "captioning": True}},
    manifest=manifest_text((
        ManifestItem("/home/ada/Bilder/ä.jpg", 12, 34, "ADA in a garden", 6, "JPEG"),
        ManifestItem("C:\\Users\\ada\\b.png", 56, 78, "", 1, "PNG", "#204060"),
    )),
    dataset_id="d", dataset_name="Ada", image_count=2, archive_size=98, archive_sha256="ab",
    data_source_path=SIGNED, sent_at=NOON + 10, service_id="s-1", status="AVAILABLE", public=False,
    raw=json.dumps({"status": "AVAILABLE", "x-api-key": "an odd key", "url": SIGNED, "echo": f"key {KEY}"}),
    cloud_storage_url=SIGNED, result_path="/home/ada/models/ada.safetensors", result_sha256="cd",
    credits_before=12.5, credits_after=8.5, notes="good one",
)
TIMELINE = (TimelineEntry(NOON, "prepared"), TimelineEntry(NOON + 10, "sending", "2 photos"))


def written(run: Run = RUN, **more: Any) -> dict[str, Any]:
    return json.loads(sheet_bytes(SheetSource(run, TIMELINE, written_at=NOON, **more)))


def test_it_holds_everything_that_is_known() -> None:
    sheet = written(result_size=4321)
    assert sheet["segmind_studio_sheet"] == 1
    assert sheet["written_at"] == "2025-10-09T08:53:20.250000Z"
    assert sheet["body"]["advance_parameters"] == {"learning_rate": 0.00001, "captioning": True}
    assert sheet["dataset"]["photos"] == [
        {"name": "ä.jpg", "size": 12, "caption": "ADA in a garden", "orientation": 6, "format": "JPEG",
         "background": "#ffffff"},
        {"name": "b.png", "size": 56, "caption": "", "orientation": 1, "format": "PNG",
         "background": "#204060"},
    ]
    assert sheet["timeline"][1] == {"at": "2025-10-09T08:53:30.250000Z", "what": "sending", "detail": "2 photos"}
    assert sheet["result"] == {
        "name": "ada.safetensors", "size": 4321, "sha256": "cd",
        "address": "https://bucket.s3.amazonaws.com/u/1-ada.zip",
    }
    assert sheet["cost"]["us_dollars"] == 4.0
    assert "balance before" in sheet["cost"]["source"]
    assert sheet["answer"]["status"] == "AVAILABLE"
    assert datetime.fromisoformat(sheet["times"]["sent"]) == datetime.fromtimestamp(NOON + 10, UTC)


def test_no_key_no_signature_and_no_folder_gets_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    run = replace(
        RUN, error=f"Bad key {KEY}; see {SIGNED}", notes="in /home/ada/models, my word is hunter2xyz",
        raw=RUN.raw.replace("&", "\\u0026"),
    )
    for raw in (run.raw, f"no JSON {KEY} {SIGNED}", f'{{"torn": "{SIGNED}'):
        text = sheet_bytes(SheetSource(replace(run, raw=raw), TIMELINE, secrets=("hunter2xyz",))).decode()
        for secret in (KEY, "0123456789abcdef", "an odd key", "feedface", "AKIA", "/home/ada", "Users", "hunter2"):
            assert secret not in text, (raw, secret)
        assert "https://bucket.s3.amazonaws.com/u/1-ada.zip" in text


@pytest.mark.parametrize(("address", "clean"), [
    ("https://x.example/a.zip?dl=1", "https://x.example/a.zip?dl=1"),
    ("https://x.example/a.zip?dl=1&token=abc", "https://x.example/a.zip"),
    ("https://me:pass@x.example/a.zip", "https://x.example/a.zip"),
    ("https://x.example/a.zip#access_token=abc", "https://x.example/a.zip"),
    ("https://x.example/a.zip?%78-amz-signature=abc", "https://x.example/a.zip"),
    ("HTTPS://X.example/a?Signature=1 and more", "HTTPS://X.example/a and more"),
])
def test_only_what_is_secret_goes_from_addresses(address: str, clean: str) -> None:
    assert clean_text(address) == clean


@given(st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
))
def test_any_answer_can_be_written(value: object) -> None:
    raw = json.dumps(value)
    run = replace(RUN, raw=raw, manifest="torn")
    if "NaN" in raw or "Infinity" in raw:
        run = replace(run, raw=raw.replace("NaN", "1").replace("-Infinity", "1").replace("Infinity", "1"))
    assert written(run)["dataset"]["photos"] == []


def test_what_a_file_cannot_hold_is_worded() -> None:
    assert written(replace(RUN, raw="[NaN, 1e999]"))["answer"] == [None, None]
    with pytest.raises(StoreError, match="too large"):
        written(replace(RUN, raw="x" * 17_000_000))


def test_a_deep_answer_is_cut_and_times_that_are_none_are_left_out() -> None:
    deep = "[" * 300 + "]" * 300
    sheet = written(replace(RUN, raw=deep, created_at=1e18, sent_at=None))
    assert sheet["times"]["created"] is None
    assert sheet["times"]["sent"] is None
    assert json.dumps(clean_value(json.loads(deep))).count("[") == 40


def test_there_is_no_cost_without_a_measure_and_none_that_practice_only_pretends() -> None:
    assert written(replace(RUN, credits_after=None))["cost"] is None
    assert written(replace(RUN, account_id="practice"))["cost"] is None


def test_the_home_folder_is_a_tilde() -> None:
    assert clean_text(f"saved in {Path.home()}/x") == "saved in ~/x"
