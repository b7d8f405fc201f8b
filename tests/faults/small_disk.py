"""A real small disk that can be full: a tmpfs of its own, where this user may mount one."""

import errno
import os
import subprocess
from pathlib import Path

SIZE = 8 << 20
PIECE = 1 << 16


class SmallDisk:
    """Mounted on `folder` from `mount` to `unmount`; `mounted` is False where that is not allowed."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.mounted = False

    def mount(self):
        self.folder.mkdir()
        if os.geteuid() != 0:
            return
        options = f"size={SIZE},mode=0700"
        done = subprocess.run(  # noqa: S603  # the system's own tool
            ["mount", "-t", "tmpfs", "-o", options, "small-disk", str(self.folder)],  # noqa: S607  # the same
            check=False, capture_output=True,
        )
        self.mounted = done.returncode == 0

    def unmount(self):
        if self.mounted:
            subprocess.run(["umount", "-l", str(self.folder)], check=True)  # noqa: S603, S607  # the system's own tool
            self.mounted = False

    def fill(self):
        """Leave no free byte."""
        piece = PIECE
        with (self.folder / "filler").open("ab", buffering=0) as file:
            while piece:
                try:
                    file.write(bytes(piece))
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    piece //= 2

    def free(self):
        """Free the space again."""
        (self.folder / "filler").unlink(missing_ok=True)
