"""The same bytes as before are not decoded again, and say so."""

from email.utils import formatdate

from tests.fakes.scripted_server import json_reply

ONE = [{"finetune_id": "f1", "status": "TRAINING_INITIATED"}]
TWO = [{"finetune_id": "f1", "status": "AVAILABLE"}]


def test_equal_bytes_are_unchanged(ask):
    client = ask(json_reply(ONE), json_reply(ONE, Date=formatdate(1_750_000_000, usegmt=True)), json_reply(TWO))
    first, second, third = client.list_jobs(), client.list_jobs(), client.list_jobs()
    assert (first.unchanged, second.unchanged, third.unchanged) == (False, True, False)
    assert second.jobs is first.jobs
    assert third.jobs[0].status == "AVAILABLE"
    assert (first.server_time, second.server_time) == (None, 1_750_000_000.0)
