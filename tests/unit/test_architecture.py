"""Rules of this repository that no linter checks."""

import ast
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import package_windows

import segmind_studio

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "segmind_studio"
NOT_WRITTEN_HERE = {".git", ".venv", "build", "dist", "__pycache__", ".hypothesis", ".pytest_cache", ".ruff_cache",
                    ".import_linter_cache"}
TEXTS = {".py", ".md", ".toml", ".txt", ".json", ".svg", ".qss", ".sql", ".yaml", ".yml", ".cfg", ".desktop", ""}
LONGEST_FILE = 600
SAFE_GUI = {  # on any thread
    "QColor", "QColorSpace", "QFont", "QFontMetricsF", "QImage", "QImageReader", "QImageWriter", "QPageLayout",
    "QPageSize", "QPainter", "QPdfWriter", "QTransform",
}
BROUGHT_ALONG = {
    "httpcore": "httpx is made of it",
    "shiboken6": "PySide6 is made of it",
}
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b|\b[Ii]ssue ?#\d+")
ONE_COMPUTER = re.compile(r"(?<![\w.])/(?:work|root)/")
KNOWN_HOSTS = {  # what the shipped files and the documents may point to
    "127.0.0.1", "api.segmind.com", "api.spotprod.segmind.com", "cyclonedx.org", "example.org", "host",
    "keepachangelog.com", "models.example.org", "ns.adobe.com",
    "scikit-image.org", "semver.org", "www.freedesktop.org", "www.w3.org", "{_HOST}",
}
GUARDED = {
    "data", "headerData", "paint", "initStyleOption", "paintEvent", "eventFilter", "event", "viewportEvent",
    "highlightBlock", "displayText", "filterAcceptsRow", "lessThan",
}
ICON_CALLS = {"icon", "pixmap", "IconLabel", "set_icon", "EmptyState", "_paint_icon"}


def sources(*folders: Path) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            yield path.relative_to(ROOT), parsed(path)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def parts(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Return what a whole file is made of; looking for it takes most of the time of these tests."""
    return tuple(ast.walk(tree))


def last_name(expression: ast.expr) -> str:
    """Return `c` of `a.b.c`."""
    return expression.attr if isinstance(expression, ast.Attribute) else getattr(expression, "id", "")


def written_files() -> Iterator[Path]:
    for folder, inner, names in os.walk(ROOT):
        inner[:] = sorted(set(inner) - NOT_WRITTEN_HERE)
        written = sorted(set(names) - NOT_WRITTEN_HERE)
        yield from (path for name in written if (path := Path(folder, name)).suffix in TEXTS)


def imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield (module, name) of every import in a file, also of those inside functions."""
    for node in parts(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)


def test_services_import_nothing_that_belongs_to_the_window() -> None:
    wrong = [
        f"{path}: {module}.{name}"
        for path, tree in sources(PACKAGE / "services")
        for module, name in imports(tree)
        if module.startswith("PySide6.QtWidgets") or name == "QtWidgets"
        or (module == "PySide6.QtGui" and name not in SAFE_GUI) or (module == "PySide6" and name == "QtGui")
    ]
    assert wrong == []


def test_what_qt_calls_many_times_over_lets_no_exception_out() -> None:
    """See `ui.guarded`; a delegate's size is asked with two arguments, a widget's with none."""
    open_ones = [
        f"{path}: {part.name}.{method.name}"
        for path, tree in sources(PACKAGE / "ui")
        for part in parts(tree) if isinstance(part, ast.ClassDef)
        for method in part.body if isinstance(method, ast.FunctionDef)
        if (method.name in GUARDED or (method.name == "sizeHint" and len(method.args.args) > 1))
        and "override" in (words := [ast.unparse(one).partition("(")[0] for one in method.decorator_list])
        and "guarded" not in words
    ]
    assert open_ones == []


def test_no_file_is_two_things() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in written_files()
        if path.suffix == ".py" and (lines := path.read_text(encoding="utf-8").count("\n")) > LONGEST_FILE
    }
    assert long == {}


RENAMES = re.compile(r"\b(?:os\.re(?:name|place)\(|\w+\.rename\(\w|(?:aside|new|path|source|wal)\.replace\(\w)")


