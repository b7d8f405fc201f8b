"""The environment for the cases of one worker: a practice service behind the network, a small disk, and photos."""

import contextlib
import shutil
import tempfile
from pathlib import Path

import httpx
import judge
from children import children_context
from faulty_child import DATABASE, SETTINGS, form_of
from network import Network
from PIL import Image
from small_disk import SmallDisk

from segmind_studio.core.datasets import Dataset, Photo
from segmind_studio.core.settings import Settings
from segmind_studio.practice.server import PracticeServer
from segmind_studio.store.database import Database
from segmind_studio.store.library import Library
from segmind_studio.store.settings_file import SettingsFile
from tests.fakes.typed import known

SPEED = 1000.0
CAPTIONS = ("TOK, from the front", "", "TOK, from the side")
LIST = "/finetune/request/list"
SUBMIT = "/finetune/request/submit"
TICKET = "/finetune/request/upload/pre-signed-url"
NOT_THE_APP = "x-not-the-app"


class Stage:
    """Hold the parts; the service can be restarted. `close` ends everything."""

    def __init__(self, folder):
        self.folder = folder
        self.context = children_context()
        self.photos = make_photos(folder / "photos")
        self.network = Network()
        self.disk = SmallDisk(folder / "small-disk")
        self.disk.mount()
        self._server: PracticeServer | None = None
        self.key = ""
        self._services = 0
        self._client = httpx.Client()

    @property
    def server(self) -> PracticeServer:
        """Return the service that runs."""
        return known(self._server)

    def close(self):
        try:
            self._stop_service()
        finally:
            self.disk.unmount()
            self.network.stop()

    def fresh_service(self):
        """Start a service that has no runs."""
        self._stop_service()
        self._services += 1
        self._server = PracticeServer(
            self.folder / f"service-{self._services}", s3_relay_port=self.network.s3.port,
            speed=SPEED, credits=1e6,
        )
        address = self.server.start()
        self.key = address.key
        self.network.api.leads_to, self.network.s3.leads_to = port_of(address.api), port_of(address.s3)
        self._client = httpx.Client(
            base_url=address.api, headers={"x-api-key": address.key, NOT_THE_APP: "yes"}, trust_env=False,
        )

    def _stop_service(self):
        self._client.close()
        if self._server is not None:
            self._server.stop()
            self._server = None

    @contextlib.contextmanager
    def _no_faults(self):
        """Turn the service's faults off for a while, for requests of the tests themselves."""
        faults = self.server.faults()
        for fault in faults:
            self.server.set_fault(fault, on=False)
        yield
        for fault in faults:
            self.server.set_fault(fault, on=True)

    def add_decoy(self, name):
        """Start a run of other photos without the app, as another computer would; return its id."""
        with self._no_faults():
            ticket = self._client.request("GET", TICKET, json={"name": "decoy.zip"}).raise_for_status().json()
            httpx.put(ticket["presigned_url"], content=small_zip(self.photos), trust_env=False).raise_for_status()
            body = dict(form_of(name).body(ticket["s3_url"]))
            return self._client.post(SUBMIT, json=body).raise_for_status().json()["finetune_id"]

    def seen(self, names, decoys, since):
        """Return the service's runs with these names, and the requests after the first `since`."""
        with self._no_faults():
            jobs = self._client.get(LIST).raise_for_status().json()
        requests = [one for one in self.server.requests()[since:] if NOT_THE_APP not in one.headers]
        return judge.ServiceState(
            jobs=tuple(job for job in jobs if job["name"] in names and job["finetune_id"] not in decoys),
            decoys=tuple(job for job in jobs if job["finetune_id"] in decoys),
            posts=tuple(one.status for one in requests if one.path == SUBMIT),
            uploads=sum(one.path == TICKET for one in requests),
            breaches=self.server.breaches(),
        )

    def prepared(self, folder):
        """Return a folder as the app leaves it: with a dataset, and a form that was filled in earlier."""
        folder.mkdir()
        database = Database(folder / DATABASE)
        Library(database).save(self.photos)
        database.close()
        SettingsFile(folder / SETTINGS).save(Settings(draft=form_of(judge.EARLIER).to_json()))
        return folder


def port_of(url):
    return known(httpx.URL(url).port)


def make_photos(folder):
    """Make a small dataset on the disk."""
    folder.mkdir()
    photos = []
    for number, caption in enumerate(CAPTIONS):
        path = folder / f"photo-{number}.png"
        Image.effect_noise((256, 256 + number), 40).save(path)
        if caption:  # the command line reads it from there
            path.with_suffix(".txt").write_text(caption, encoding="utf-8")
        status = path.stat()
        photos.append(Photo(
            str(number), path, 256, 256 + number, status.st_size, status.st_mtime_ns, "PNG", caption=caption,
        ))
    return Dataset("photos", "Photos", tuple(photos))


def small_zip(dataset):
    """Return a zip of a dataset's photos."""
    with tempfile.TemporaryDirectory() as place:
        made = shutil.make_archive(str(Path(place) / "decoy"), "zip", dataset.photos[0].path.parent)
        return Path(made).read_bytes()
