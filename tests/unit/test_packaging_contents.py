"""The look at a program that was put together, before it is packed: what a recipe may forget is told."""

import shutil

import package_contents
import pytest
from system_packages import SetupError

QT = "_internal/PySide6/Qt/translations/qtbase_{}.qm"
OWN = "_internal/segmind_studio/_resources"
JAPANESE = f"{OWN}/translations/ja/LC_MESSAGES/segmind_studio"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A folder with what belongs into a program, but for the libraries."""
    program = tmp_path_factory.mktemp("program")
    package_contents.copy_resources(program / OWN)
    for name in ("build/updates.txt", "licences/licences.json"):
        write(program, f"{OWN}/{name}")
    for language in package_contents.languages():
        write(program, QT.format(language))
    return program


def write(program, name, content=b""):
    (program / name).parent.mkdir(parents=True, exist_ok=True)
    (program / name).write_bytes(content)


def test_what_is_whole_is_packed(whole):
    package_contents.check(whole, package_contents.modules_of_the_program())
    assert not [file for file in whole.rglob("*") if file.suffix in {".po", ".pot"}]


@pytest.mark.parametrize("module", ["segmind_studio.ui.data.screen", "segmind_studio.cli"])
def test_a_module_that_is_imported_late_is_missed(whole, module):
    with pytest.raises(SetupError, match=f"missing module: {module}$"):
        package_contents.check(whole, package_contents.modules_of_the_program() - {module})


@pytest.mark.parametrize(("change", "words"), [
    (lambda at: shutil.rmtree(at / OWN / "help/de"), "missing resource: help/de/data.md"),
    (lambda at: shutil.rmtree(at / OWN / "fonts"), "0 folders with resources"),
    (lambda at: (at / OWN / "fonts/LICENSE").unlink(), "missing resource: fonts/LICENSE"),
    (lambda at: write(at, f"{JAPANESE}.mo", b"older"), "not the resource .*ja/"),
    (lambda at: write(at, f"{JAPANESE}.po"), "no resource .*ja/"),
    (lambda at: (at / QT.format("ar")).unlink(), "Qt's own texts are not there: ar"),
    (lambda at: write(at, QT.format("fi")), "is not spoken: fi"),
    (lambda at: write(at, "_internal/tests/unit/test_a.py"), "of the tests: _internal/tests"),
    (lambda at: write(at, "_internal/a.so", f"\0{package_contents.ROOT}/build/x.c\0".encode()), "checkout .*a.so"),
])
def test_what_is_missing_or_too_much_is_told(whole, tmp_path, change, words):
    changed = shutil.copytree(whole, tmp_path / "changed")
    change(changed)
    with pytest.raises(SetupError, match=words):
        package_contents.check(changed, package_contents.modules_of_the_program())


def test_pyinstaller_s_list_of_modules_is_read(tmp_path):
    write(tmp_path, "studio/PYZ-00.toc", b"('/x/PYZ-00.pyz',\n [('PIL.Image', '/x/Image.py', 'PYMODULE')])\n")
    assert package_contents.frozen_modules(tmp_path) == {"PIL.Image"}
