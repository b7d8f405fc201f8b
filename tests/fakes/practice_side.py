"""What the practice service has and has seen, asked past what is tested."""

from segmind_studio.api.client import SegmindClient

SUBMIT = "/finetune/request/submit"


def jobs(connection):
    """Return the jobs that the service has."""
    with SegmindClient(connection) as client:
        return client.list_jobs().jobs


def posts(practice):
    """Count the submits that have reached the service."""
    return sum(entry.path == SUBMIT for entry in practice.requests())


def uploads(practice):
    """Count the archives that were sent to its storage."""
    return sum(entry.method == "PUT" for entry in practice.requests())
