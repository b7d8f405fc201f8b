"""Where the app stores its own files. Nothing here reads or writes them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import platformdirs

from segmind_studio.store.private_files import make_private_folder

APP_NAME = "segmind-studio"


@dataclass(frozen=True)
class AppPaths:
    """The four folders of the app and the paths in them."""

    data: Path
    config: Path
    cache: Path
    logs: Path
    downloads: Path | None = None  # None: the system's own folder

    @property
    def database(self) -> Path:
        """Return the file that holds datasets and runs."""
        return self.data / "studio.sqlite3"

    @property
    def settings_file(self) -> Path:
        """Return the settings file."""
        return self.config / "settings.json"

    @property
    def qt_settings(self) -> Path:
        """Return the file in which Qt's own dialogs store the last folders; Qt chooses its name."""
        return self.config / "QtProject.conf"

    @property
    def imports(self) -> Path:
        """Return the folder for copies of images from zips."""
        return self.data / "imports"

    @property
    def seen(self) -> Path:
        """Return the folder for the names that were seen in the photos' folders, a file for each dataset."""
        return self.data / "seen"

    @property
    def watch_times(self) -> Path:
        """Return the file with the times in which the app looked at the runs."""
        return self.data / "watch-times.json"

    @property
    def prepared(self) -> Path:
        """Return the folder for converted images; it may be emptied at any time."""
        return self.cache / "prepared"

    @property
    def measures(self) -> Path:
        """Return the file with what was measured of photos; it may be deleted at any time."""
        return self.cache / "measures.sqlite3"

    @property
    def results(self) -> Path:
        """Return the folder for the images made on the Try page."""
        return self.data / "results"

    @property
    def try_file(self) -> Path:
        """Return the file with what the Try place remembers."""
        return self.data / "try.json"

    @property
    def deleted_webhooks(self) -> Path:
        """Return the file with webhooks that were deleted before another was registered."""
        return self.data / "deleted-webhooks.json"

    @property
    def votes(self) -> Path:
        """Return the file of votes on pairs of images."""
        return self.data / "votes.jsonl"

    @property
    def practice(self) -> Path:
        """Return the folder of the practice service."""
        return self.data / "practice"

    @property
    def log_file(self) -> Path:
        """Return the log; older parts have `.1` and `.2` appended."""
        return self.logs / "studio.log"

    def create(self) -> None:
        """Create every folder, accessible to its owner only. StoreError when one cannot be created."""
        folders = (self.data, self.config, self.cache, self.logs)
        for folder in (*folders, self.imports, self.seen, self.prepared, self.results, self.practice):
            make_private_folder(folder)


def app_paths(data_dir: Path | None) -> AppPaths:
    """Return the platform's own folders, or everything below `data_dir` if it is given."""
    if data_dir is not None:
        root = data_dir.expanduser().absolute()
        return AppPaths(root / "data", root / "config", root / "cache", root / "logs", root / "downloads")
    dirs = platformdirs.PlatformDirs(APP_NAME, appauthor=False)
    return AppPaths(
        dirs.user_data_path, dirs.user_config_path, dirs.user_cache_path, dirs.user_log_path,
    )