def test_files_are_renamed_by_one_module() -> None:
    """It alone asks Windows again while another program looks at the file."""
    found = [
        line for line in lines_with(RENAMES)
        if line.startswith("segmind_studio") and "file_replacing.py" not in line
        and "accounts.rename(" not in line and "board.rename(" not in line
        and "datasets.rename(" not in line
    ]
    assert found == []


POOLS = {"TaskRunner", "Thumbnails", "QThreadPool", "WorkerThread", "QThread"}


def test_the_window_makes_no_pool_or_thread_of_its_own() -> None:
    """They come from the assembly, which also stops them."""
    made = [
        f"{path}: {name}"
        for path, tree in sources(PACKAGE / "ui")
        for call in parts(tree) if isinstance(call, ast.Call)
        if (name := last_name(call.func)) in POOLS
    ]
    assert made == []


def test_a_single_shot_names_whose_it_is() -> None:
    """Without a receiver PySide calls the method of an object that was deleted meanwhile."""
    homeless = [
        f"{path}:{call.lineno}"
        for path, tree in sources(PACKAGE)
        for call in parts(tree) if isinstance(call, ast.Call)
        if ast.unparse(call.func) == "QTimer.singleShot" and len(call.args) < 3  # time, receiver, method
    ]
    assert homeless == []


MOVED = ("Worker", "Poller", "Runner", "RunStore")  # ends of the names of classes whose objects have a thread


def test_what_lives_in_a_thread_is_connected_before_it_goes_there() -> None:
    """PySide holds Python's lock while Qt connects. The window, which destroys an object at that moment, holds a
    lock of Qt that both may need and waits for Python's: neither goes on.
    """
    late = [
        f"{path}:{call.lineno}"
        for path, tree in sources(PACKAGE / "services")
        for owner in parts(tree) if isinstance(owner, ast.ClassDef) and owner.name.endswith(MOVED)
        for method in owner.body if isinstance(method, ast.FunctionDef) and method.name != "__init__"
        for call in parts(method) if isinstance(call, ast.Call)
        if ast.unparse(call.func).endswith((".connect", "QTimer", "QFileSystemWatcher", "QSocketNotifier"))
    ]
    assert late == []


SHORT_FILE = 60
KEPT_APART = "Kept apart: "


def test_a_short_module_with_one_importer_says_why_it_is_kept_apart() -> None:
    """It is a wall, not a room: what is always read together stands in one file."""
    trees = dict(sources(PACKAGE))
    importers: dict[str, set[Path]] = {}
    for path, tree in trees.items():
        for module, name in imports(tree):
            for dotted in (module, f"{module}.{name}"):
                importers.setdefault(dotted, set()).add(path)
    walls = [
        str(path)
        for path, tree in trees.items()
        if path.name not in {"__init__.py", "__main__.py"}
        and (ROOT / path).read_text(encoding="utf-8").count("\n") < SHORT_FILE
        and len(importers.get(".".join(path.with_suffix("").parts), ())) <= 1
        and KEPT_APART not in (ast.get_docstring(tree) or "")
    ]
    assert walls == []


def test_no_two_classes_bear_one_name() -> None:
    found: dict[str, list[str]] = {}
    for path, tree in sources(PACKAGE):
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(str(path))
    assert {name: places for name, places in found.items() if len(places) > 1} == {}


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in written_files()
        if path != Path(__file__)
        if pattern.search(text := path.read_text(encoding="utf-8"))
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


SURROUNDS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.JoinedStr


def calls(tree: ast.Module) -> Iterator[tuple[ast.Call, frozenset[type[ast.AST]]]]:
    """Yield every call with the kinds of what it stands in."""
    waiting: list[tuple[ast.AST, frozenset[type[ast.AST]]]] = [(tree, frozenset())]
    while waiting:
        node, inside = waiting.pop()
        if isinstance(node, ast.Call):
            yield node, inside
        within = inside | {type(node)} if isinstance(node, SURROUNDS) else inside
        waiting += [(part, within) for part in ast.iter_child_nodes(node)]


LOOK_UPS = {"_", "ngettext", "pgettext", "sentences", "listed"}


