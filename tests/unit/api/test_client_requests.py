"""What goes out: method, path, headers and body of every call, byte for byte where it matters."""

import json
from urllib.parse import parse_qs

import pytest

from segmind_studio.api.client import SegmindClient
from segmind_studio.core.errors import ApiError, ApiProblem
from segmind_studio.core.form import TrainingForm
from tests.fakes.connections import KEY, connection_to
from tests.fakes.scripted_server import Reply, json_reply, text_reply

BODY = TrainingForm().with_values({"name": "cat", "instance_prompt": "TOK, a cat"}).body("https://b.s3.aws/x.zip")


def only(server):
    (seen,) = server.seen
    assert seen.headers["x-api-key"] == KEY
    assert "authorization" not in seen.headers
    assert "transfer-encoding" not in seen.headers
    return seen


def test_credits(ask, server):
    assert ask(json_reply({"credits": 12.5, "free-credits": 0.01})).credits().total == pytest.approx(12.51)
    seen = only(server)
    assert (seen.method, seen.target, seen.body) == ("GET", "/v1/get-user-credits", b"")


def test_list(ask, server):
    ask(json_reply([])).list_jobs()
    seen = only(server)
    assert (seen.method, seen.target, seen.body) == ("GET", "/finetune/request/list", b"")


def test_details_has_the_id_in_the_body_and_in_the_query(ask, server):
    ask(json_reply({"finetune": {"finetune_id": "f 1", "status": "AVAILABLE"}})).details("f 1")
    seen = only(server)
    assert (seen.method, seen.path) == ("GET", "/finetune/request/details")
    assert seen.json() == {"request_id": "f 1"}
    assert parse_qs(seen.query) == {"request_id": ["f 1"]}
    assert seen.headers["content-type"] == "application/json"


def test_submit_sends_the_very_body(ask, server):
    ask(json_reply({"finetune_id": "f1", "status": "REQUESTED", "name": "cat"})).submit(BODY)
    seen = only(server)
    assert (seen.method, seen.target) == ("POST", "/finetune/request/submit")
    assert seen.headers["content-type"] == "application/json"
    assert seen.json() == BODY
    assert seen.json()["advance_parameters"]["learning_rate"] == 0.00001
    assert seen.json()["segmind_public"] is False


def test_upload_ticket_has_a_json_body_on_a_get(ask, server):
    ask(json_reply({"presigned_url": f"{server.url}/put?X-Amz-Signature=s", "s3_url": "https://b/x"})).upload_ticket(
        "dataset.zip",
    )
    seen = only(server)
    assert (seen.method, seen.target) == ("GET", "/finetune/request/upload/pre-signed-url")
    assert seen.json() == {"name": "dataset.zip"}


@pytest.mark.parametrize(("public", "word"), [(True, "True"), (False, "False")])
def test_visibility_is_a_form_with_a_capital_letter(ask, server, public, word):
    ask(Reply(200)).set_public("f1", public)
    seen = only(server)
    assert (seen.method, seen.target) == ("PUT", "/finetune/request/access-update")
    assert seen.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(seen.body.decode()) == {"request_id": ["f1"], "segmind_public": [word]}


def test_weights_link_is_a_form_on_a_get(ask, server):
    url = "https://bucket.s3.amazonaws.com/a b?c=d&e"
    with pytest.raises(ApiError):
        ask(text_reply("https://x/y")).weights_link(url)  # a blank is in no address
    assert ask(text_reply("https://x/y?sig=1\n")).weights_link(url.replace(" ", "%20")) == "https://x/y?sig=1"
    seen = only(server)
    assert (seen.method, seen.target) == ("GET", "/finetune/request/file/download")
    assert seen.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(seen.body.decode()) == {"cloud_storage_url": [url.replace(" ", "%20")]}


def test_webhook_calls(ask, server):
    client = ask(json_reply({}))
    client.add_webhook(f"{server.url}/hook", ("FINETUNE",))
    client.update_webhook("w1", f"{server.url}/hook", ("FINETUNE", "PIXELFLOW"))
    client.remove_webhook("w 1")
    added, updated, removed = server.seen
    assert (added.method, added.target) == ("POST", "/webhook/add")
    assert added.json() == {"webhook_url": f"{server.url}/hook", "event": {"types": ["FINETUNE"]}}
    assert (updated.method, updated.target) == ("POST", "/webhook/update")
    assert updated.json() == {
        "webhook_id": "w1", "webhook_url": f"{server.url}/hook", "event": {"types": ["FINETUNE", "PIXELFLOW"]},
    }
    assert (removed.method, removed.target) == ("GET", "/webhook/inactive?webhook_id=w+1")
    assert removed.headers["x-api-key"] == KEY


@pytest.mark.parametrize("body", [
    {}, {**BODY, "name": ""}, {**BODY, "data_source_path": "  "}, {**BODY, "instance_prompt": None},
    {**BODY, "advance_parameters": {"learning_rate": float("nan")}}, {**BODY, "theme": object()},
    {**BODY, "theme": "\ud800"},
])
def test_an_impossible_body_is_never_sent(ask, server, body):
    with pytest.raises(ApiError) as caught:
        ask(json_reply({"id": "x"})).submit(body)
    assert caught.value.problem is ApiProblem.BAD_REQUEST
    assert not caught.value.may_have_arrived
    assert not server.seen


@pytest.mark.parametrize("name", [
    "", "a.txt", "ä.zip", "a/b.zip", "../a.zip", "x" * 200 + ".zip", "a b.zip", "a.zip\n",
])
def test_only_short_plain_zip_names_are_sent(ask, server, name):
    with pytest.raises(ApiError):
        ask(json_reply({})).upload_ticket(name)
    assert not server.seen


@pytest.mark.parametrize(("url", "types"), [
    ("http://example.com/hook", ("FINETUNE",)), ("ftp://x", ("FINETUNE",)), ("https://x/y", ()),
    ("https://x/y", (" ",)),
])
def test_an_impossible_webhook_is_never_sent(ask, server, url, types):
    with pytest.raises(ApiError):
        ask(json_reply({})).add_webhook(url, types)
    assert not server.seen


def test_a_prompt_goes_out_as_utf8(ask, server):
    ask(json_reply({"id": "f1"})).submit({**BODY, "instance_prompt": "TOK, ein Bär 🐻"})
    assert "Bär 🐻".encode() in server.seen[0].body
    assert json.loads(server.seen[0].body)["instance_prompt"] == "TOK, ein Bär 🐻"


def test_a_base_url_with_a_path_and_a_slash_is_kept(server):
    server.replies.append(json_reply([]))
    with SegmindClient(connection_to(f"{server.url}/proxy/")) as other:
        other.list_jobs()
    assert server.seen[0].target == "/proxy/finetune/request/list"
