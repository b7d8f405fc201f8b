"""The services of a window that has the data folder, with its desk for orders of the command line; no window."""

from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.accounts.keyring_service import KeyringService
from segmind_studio.services.images.image_service import ImageService
from segmind_studio.services.runs.download_service import DownloadService
from segmind_studio.services.runs.live_runs import LiveRuns
from segmind_studio.services.runs.order_desk import DeskServices, OrderDesk
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.runs.submission_service import SubmissionService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.single_instance import SingleInstance
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.account_keys import AccountKeys
from segmind_studio.store.database import Database
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.journal import Journal
from segmind_studio.store.secrets import Vault
from segmind_studio.store.settings_file import SettingsFile


class OpenWindow:
    """Open it; with a connection to the practice service it uses that account. `stop` closes it."""

    def __init__(self, paths, keyring=None, practice=None):
        paths.create()
        self.instance = SingleInstance(paths.data)
        assert self.instance.claim()
        self.instance.listen()
        self.database = Database(paths.database)
        file = SettingsFile(paths.settings_file)
        self.tasks = TaskRunner()
        self.settings = SettingsService(file.load()[0], file.save, self.tasks)
        self.accounts = AccountService(
            settings=self.settings, tasks=self.tasks, keys=AccountKeys(self.database),
            keyring=KeyringService(Vault(choose=lambda: keyring)), practice_only=practice is not None,
        )
        self.live = live = LiveRuns()
        journal = Journal(self.database)
        self.runs = RunService(self.database, live)
        self.submits = SubmissionService(journal, paths.prepared, live)
        self.images = ImageService(paths.results, ImageStore(self.database))
        self.downloads = DownloadService(journal)
        for service in (self.runs, self.submits, self.images, self.downloads):
            self.accounts.connection_changed.connect(service.set_connection)
        self.submits.confirmed.connect(self.runs.take_confirmed)
        self.submits.unwritten.connect(self.runs.drop_unwritten)
        self.submits.row_changed.connect(self.runs.accept_row)
        self.submits.live_changed.connect(self.runs.update_live)
        self.desk = OrderDesk(DeskServices(
            self.accounts, self.runs, self.images, self.submits, self.downloads, self.settings, self.tasks, paths,
        ))
        self.instance.ordered.connect(self.desk.take)
        self.runs.start()
        self.accounts.start()
        if practice is not None:
            self.accounts.set_practice(practice)

    @property
    def ready(self):
        return self.accounts.state.connection is not None and self.runs.loaded and self.images.loaded

    def stop(self):
        self.instance.release()
        for service in (self.downloads, self.images, self.submits, self.runs, self.tasks):
            service.stop()
        self.settings.write_unsaved()
        self.database.close()