def test_there_is_one_way_for_a_text() -> None:
    """Find Qt's translation, texts looked up while a module is imported, and placeholders without a name."""
    wrong: list[str] = []
    for path, tree in sources(PACKAGE):
        for call, inside in calls(tree):
            name = last_name(call.func)
            words = [str(word.value) for word in call.args if isinstance(word, ast.Constant) and word.value]
            if name == "tr" or (name == "translate" and any(words)):
                wrong.append(f"{path.name}:{call.lineno}: Qt's own translation")
            if name in LOOK_UPS and not inside & {ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda}:
                wrong.append(f"{path.name}:{call.lineno}: looked up at import; mark it with N_")
            if words and ast.JoinedStr in inside and name in {*LOOK_UPS, "N_", "NC_"}:
                wrong.append(f"{path.name}:{call.lineno}: inside of an f-string, where no text is extracted")
            if name in {*LOOK_UPS, "N_", "NC_"} and any(re.search(r"\{\d*[}:]", text) for text in words):
                wrong.append(f"{path.name}:{call.lineno}: a placeholder without a name")
    assert wrong == []


def test_nothing_is_left_unfinished() -> None:
    assert lines_with(UNFINISHED) == []


def test_no_path_of_one_computer_stands_in_the_repository() -> None:
    assert lines_with(ONE_COMPUTER) == []


def test_only_known_hosts_are_named_outside_of_the_tests() -> None:
    named = {
        (host, str(path.relative_to(ROOT)))
        for path in written_files()
        if not path.is_relative_to(ROOT / "tests")
        for host in re.findall(r"https?://([\w.{}-]*\w[\w.{}-]*)", path.read_text(encoding="utf-8"))
        if host not in KNOWN_HOSTS
    }
    assert named == set()


def test_every_library_that_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {normal(re.split(r"[<>=!~ ;\[]", text)[0]) for text in project["dependencies"]}
    known = packages_distributions()
    wrong = set()
    for path, tree in sources(PACKAGE):
        for module, _ in imports(tree):
            top = module.partition(".")[0]
            if top in sys.stdlib_module_names | {"segmind_studio", *BROUGHT_ALONG}:
                continue
            if not declared & {normal(name) for name in known.get(top, [])}:
                wrong.add(f"{path}: {top}")
    assert wrong == set()


