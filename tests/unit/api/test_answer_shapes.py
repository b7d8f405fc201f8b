"""The readers take every documented shape, and whatever else comes is an odd answer and nothing worse."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmind_studio.api import decode
from segmind_studio.api.answers import Answer
from segmind_studio.api.generation import image_in, is_image
from segmind_studio.api.problems import problem_of
from segmind_studio.api.storage_problems import storage_problem
from segmind_studio.core.errors import ApiError, ApiProblem
from segmind_studio.core.moments import seconds_of
from segmind_studio.core.runs import Job, Stage, stage_of_status
from tests.fakes.typed import known

SAMPLE = {
    "id": "row-1", "finetune_id": "f1", "name": "cat", "data_source_path": "https://b/x.zip",
    "instance_prompt": "TOK", "status": "AVAILABLE", "source_type": "AWS_S3", "base_model": "FLUX_PRO",
    "slug": "cat-1", "public_model": False, "error_message": None,
    "cloud_storage_url": "https://b/x.safetensors", "created_ts": "2025-01-01T00:00:00Z",
    "updated_ts": "2025-01-01T00:00:00Z", "new_field": {"kept": [1, 2]},
}


def answer(value, content_type="application/json"):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return Answer(200, {"content-type": content_type}, body)


def jobs(value):
    return decode.jobs_of(answer(value), loopback=False)


def odd(action):
    with pytest.raises(ApiError) as caught:
        action()
    assert caught.value.problem is ApiProblem.ODD_ANSWER


@pytest.mark.parametrize("value", [
    [SAMPLE], {"finetunes": [SAMPLE]}, {"data": [SAMPLE]}, {"data": {"finetunes": [SAMPLE]}}, {"rows": [SAMPLE]},
    [{"finetune": SAMPLE}], {"finetunes": [{"finetune": SAMPLE}]}, {"data": None, "finetunes": [SAMPLE], "n": 1},
])
def test_every_way_of_wrapping_a_list(value):
    (job,), skipped = jobs(value)
    assert skipped == 0
    assert job.service_id == "f1"
    assert job.cloud_storage_url == "https://b/x.safetensors"
    assert job.public is False
    assert json.loads(job.raw).get("finetune", json.loads(job.raw))["new_field"] == {"kept": [1, 2]}


@pytest.mark.parametrize("value", [
    [], {"finetunes": []}, {"finetunes": None}, {"error": None, "finetunes": []}, {"error": "", "data": []},
    {"message": "ok", "success": True, "status": 200, "list": []}, {"code": 0, "errors": [], "items": []},
    {"status": "success", "error": {"code": 0, "message": None}, "data": {"finetunes": []}},
])
def test_no_jobs_at_all(value):
    assert jobs(value) == ((), 0)


@pytest.mark.parametrize("value", [
    {}, {"error": "x"}, {"error": "x", "errors": []}, 1, "x", None,
    {"error": "internal", "data": None}, {"error": "x", "finetunes": []}, {"success": False, "list": []},
    {"error": "x", "finetunes": None}, {"error": {"code": 5}, "data": []}, {"errors": [{"msg": "m"}], "data": []},
    {"data": {"error": "x", "finetunes": []}}, {"status": 500, "finetunes": []},
    {"status_code": "503", "items": []},
    {"status": "error", "data": []}, {"ok": False, "items": []}, {"error": True, "items": []},
    {"error": "x", "finetunes": [SAMPLE]}, [1], [{"name": "no id"}], [None], True,
    {"a": [SAMPLE], "b": [SAMPLE]},
])
def test_what_is_no_list_would_say_that_every_run_is_gone(value):
    odd(lambda: jobs(value))


def test_a_row_without_an_id_is_counted():
    found, skipped = jobs([SAMPLE, {"name": "x"}, 7])
    assert (len(found), skipped) == (1, 2)


@pytest.mark.parametrize("key", ["finetune_id", "request_id", "id"])
def test_the_id_may_have_three_names(key):
    (job,), _ = jobs([{key: "x1", "status": "REQUESTED"}])
    assert job.service_id == "x1"
    assert decode.submitted_of(answer({key: "x1"})).service_id == "x1"


def test_a_job_keeps_every_id_it_was_told_under():
    (job,), _ = jobs([{"id": "a", "finetune_id": "b", "request_id": "c"}])
    assert (job.service_id, job.ids) == ("b", ("b", "c", "a"))
    assert decode.details_of(answer({"id": "a", "finetune_id": "b"}), "a", loopback=False).ids == ("a", "b")
    assert Job("x").ids == ("x",)


def test_an_id_that_jobs_share_is_none_of_theirs():
    found, _ = jobs([
        {"id": "a", "finetune_id": "f1"}, {"id": "b", "finetune_id": "f2", "request_id": ""},
        {"id": "shared", "finetune_id": "f3"}, {"id": "shared", "finetune_id": "f4"},
        {"id": "f1", "finetune_id": "f5"},
        {"id": "b", "finetune_id": "f2"},
    ])
    assert [job.ids for job in found] == [("f1", "a"), ("f2", "b"), ("f3",), ("f4",), ("f5",)]


@pytest.mark.parametrize(("rows", "status"), [
    ([("AVAILABLE", "2025-01-02T00:00:00Z"), ("REQUESTED", "2025-01-01T00:00:00Z")], "AVAILABLE"),
    ([("REQUESTED", "2025-01-02T00:00:00Z"), ("AVAILABLE", "2025-01-01T00:00:00Z")], "REQUESTED"),
    ([("AVAILABLE", 1735776000000), ("REQUESTED", 1735689600)], "AVAILABLE"),
    ([("AVAILABLE", None), ("REQUESTED", None)], "AVAILABLE"),
    ([("REQUESTED", ""), ("TRAINING_INITIATED", "")], "TRAINING_INITIATED"),
])
def test_of_one_job_listed_twice_what_was_updated_last_counts(rows, status):
    found, _ = jobs([{"id": "a", "status": word, "updated_ts": at} for word, at in rows])
    assert [job.status for job in found] == [status]


@pytest.mark.parametrize("value", [1735689600, 1735689600.5, 1735689600000, "1735689600000", "1735689600000000"])
def test_a_time_may_be_an_epoch(value):
    (job,), _ = jobs([{"id": "a", "created_ts": value}])
    assert int(known(seconds_of(job.created_ts))) == 1735689600


@pytest.mark.parametrize("opening", ["[", '{"finetunes": [', '\ufeff {"data":['])
def test_of_a_list_that_was_cut_the_rows_that_came_whole_are_read(opening):
    rows = ",\n".join(json.dumps({"id": name, "name": "ü"}) for name in "abc")
    answer = Answer(200, body=f'{opening}{rows}, {{"id": "d", "na'.encode(), cut=True)
    found, _ = decode.jobs_of(answer, loopback=False)
    assert [job.service_id for job in found] == ["a", "b", "c"]


@pytest.mark.parametrize("body", [b"[", b'{"error": "x", "finetunes": [', b"<html>", b"", b'[{"id": "a'])
def test_a_beginning_without_a_row_is_no_list(body):
    odd(lambda: decode.jobs_of(Answer(200, body=body, cut=True), loopback=False))


@pytest.mark.parametrize("value", ["x" * 501, "a\x00b", "\u202ea", " \n", "a\nb"])
def test_what_no_service_would_give_as_an_id_is_none(value):
    odd(lambda: jobs([{"id": value}]))


LONG = "wört " * 600_000
LENGTHS = {
    "name": 200, "status": 100, "error_message": 2000, "data_source_path": 0, "instance_prompt": 4000,
    "base_model": 100, "slug": 200, "cloud_storage_url": 0, "created_ts": 100, "service_id": 0,
}


@pytest.mark.parametrize("text", [LONG, "x" * 3_000_000, "a\n" * 500_000, "\u202e\x00" * 500_000 + "x"])
def test_no_text_of_a_job_is_longer_than_can_be_shown(text):
    (job,), _ = jobs([{**dict.fromkeys(LENGTHS, text), "id": "x", "junk": text, "more": [text] * 3}])
    for name, most in LENGTHS.items():
        found = getattr(job, name)
        assert len(found) <= most or name == "service_id"
        assert "\u202e" not in found
        assert "\x00" not in found
        assert "\n" not in found or name in {"error_message", "instance_prompt"}
    assert job.error_message.count("\n") <= 40
    assert len(job.raw) < 66_000
    assert json.loads(job.raw)["id"] == "x"
    assert f"({len(text)} characters)" in job.raw
    assert jobs([{"id": "x", "cloud_storage_url": "https://b/" + "x" * 4000}])[0][0].cloud_storage_url == ""


@pytest.mark.parametrize("value", [
    [list(range(10_000))] * 20, {str(n): "x" * 999 for n in range(5000)}, [["x" * 900] * 100] * 100,
])
def test_a_long_answer_stays_json_in_the_raw_view(value):
    (job,), _ = jobs([{"id": "x", "junk": value}])
    assert len(job.raw) < 66_000
    assert "…" in job.raw or "too long to keep" in json.loads(job.raw)


def test_a_turned_name_is_shown_as_it_is_spelt():
    (job,), _ = jobs([{"id": "x", "name": "\u202egnp.exe\u202c\x00\n\n lines\x1b[31m", "status": "A\x07B\nC"}])
    assert (job.name, job.status) == ("gnp.exe lines [31m", "A B C")


@pytest.mark.parametrize(("value", "taken"), [
    ({"error": "Insufficient credits", "request_id": "trace-1", "status_code": 406}, ""),
    ({"error": "x", "id": "trace-1"}, ""), ({"success": False, "data": {"id": "trace-1"}}, ""),
    ({"status": "error", "request_id": "trace-1"}, ""), ({"status": 500, "request_id": "trace-1"}, ""),
    ({"error": "x", "status": "FAILED", "request_id": "trace-1"}, ""),
    ({"error": "x", "status": "REQUESTED", "id": "f1"}, "f1"), ({"error": "x", "finetune_id": "f1"}, "f1"),
    ({"error": None, "id": "f1"}, "f1"), ({"error": "", "message": "ok", "id": "f1", "new": 1}, "f1"),
    ({"status": 200, "success": True, "data": {"request_id": "f1"}}, "f1"),
])
def test_an_error_served_as_a_success_took_no_job_for_sure(value, taken):
    found = Answer(200, {"content-type": "application/json"}, json.dumps(value).encode(), acts=True)
    if taken:
        assert decode.submitted_of(found).service_id == taken
        return
    with pytest.raises(ApiError) as caught:
        decode.submitted_of(found)
    assert (caught.value.problem, caught.value.may_have_arrived) == (ApiProblem.ODD_ANSWER, True)
    assert str(value.get("error", "")) in caught.value.detail


@pytest.mark.parametrize("value", [{"error": "x", "status": 500}, {"success": False, "status": "AVAILABLE"}])
def test_an_error_is_no_details(value):
    odd(lambda: decode.details_of(answer(value), "f1", loopback=False))


def test_odd_types_in_a_job_are_empty_texts():
    (job,), _ = jobs([{
        "id": 7, "name": None, "status": ["x"], "slug": {"a": 1}, "public_model": "True", "error_message": 0,
        "cloud_storage_url": "http://far/x", "trained_model_url": "file:///x", "created_ts": 12,
    }])
    assert job == Job("7", public=True, created_ts="12", raw=job.raw)


@pytest.mark.parametrize(("value", "words"), [
    (None, ""), ("", ""), ("null", ""), (False, ""), ("GPU lost", "GPU lost"), ({"message": "m"}, "m"),
    (["a", "b"], "a: b"),
])
def test_an_error_message_may_be_an_object(value, words):
    (job,), _ = jobs([{"id": "x", "error_message": value}])
    assert job.error_message == words
    assert (stage_of_status("TRAINING_INITIATED", job.error_message) is Stage.FAILED) == bool(words)


def test_the_raw_view_is_json_that_any_reader_takes():
    (job,), _ = decode.jobs_of(answer(b'[{"id": "x", "loss": NaN}]'), loopback=False)
    assert job.raw == '{"id": "x", "loss": null}'


def test_half_characters_do_not_get_in():
    (job,), _ = decode.jobs_of(answer(b'[{"id": "x", "name": "\\ud800"}]'), loopback=False)
    job.name.encode()
    job.raw.encode()


@pytest.mark.parametrize("value", [{"finetune": SAMPLE}, SAMPLE, [SAMPLE], {"data": {"finetune": SAMPLE}}])
def test_details(value):
    assert decode.details_of(answer(value), "f1", loopback=False).status == "AVAILABLE"
    assert decode.details_of(answer(value), "row-1", loopback=False).service_id == "row-1"
    odd(lambda: decode.details_of(answer(value), "other", loopback=False))


def test_details_without_an_id_are_those_that_were_asked_for():
    found = decode.details_of(answer({"finetune": {"status": "AVAILABLE"}}), "f1", loopback=False)
    assert (found.service_id, found.status) == ("f1", "AVAILABLE")


@pytest.mark.parametrize("value", [
    {"credits": 12.5, "free-credits": 0.01}, {"credits": "12.5", "free_credits": "0.01"},
    {"data": {"credits": 12.5, "free-credits": 0.01}},
])
def test_credits(value):
    found = decode.credits_of(answer(value))
    assert (found.paid, found.free) == (12.5, 0.01)


@pytest.mark.parametrize("value", [
    {}, [], None, {"credits": None}, {"credits": True}, "12", {"credits": 0, "error": "database is down"},
])
def test_no_credits_in_it(value):
    odd(lambda: decode.credits_of(answer(value)))


def test_not_a_number_is_no_number():
    odd(lambda: decode.credits_of(answer(b'{"credits": NaN, "free-credits": Infinity}')))


@pytest.mark.parametrize("value", [
    b"https://b/x?s=1",
    b' "https://b/x?s=1"\n', b'{"url": "https://b/x?s=1"}', b'{"link": "https://b/x?s=1", "n": 1}',
])
def test_a_link(value):
    assert decode.link_of(answer(value, "text/plain"), loopback=False) == "https://b/x?s=1"


@pytest.mark.parametrize("value", [
    b"", b"http://far/x", b"none", b"{}", b'{"a": "https://x/1", "b": "https://x/2"}', b"null",
    b'{"error": "gone", "help": "https://x/1"}',
])
def test_no_link(value):
    odd(lambda: decode.link_of(answer(value), loopback=False))


def test_a_ticket_knows_when_it_ends_and_hides_its_url():
    url = "https://b.s3.amazonaws.com/k?X-Amz-Date=20250615T150640Z&X-Amz-Expires=900&X-Amz-Signature=abc"
    ticket = decode.ticket_of(answer({"presigned_url": url, "s3_url": "https://b/k"}), loopback=False)
    assert ticket.expires_at == 1_750_000_900.0
    assert "abc" not in repr(ticket)


@pytest.mark.parametrize("value", [
    {}, {"presigned_url": "https://x/y"}, {"s3_url": "https://x/y"}, {"presigned_url": "http://x/y", "s3_url": "https://x"},
])
def test_half_a_ticket_is_none(value):
    odd(lambda: decode.ticket_of(answer(value), loopback=False))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(
        st.text() | st.sampled_from([
            "finetune", "finetunes", "data", "id", "finetune_id", "status", "error", "detail", "loc", "msg",
            "credits", "presigned_url", "s3_url", "error_message", "public_model", "event", "types", "webhooks",
            "output", "image",
        ]), inner),
    max_leaves=20,
)
DEEP = b"[" * 100_000
MARKUP = [b"<html>", b"<!DOCTYPE html><title>", b"<?xml?><Error><Code>", b"<"]
bodies = (
    json_values.map(lambda value: json.dumps(value).encode()) | st.binary() | st.text().map(str.encode)
    | st.sampled_from([DEEP, b'{"a":' * 50_000, b"9" * 5000, b'{"id": ' + b"9" * 5000 + b"}", b"\xff\xfe{\x00"])
    | st.tuples(st.sampled_from(MARKUP), st.binary()).map(b"".join)
)
READERS = [
    lambda a: decode.jobs_of(a, loopback=False),
    lambda a: decode.details_of(a, "f1", loopback=False),
    decode.submitted_of,
    decode.credits_of,
    lambda a: decode.ticket_of(a, loopback=False),
    lambda a: decode.link_of(a, loopback=True),
]


@settings(max_examples=100)
@given(bodies, st.sampled_from(["application/json", "text/html", "text/plain", "application/xml", ""]))
def test_no_body_breaks_a_reader(body, content_type):
    found = Answer(200, {"content-type": content_type}, body, acts=True)
    for reader in READERS:
        error = error_of(reader, found)
        if error is not None:
            assert error.problem is ApiProblem.ODD_ANSWER
            assert error.may_have_arrived
            error.detail.encode()


def error_of(reader, found):
    try:
        reader(found)
    except ApiError as error:
        return error
    return None


@settings(max_examples=60)
@given(bodies, st.integers(300, 599), st.dictionaries(st.sampled_from(["content-type", "retry-after"]), st.text()))
def test_no_body_breaks_the_wording_of_a_problem(body, status, headers):
    for word in (problem_of, storage_problem):
        error = word(Answer(status, headers, body))
        error.detail.encode()
        assert len(error.detail) <= 2000


@settings(max_examples=60)
@given(json_values)
def test_looking_for_a_picture_finds_one_or_nothing(value):
    found = image_in(value, loopback=False)
    assert found is None or isinstance(found, str) or is_image(found)
