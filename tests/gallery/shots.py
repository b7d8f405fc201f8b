"""One process of the gallery: the app in one look, and a picture of each surface."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.gallery.looks import RIGHT_TO_LEFT, Look, Task
from tests.gallery.published import FACTS
from tests.gallery.worlds import make_world

WORLD_SOURCES = ("worlds.py", "photos.py")
LIKE_FULL = ("loading", "error")  # worlds with the data of the full one
BARE = ("empty", "loading", "error")  # worlds in which most surfaces have nothing to show
FIRST_PORT = 24_900  # of the practice service: its addresses are shown, so they must be the same each time
PRIVATE = ("SEGMIND_API_KEY", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORMTHEME")


@dataclass(frozen=True, slots=True)
class Order:
    """What one process does. Paths are absolute; `number` tells the processes of one gallery apart."""

    task: Task
    number: int
    build: str
    target: str
    patterns: tuple[str, ...]

    def to_json(self) -> str:
        """Return it as text for the command line of the process."""
        return json.dumps(asdict(self))

    @classmethod
    def of(cls, text: str) -> Order:
        """Read what `to_json` wrote."""
        values = json.loads(text)
        looks = tuple(Look(**{**look, "size": tuple(look["size"])}) for look in values["task"]["looks"])
        task = Task(looks, values["task"]["everything"])
        return cls(task, values["number"], values["build"], values["target"], tuple(values["patterns"]))


def environment_of(order: Order, folder: Path) -> Mapping[str, str]:
    """Return the environment of the process: one screen of the window's size, and nothing of this computer."""
    look = order.task.session
    width, height = (side * look.scale // 100 for side in look.size)
    screens = folder / "screens.json"
    screen = {
        "name": "gallery", "x": 0, "y": 0, "width": width, "height": height, "logicalDpi": 96,
        "logicalBaseDpi": 96, "dpr": 1,
    }
    screens.write_text(json.dumps({"windowFrameMargins": False, "screens": [screen]}), encoding="utf-8")
    language = "en" if look.language == RIGHT_TO_LEFT else look.language
    own = {name: value for name, value in os.environ.items() if name not in PRIVATE}
    return own | {
        "QT_QPA_PLATFORM": f"offscreen:configfile={screens}", "QT_SCALE_FACTOR": str(look.scale / 100),
        "SEGMIND_STUDIO_LANGUAGE": language, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder / ".config"),
        "XDG_DATA_HOME": str(folder / ".data"), "XDG_CACHE_HOME": str(folder / ".cache"), "LC_ALL": "C.UTF-8",
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={folder}/no-bus", "TZ": "UTC", "PYTHONHASHSEED": "0",
    }


def world_folder(build: Path, world: str) -> Path:
    """Return where a world is kept; it is made when it is missing, or was made by other code."""
    name = "full" if world in LIKE_FULL else world
    folder = build / "worlds" / name
    ready, made_by = folder / "ready", _sources()
    if not ready.exists() or ready.read_text(encoding="utf-8") != made_by:
        shutil.rmtree(folder, ignore_errors=True)
        make_world(name, folder, build / "photos" / made_by)
        ready.write_text(made_by, encoding="utf-8")
    return folder


def _sources() -> str:
    """Return a digest of the code that makes worlds."""
    here = Path(__file__).parent
    return hashlib.sha256(b"".join((here / name).read_bytes() for name in WORLD_SOURCES)).hexdigest()[:12]


def shoot(order: Order) -> int:
    """Take the pictures of an order, in this process; print a line for each, and return the number of failures."""
    from tests.gallery.session import open_session, stop_clocks  # noqa: PLC0415  # Qt is imported in these processes only

    stop_clocks()
    began = time.monotonic()
    look = order.task.session
    build, target = Path(order.build), Path(order.target)
    failures = 0
    folder = build / "data" / str(order.number)  # the same path each time: some of it is shown
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(world_folder(build, look.world), folder)
    _keep_ports(folder, order.number)
    with open_session(folder, look.world, look.language, look.size) as session:
        _say(f"{look.slug}: open after {time.monotonic() - began:.1f} s")
        (target / FACTS).write_text(json.dumps(session.facts(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
        for one in order.task.looks:
            failures += _shoot_look(session, one, order, target)
    shutil.rmtree(folder, ignore_errors=True)
    _say(f"{look.slug}: done in {time.monotonic() - began:.1f} s")
    sys.stdout.flush()
    return failures


def _shoot_look(session, look: Look, order: Order, target: Path) -> int:
    from tests.gallery.stage import Stage, Still  # noqa: PLC0415  # as above
    from tests.gallery.surfaces import every, wanted  # noqa: PLC0415  # as above

    session.use_colours(look.mode)
    stage = Stage(session)
    failures = 0
    for surface in wanted(
        every(stage), order.patterns, everything=order.task.everything, bare=look.world in BARE,
    ):
        try:
            top = surface.show(stage)
            if top is not None:
                image = top.image if isinstance(top, Still) else session.picture(top)
                path = target / f"{surface.name.replace('/', '--')}@{look.slug}.png"
                if not image.save(str(path)):
                    failures += 1
                    _say(f"FAILED {path.name}: it cannot be written")
        except Exception as error:  # noqa: BLE001  # the others are still worth looking at
            failures += 1
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{place.name}:{place.lineno}"
            _say(f"FAILED {surface.name} {look.slug}: {type(error).__name__}: {error} ({where})")
        finally:
            with suppress(RuntimeError):
                stage.clear()
    return failures


def _keep_ports(folder: Path, number: int) -> None:
    from segmind_studio.practice.database import PracticeDatabase  # noqa: PLC0415  # in these processes only

    database = PracticeDatabase(folder / "data" / "practice" / "practice.sqlite3")
    database.keep("port", str(FIRST_PORT + 2 * number))
    database.keep("s3_port", str(FIRST_PORT + 2 * number + 1))
    database.close()


def _say(line: str) -> None:
    print(line, flush=True)