def test_the_packages_leave_out_nothing_that_is_imported() -> None:
    """What PyInstaller is told to leave out, and the libraries of Qt that the setup program for Windows takes."""
    lists = {
        node.targets[0].id: node.value for node in parsed(ROOT / "packaging" / "segmind-studio.spec").body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    dropped = lists["DROPPED"]
    assert isinstance(dropped, ast.Call)
    unused, pattern = ast.literal_eval(lists["UNUSED"]), re.compile(ast.literal_eval(dropped.args[0]), re.VERBOSE)
    assert {"unittest", "PIL.ImageQt"} < set(unused)
    named = {
        full for _, tree in sources(PACKAGE)
        for module, name in imports(tree) for full in (module, f"{module}.{name}")
    }
    named |= {full.rpartition(".")[0] for full in named} | {full.partition(".")[0] for full in named}
    assert named & set(unused) == set()
    qt = {full.split(".")[1] for full in named if full.startswith("PySide6.Qt")}
    assert {"QtCore", "QtSvg", "QtTest"} <= qt
    assert [name for name in qt if pattern.search(f"PySide6/{name}.abi3.so")] == []
    libraries = {f"{name}.pyd" for name in qt} | {f"{name.replace('Qt', 'Qt6', 1)}.dll" for name in qt}
    assert [name for name in libraries if not package_windows.is_kept(f"PySide6/{name}")] == []


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_packaging_is_no_package() -> None:
    """With an `__init__.py` it would hide the library of that name from everything run at the root."""
    assert not (ROOT / "packaging" / "__init__.py").exists()


def named_icons(tree: ast.Module) -> Iterator[str]:
    """Yield the texts that stand where an icon's name belongs."""
    for node in parts(tree):
        if isinstance(node, ast.Call):
            if last_name(node.func) in ICON_CALLS and node.args:
                yield from texts(node.args[0])
            for word in node.keywords:
                if word.arg in {"icon", "icon_name"}:
                    yield from texts(word.value)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [getattr(target, "attr", getattr(target, "id", "")) for target in targets]
            if any(name == "icon_name" or name.upper().endswith("_ICONS") or name == "icons" for name in names):
                yield from texts(node.value)


def texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from texts(value)


def test_every_icon_is_there() -> None:
    used = {name: path for path, tree in sources(PACKAGE / "ui") for name in named_icons(tree)}
    assert len(used) > 20
    there = {path.stem for path in (ROOT / "resources" / "icons").glob("*.svg")}
    assert {name: str(path) for name, path in used.items() if name not in there} == {}


SIZES = re.compile(
    r"set(ContentsMargins|(Horizontal|Vertical)?Spacing|(Fixed|Minimum|Maximum)(Size|Width|Height)|IconSize)|addSpacing"
    r"|setP(ixel|oint)SizeF?",
)
RAW_STYLE = re.compile(r"^#([0-9a-fA-F]{3}){1,2}$|: *[^;]*\b[1-9][0-9]*p[xt]\b|palette\(")  # also in a style sheet
NO_SIZE = (0, 1)  # 1 as the least width: what may shrink to nothing
OTHER_COLOURS = {  # not of the window
    "ui/data/conversions.py": "what a transparent photo is laid on, as the person chooses",
}


def raw_looks(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the places where a colour or a size stands without a name of `ui.theme`, or of its module."""
    for node in parts(tree):
        if isinstance(node, ast.Constant):
            raw = isinstance(node.value, str) and RAW_STYLE.search(node.value) is not None
        elif isinstance(node, ast.Attribute):
            raw = last_name(node.value).endswith("GlobalColor") and node.attr != "transparent"
        elif isinstance(node, ast.Call):
            name = last_name(node.func)
            raw = name == "setBold" or (
                bool(node.args) and isinstance(node.args[0], ast.Constant) if name == "QColor"
                else SIZES.fullmatch(name) is not None and any(map(raw_size, node.args))
            )
        else:
            continue
        if raw:
            yield node.lineno, ast.unparse(node)


def raw_size(given: ast.expr) -> bool:
    """Return whether a number without a name is in it, other than as a factor."""
    factors = {
        part for node in ast.walk(given)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div | ast.FloorDiv)
        for part in (node.left, node.right)
    }
    return any(
        isinstance(part, ast.Constant) and part.value not in NO_SIZE
        for part in set(ast.walk(given)) - factors
    )


def test_colours_and_distances_have_names() -> None:
    """All of them are in `ui/theme/tokens.py`; what is one widget's own has a name in its module."""
    found = [
        f"{path}:{line}: {words}"
        for path, tree in sources(PACKAGE / "ui")
        if path.parent.name != "theme" and path.relative_to("segmind_studio").as_posix() not in OTHER_COLOURS
        for line, words in raw_looks(tree)
    ]
    assert found == []


def test_a_raw_colour_or_distance_is_seen() -> None:
    raw = ("QColor('white')", "QColor(0, 0, 0)", "Qt.GlobalColor.red", "x('#fff')", "row.setSpacing(SPACE_S - 2)",
           "row.setContentsMargins(0, 3, 0, 0)", "view.setIconSize(QSize(16, 16))", "font.setPointSizeF(9.5)",
           "font.setBold(True)", "box.setStyleSheet('border: 2px solid')")
    named = ("QColor(tones.text)", "Qt.GlobalColor.transparent", "row.setSpacing(2 * SPACE_S)",
             "row.setSpacing(0)", "label.setMinimumWidth(1)", "x('#1')")
    assert [text for text in raw if not list(raw_looks(ast.parse(text)))] == []
    assert [text for text in named if list(raw_looks(ast.parse(text)))] == []


def test_the_changelog_knows_this_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changelog = (ROOT / "packaging" / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", changelog, re.MULTILINE)
    assert versions[0] == project["version"] == segmind_studio.__version__


def test_foreign_text_becomes_a_number_through_one_module() -> None:
    """Python raises for thousands of digits where nobody expects it: see `core/numbers.py`."""
    wrong = []
    for path, tree in sources(PACKAGE):
        if path.name == "numbers.py" or path.parts[1] == "practice":  # which stands for a stranger's program
            continue
        for node in parts(tree):
            if not isinstance(node, ast.Call):
                continue
            if last_name(node.func) not in {"int", "float", "load", "loads", "unescape"}:
                continue
            name = ast.unparse(node.func)
            by_hand = name in {"int", "float"} and path.parts[1] == "api"
            if name in {"json.loads", "json.load", "html.unescape"} or by_hand:
                wrong.append(f"{path}:{node.lineno}: {name}")
    assert wrong == []
