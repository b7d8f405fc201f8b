"""A full disk has no free byte, and has space again afterwards."""

import errno
import os

import pytest
from small_disk import SmallDisk


def test_a_full_disk_takes_nothing_until_there_is_room(tmp_path):
    disk = SmallDisk(tmp_path / "disk")
    disk.mount()
    try:
        written = disk.folder / "written"
        written.write_bytes(b"before")
        if disk.mounted:  # where it cannot be mounted, the matrix lets the kernel refuse every write instead
            assert os.path.ismount(disk.folder)
            disk.fill()
            with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
                (disk.folder / "more").write_bytes(b"x")
        disk.free()
        (disk.folder / "more").write_bytes(bytes(1 << 20))
        assert written.read_bytes() == b"before"
    finally:
        disk.unmount()
    assert not os.path.ismount(disk.folder)
