"""The app, which tells what it has imported when its window is painted, what is built when it has settled,
and what is left of it at its end.

    python starting_app.py FOLDER
"""

import dataclasses
import enum
import gc
import json
import linecache
import sys
import threading

from segmind_studio import __main__

__main__.hurry()
from PySide6.QtCore import QObject  # noqa: E402  # after that
from PySide6.QtWidgets import QApplication  # noqa: E402
from shiboken6 import Shiboken, isValid  # noqa: E402

from segmind_studio import app  # noqa: E402  # as `main` imports it

show = app.Studio.open
import_step = app.import_step
brought = {}
garbage = [0]  # objects that each collection looks through


def own_modules():
    return {name for name in sys.modules if name.startswith("segmind_studio.")}


def counted(names):
    before = own_modules()
    import_step(names)
    brought[names[-1]] = len(own_modules() - before)


app.import_step = counted


def count_objects(phase, about):
    if phase == "start" and about["generation"] == 2:  # all
        garbage.append(len(gc.get_objects()))


gc.callbacks.append(count_objects)


def dataclasses_of(package):
    modules = [module for name, module in sys.modules.items() if name.startswith(package)]
    classes = {one for module in modules for one in vars(module).values() if dataclasses.is_dataclass(one)}
    return sorted(one.__name__ for one in classes if isinstance(one, type))


def owned_by_python():
    found = [one for one in gc.get_objects() if issubclass(type(one), QObject)]  # a weak proxy says it is one, too
    return sorted(type(one).__name__ for one in found if isValid(one) and Shiboken.ownedByPython(one))


def left():
    """What is still owned by Python when no other thread of it holds anything any more."""
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and thread.name == "end":
            thread.join()
    while gc.collect():
        pass
    return owned_by_python()


def watched(self):
    QApplication.setQuitOnLastWindowClosed(False)  # the app ends by itself, not by this
    studio = self
    def painted():
        ours = [name for name in linecache.cache if "segmind_studio" in name and "tests" not in name]
        kinds = (enum.Enum, enum.Flag, enum.IntEnum, enum.IntFlag)
        described = [made.__qualname__ for kind in kinds for made in kind.__subclasses__()]
        hidden = sorted(type(one).__name__ for one in QApplication.allWidgets() if not one.isVisible())
        print(json.dumps({
            "modules": sorted(sys.modules), "read": ours, "described": described, "hidden": hidden,
            "dataclasses": dataclasses_of("segmind_studio."),
        }), flush=True)

    def settled():
        built = sorted(name for name, slot in studio._slots.items() if slot.is_built)
        print(json.dumps({"built": built, "brought": brought, "garbage": max(garbage)}), flush=True)
        studio.window.close()

    studio.window.painted.connect(painted)
    studio.settled.connect(settled)
    show(studio)


app.Studio.open = watched
code = __main__.main(["--practice", "--data-dir", sys.argv[1]])
print(json.dumps({"left": left()}), flush=True)
sys.exit(code)
