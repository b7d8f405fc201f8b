"""The state of the practice service and the requests it received, read without the tested code."""

from pathlib import Path
from typing import Any

from segmind_studio.api.client import SegmindClient
from segmind_studio.practice.server import PracticeServer

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


class StartedPractice(PracticeServer):
    """A practice service that runs; `address` says where. The test stops it."""

    def __init__(self, folder: Path, **options: Any) -> None:
        super().__init__(folder, **options)
        self.address = self.start()
