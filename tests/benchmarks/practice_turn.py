"""Many runs on the practice service: the size of its folder, and runs that it refuses for want of money.

    python -m tests.benchmarks.practice_turn RUNS FOLDER PHOTO
"""

import io
import sys
import zipfile
from pathlib import Path

from segmind_studio.api.client import SegmindClient
from segmind_studio.api.storage import StorageClient
from segmind_studio.core.accounts import Account, AccountKind, ApiKey, Connection
from segmind_studio.core.errors import ApiError
from tests.benchmarks.child import print_figures
from tests.fakes.practice_side import StartedPractice

PHOTOS = 20  # in each archive
BODY = {
    "instance_prompt": "TOK on a beach", "trigger_word": "TOK", "base_model": "FLUX_PRO", "theme": "GENERAL",
    "segmind_public": False,
    "advance_parameters": {
        "iterations": 100, "captioning": True, "priority": "QUALITY", "finetune_type": "FULL", "lora_rank": 32,
        "learning_rate": 0.00001,
    },
}


def archive(photo: bytes) -> bytes:
    """Return a zip of photos that differ."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for number in range(PHOTOS):
            package.writestr(f"photo-{number}.jpg", photo + bytes(number))
    return target.getvalue()


def main(count: int, folder: Path, photo: Path) -> None:
    """Measure and print."""
    package, refused = archive(photo.read_bytes()), 0
    practice = StartedPractice(folder, speed=10_000.0)
    account = Account("bench", "Bench", AccountKind.PRACTICE)
    connection = Connection(account, practice.address.api, practice.address.api, ApiKey(practice.address.key))
    with SegmindClient(connection) as client, StorageClient(loopback=True) as storage:
        for number in range(count):
            ticket = client.upload_ticket("photos.zip")
            storage.put(ticket.presigned_url, [package], len(package), lambda _sent: None, lambda: False)
            try:
                client.submit(BODY | {"name": f"run-{number}", "data_source_path": ticket.s3_url})
            except ApiError:
                refused += 1
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    practice.stop()
    print_figures(size=size / 1e6, refused=refused)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
