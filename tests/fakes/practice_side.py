"""The state of the practice service and the requests it received, read without the tested code."""

from segmind_studio.api.client import SegmindClient

SUBMIT = "/finetune/request/submit"


def jobs(connection):
    """Return the service's jobs."""
    with SegmindClient(connection) as client:
        return client.list_jobs().jobs


def posts(practice):
    """Return the number of submits that reached the service."""
    return sum(entry.path == SUBMIT for entry in practice.requests())


def uploads(practice):
    """Return the number of archives that were sent to its storage."""
    return sum(entry.method == "PUT" for entry in practice.requests())
