"""What the packages say of themselves and leave out; the packages are made and used by `dev.py package-test`."""

import configparser
import json
import plistlib
import re
import subprocess
import sys
import tomllib
from argparse import Namespace
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import package_commands
import package_contents
import package_facts
import package_freeze
import package_linux
import package_macos
import package_rpm
import package_sbom
import package_windows
import pytest
from package_licences import Component, LicenceError, gather, normal, spdx
from PIL import Image
from system_packages import SetupError

from segmind_studio import __version__
from segmind_studio.command_line import NEW_DATASET, parse
from segmind_studio.services.system.shipped_licences import shipped_parts
from tests.fakes.typed import known

ROOT = Path(__file__).resolve().parents[2]
XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
LOCK = (ROOT / "packaging" / "requirements.txt").read_text(encoding="utf-8")
PARTS = (
    Component("pillow", "13.0.0", "MIT-CMU", ("pillow.txt",)),
    Component("cryptography", "50.0.2", "Apache-2.0 OR BSD-3-Clause", ()),
    Component("python", "3.11.9", "PSF-2.0", (), "python"),
)


class KeysAsWritten(configparser.RawConfigParser):
    """A parser that leaves upper and lower case as they are."""

    def optionxform(self, optionstr):
        return optionstr


def desktop_entry():
    parser = KeysAsWritten(strict=True, interpolation=None)
    parser.read(ROOT / "packaging/linux/segmind-studio.desktop", encoding="utf-8")
    return parser


# -- what is known of a package


def test_the_version_is_the_program_s_and_has_a_release():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert package_facts.version() == project["version"]
    assert package_facts.releases()[0][0] == package_facts.version()


def test_the_time_is_never_the_clock_s(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert package_facts.iso_time(package_facts.epoch()) == "2023-11-14T22:13:20Z"
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert package_facts.epoch() == package_facts.epoch()


# -- the desktop entry


def test_the_desktop_entry_is_of_the_window_and_takes_what_the_app_takes():
    entry = desktop_entry()["Desktop Entry"]
    assert entry["StartupWMClass"] == entry["Icon"] == package_facts.NAME
    assert entry["Exec"].split() == ["segmind-studio", "%F"]
    assert set(entry["MimeType"].split(";")) - {""} == {
        "image/jpeg", "image/png", "image/webp", "image/heif", "image/avif", "image/tiff",
        "image/bmp", "image/gif", "application/zip", "inode/directory",
    }


def test_every_action_of_the_desktop_entry_is_understood():
    parser = desktop_entry()
    actions = parser["Desktop Entry"]["Actions"].strip(";").split(";")
    wishes = {}
    for action in actions:
        program, *words = parser[f"Desktop Action {action}"]["Exec"].split()
        assert program == "segmind-studio"
        wishes[action] = parse(words).wish
    assert wishes == {"new-dataset": NEW_DATASET, "runs": "runs", "practice": ""}
    assert {f"Desktop Action {action}" for action in actions} == set(parser.sections()) - {"Desktop Entry"}


def test_every_name_in_the_menu_is_told_in_all_languages():
    """None stays English alone: what the catalogues do not have must not stand in the entry."""
    template = (ROOT / "packaging/linux/segmind-studio.desktop").read_text(encoding="utf-8")
    parser = KeysAsWritten(strict=True, interpolation=None)
    parser.read_string(package_linux.desktop_entry(template))
    assert parser["Desktop Action runs"]["Name[de]"] == "Läufe"
    assert "\nName=Segmind Studio\nGenericName=" in package_linux.desktop_entry(template)  # a name
    for section in parser.sections():
        words = {"Comment"} if section == "Desktop Entry" else {"Name"}
        wanted = {f"{word}[{code}]" for word in words for code in package_contents.languages()}
        assert {key for key in parser[section] if "[" in key} == wanted, section


# -- AppStream


def test_the_description_names_all_releases_and_no_site_of_its_own_invention():
    tree = ET.fromstring(package_linux.metainfo((("0.3.0", "2026-12-01"), ("0.2.0", "2026-11-27")), ""))  # noqa: S314  # our own
    assert [release.get("version") for release in tree.iter("release")] == ["0.3.0", "0.2.0"]
    assert tree.find("screenshots") is None
    assert tree.find("url") is None
    assert tree.findtext("launchable") == "segmind-studio.desktop"
    assert [lang.text for lang in tree.iter("lang")] == ["en", *package_contents.languages()]


def test_the_description_is_there_in_each_language():
    tree = ET.fromstring(package_linux.metainfo((("0.3.0", "2026-12-01"),), ""))  # noqa: S314  # our own
    for tag in ("summary", "p", "li"):
        spoken = Counter(part.get(XML_LANGUAGE, "en").replace("-", "_") for part in tree.iter(tag))
        assert set(spoken) == {"en", *package_contents.languages()}
        assert len(set(spoken.values())) == 1


def test_a_site_brings_the_screenshots():
    tree = ET.fromstring(package_linux.metainfo((("0.3.0", "2026-12-01"),), "https://example.org/a&b"))  # noqa: S314  # our own
    images = [known(image.text) for image in tree.iter("image")]
    assert len(images) == 5
    assert all(image.startswith("https://example.org/a&b/screenshots/") for image in images)
    assert all((ROOT / "packaging" / "pictures" / image.rpartition("/")[2]).is_file() for image in images)
    assert next(tree.iter("screenshot")).get("type") == "default"


# -- the icons


def test_the_icons_are_drawn_at_all_sizes(tmp_path):
    tool = ROOT / "packaging" / "package_icons.py"
    subprocess.run([sys.executable, str(tool), str(tmp_path)], check=True)  # noqa: S603  # it makes a program of its own
    for size in package_facts.ICON_SIZES:
        with Image.open(tmp_path / f"{size}.png") as picture:
            assert picture.size == (size, size)
            assert picture.getchannel("A").getextrema() == (0, 255)  # drawn, and clear around it
    with Image.open(tmp_path / "segmind-studio.ico") as picture:
        assert {(16, 16), (48, 48), (256, 256)} <= picture.info["sizes"]


# -- control data


def test_nfpm_is_told_one_time_and_the_files(tmp_path):
    (tmp_path / "usr/share/doc").mkdir(parents=True)
    told = package_linux.nfpm_settings(tmp_path, "1.2.3", 1700000000, ["libc6 (>= 2.34)"])
    assert told["version"] == "1.2.3"
    assert told["depends"] == ["libc6 (>= 2.34)"]
    assert told["mtime"] == "2023-11-14T22:13:20Z"
    assert {entry["file_info"]["mtime"] for entry in told["contents"]} == {told["mtime"]}
    targets = {entry["dst"] for entry in told["contents"]}
    assert {"/usr/bin/segmind-studio", "/usr/bin/segmind-studio-cli"} <= targets
    assert told["description"].splitlines()[0] == package_facts.SUMMARY


def test_the_packages_get_the_man_page_and_the_completion_of_the_program(tmp_path, monkeypatch):
    monkeypatch.setattr(package_freeze, "environment", lambda: Namespace(python=Path(sys.executable)))
    package_linux.add_shell_help(tmp_path)
    files = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()}
    assert files == {
        "man/man1/segmind-studio-cli.1", "zsh/site-functions/_segmind-studio",
        "bash-completion/completions/segmind-studio", "bash-completion/completions/segmind-studio-cli",
        "fish/vendor_completions.d/segmind-studio.fish", "fish/vendor_completions.d/segmind-studio-cli.fish",
    }
    assert ".SS train FOLDER" in (tmp_path / "man/man1/segmind-studio-cli.1").read_text("utf-8")


def test_windows_has_a_program_with_a_console_that_is_removed_too():
    nsi = (ROOT / "packaging/windows/setup.nsi").read_text("utf-8")
    assert f'Delete "$INSTDIR\\{package_windows.CONSOLE_PROGRAM}"' in nsi
    assert "cli.py" in (ROOT / "packaging/windows/launcher.c").read_text("utf-8")
    entries = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert f"{package_linux.CONSOLE}.exe" == package_windows.CONSOLE_PROGRAM
    assert package_linux.CONSOLE in entries


def test_the_setup_program_speaks_the_program_s_languages():
    nsi = (ROOT / "packaging/windows/setup.nsi").read_text("utf-8-sig")
    names = {
        "ar": "Arabic", "de": "German", "es": "Spanish", "fr": "French", "ja": "Japanese", "zh_CN": "SimpChinese",
    }
    wanted = {"English", *(names[code] for code in package_contents.languages())}
    assert set(re.findall(r'^!insertmacro MUI_LANGUAGE "(\w+)"', nsi, re.MULTILINE)) == wanted
    told = re.findall(r"^LangString (\w+) \$\{LANG_(\w+)\}", nsi, re.MULTILINE)
    assert sorted(told) == sorted((word, name.upper()) for word in ("OPEN", "DATA", "ADD") for name in wanted)


def test_all_files_get_one_time_before_they_are_packed(tmp_path):
    (tmp_path / "usr/lib").mkdir(parents=True)
    (tmp_path / "usr/lib/a").touch()
    (tmp_path / "usr/b").symlink_to("lib/a")
    package_linux.date(tmp_path, 1700000000)
    assert {file.lstat().st_mtime for file in tmp_path.rglob("*")} == {1700000000}


def test_rpmbuild_is_told_the_files_and_no_folder_of_the_system(tmp_path):
    for name in ("usr/lib/segmind-studio/_internal/a.so", "usr/share/doc/segmind-studio/copyright", "usr/bin/x"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    told = package_rpm.spec(tmp_path, "1.2.3", ["libEGL.so.1()(64bit)"]).splitlines()
    assert {"Version: 1.2.3", "Requires: libEGL.so.1()(64bit)", "AutoReqProv: no"} <= set(told)
    files = told[told.index("%files") :]
    assert files == [
        "%files", "%defattr(-,root,root)", "/usr/lib/segmind-studio", '%dir "/usr/share/doc/segmind-studio"',
        '"/usr/bin/x"', '"/usr/share/doc/segmind-studio/copyright"',
    ]


def test_the_newest_glibc_of_a_program_is_required(tmp_path, monkeypatch):
    told = "required from libc.so.6:\n 0x09 0x00 04 GLIBC_2.2.5\n 0x06 0x00 02 GLIBC_2.34\n 0x0d 0x00 03 GLIBC_2.4"
    monkeypatch.setattr(subprocess, "run", lambda words, **_: subprocess.CompletedProcess(words, 0, stdout=told))
    assert package_rpm.newest_glibc([tmp_path]) == (2, 34)


def test_the_files_of_a_deb_are_packed_and_the_rest_stays(tmp_path):
    def member(name, content):
        head = f"{name:<16}{'0':<12}{'0':<6}{'0':<6}{'100644':<8}{len(content):<10}`\n"
        return head.encode() + content + b"\n" * (len(content) % 2)

    plain = tmp_path / "plain.deb"
    data = b"data " * 1001
    plain.write_bytes(b"!<arch>\n" + member("debian-binary", b"2.0\n") + member("data.tar", data))
    package_linux.pack_deb(plain, tmp_path / "packed.deb")
    members = list(package_linux.ar_members((tmp_path / "packed.deb").read_bytes()))
    assert [head[:16].split()[0] for head, _content in members] == [b"debian-binary", b"data.tar.xz"]
    assert members[0][1] == b"2.0\n"
    packed = tmp_path / "data.tar.xz"
    packed.write_bytes(members[1][1])
    assert subprocess.run(["xz", "-dc", str(packed)], capture_output=True, check=True).stdout == data  # noqa: S603, S607


def test_an_archive_is_the_same_whoever_makes_it_and_when(tmp_path):
    made = []
    for name in ("one", "two"):
        folder = tmp_path / name
        (folder / "inner").mkdir(parents=True)
        for file in ("b", "a") if name == "one" else ("a", "b"):
            (folder / "inner" / file).write_text(file)
        package_linux.archive([(folder, "studio")], tmp_path / f"{name}.tar.xz", 1700000000)
        made.append((tmp_path / f"{name}.tar.xz").read_bytes())
    assert made[0] == made[1]


# -- the locks


def test_a_system_gets_what_its_markers_say():
    linux, windows = (set(package_freeze.shipped(LOCK, system)) for system in ("linux", "win32"))
    assert {"secretstorage", "jeepney"} <= linux - windows
    assert "pywin32-ctypes" in windows - linux
    assert {"pyside6-essentials", "keyring", "pillow"} <= linux & windows


def test_a_marker_that_is_not_understood_is_told():
    with pytest.raises(SetupError, match="os_name"):
        package_freeze.shipped("a==1 ; os_name == 'nt' \\\n    --hash=sha256:00\n", "linux")


def test_what_windows_gets_is_pinned_and_without_markers():
    told = package_windows.requirements(LOCK)
    heads = [line for line in told.splitlines() if not line.startswith(" ")]
    assert all(re.fullmatch(r"[\w.-]+==\S+ \\", line) for line in heads), heads
    assert told.count("--hash=sha256:") >= len(heads)
    assert any(line.startswith("pywin32-ctypes==") for line in heads)


@pytest.mark.parametrize("path", [
    "PySide6/Qt6Core.dll", "PySide6/QtWidgets.pyd", "PySide6/plugins/platforms/qwindows.dll", "httpx/_client.py",
    "PySide6/plugins/imageformats/qtiff.dll", "PySide6/plugins/networkinformation/qnetworklistmanager.dll",
    "keyring-25.7.0.dist-info/entry_points.txt",
])
def test_what_the_setup_program_holds(path):
    assert package_windows.is_kept(path)


@pytest.mark.parametrize("path", [
    "PySide6/Qt6Quick.dll", "PySide6/designer.exe", "PySide6/QtCore.pyi", "PySide6/qml/a/b.qml", "bin/httpx.exe",
    "httpx/__pycache__/_client.pyc", "PySide6/translations/qtbase_fi.qm",
])
def test_what_the_setup_program_leaves_out(path):
    assert not package_windows.is_kept(path)


def test_the_setup_program_s_files_are_listed_in_one_order(tmp_path):
    for name in ("b.exe", "app/inner/two.py", "app/inner/one.py", "app/main.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    lines = package_windows.file_list(tmp_path).splitlines()
    assert lines == [
        'SetOutPath "$INSTDIR\\app\\inner"',
        f'File "{tmp_path}/app/inner/one.py"', f'File "{tmp_path}/app/inner/two.py"',
        'SetOutPath "$INSTDIR\\app"', f'File "{tmp_path}/app/main.py"',
        'SetOutPath "$INSTDIR"', f'File "{tmp_path}/b.exe"', 'SetOutPath "$INSTDIR"',
    ]


# -- licences and the bill of materials


def test_every_locked_package_tells_its_licence_and_brings_its_text(tmp_path):
    """The environment of the tests has what is shipped on this system."""
    names = package_freeze.shipped(LOCK, package_freeze.sys.platform)
    found = gather(tmp_path / "licences", names)
    assert {part.name for part in found if part.kind == "pypi"} == set(names)
    assert all(part.licence and part.texts for part in found)
    assert all((tmp_path / "licences" / text).stat().st_size for part in found for text in part.texts)
    qt = next(part for part in found if part.name == "pyside6-essentials")
    assert {"LGPL-3.0-only.txt", "GPL-3.0-only.txt"} <= set(qt.texts)
    shown = shipped_parts(tmp_path / "licences")
    assert {part.name for part in shown} == {part.name for part in found}
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in next(p.text for p in shown if p.name == "pyside6-essentials")


def test_a_package_that_tells_no_licence_cannot_be_shipped():
    with pytest.raises(LicenceError, match="thing"):
        spdx("thing", "", ["", "Programming Language :: Python"])
    assert spdx("thing", "", ["Apache 2.0"]) == "Apache-2.0"


def test_names_are_compared_as_the_index_does():
    assert normal("PySide6_Essentials") == "pyside6-essentials"


def test_the_bill_names_every_part_and_is_the_same_each_time():
    bill = package_sbom.bill("linux", __version__, 1700000000, PARTS)
    assert bill == package_sbom.bill("linux", __version__, 1700000000, PARTS)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert [part["purl"] for part in bill["components"]] == [
        "pkg:pypi/pillow@13.0.0", "pkg:pypi/cryptography@50.0.2", "pkg:generic/python@3.11.9",
    ]
    assert bill["components"][0]["licenses"] == [{"license": {"id": "MIT-CMU"}}]
    assert bill["components"][1]["licenses"] == [{"expression": "Apache-2.0 OR BSD-3-Clause"}]
    assert bill["serialNumber"] != package_sbom.bill("linux", "9.9", 1700000000, PARTS)["serialNumber"]
    assert json.loads(package_sbom.text(bill)) == bill


def test_the_copyright_file_has_ours_and_each_part_s(tmp_path):
    (tmp_path / "pillow.txt").write_text("The words of pillow")
    told = package_linux.copyright_file(PARTS[:1], tmp_path)
    assert "MIT License" in told
    assert "The words of pillow" in told


# -- macOS: nothing of it can be run here, so it is looked at


def test_the_plists_are_plists_and_agree_with_the_rest(tmp_path):
    told = plistlib.loads(plistlib.dumps(package_macos.info("1.2.3")))
    assert told["CFBundleShortVersionString"] == told["CFBundleVersion"] == "1.2.3"
    assert told["CFBundleExecutable"] == package_facts.NAME
    assert told["CFBundleLocalizations"] == ["en", "ar", "de", "es", "fr", "ja", "zh-Hans"]
    kinds = {kind for entry in told["CFBundleDocumentTypes"] for kind in entry["LSItemContentTypes"]}
    assert {"public.jpeg", "public.heic", "public.zip-archive", "public.folder"} <= kinds
    rights = plistlib.loads(package_macos.ENTITLEMENTS.read_bytes())
    assert rights
    assert all(name.startswith("com.apple.security.cs.") for name in rights)


def test_the_inner_parts_are_signed_first_and_the_app_last(tmp_path):
    app = tmp_path / "Segmind Studio.app"
    (app / "Contents/Frameworks").mkdir(parents=True)
    library = app / "Contents/Frameworks/a.dylib"
    library.touch()
    signed = [command[-1] for command in package_macos.signing(app, "Somebody") if "--sign" in command]
    assert signed == [str(library), str(app)]
    assert all("runtime" in command for command in package_macos.signing(app, "Somebody")[:-1])


def test_without_a_profile_nothing_is_sent_to_apple(tmp_path):
    commands = package_macos.imaging(tmp_path, tmp_path / "a.dmg", "Somebody", "")
    assert not any("notarytool" in command for command in commands)


# -- recipes that only others can run: of the runners of all systems, Flatpak and AppImage


def test_the_runners_ask_for_what_the_commands_know():
    text = (ROOT / "packaging/ci/packages.yml").read_text(encoding="utf-8")
    asked = re.findall(r"packaging/dev\.py (package|package-test) ([a-z -]+)", text)
    assert asked
    for command, words in asked:
        known = {*package_commands.KINDS, "--again"} if command == "package" else set(package_commands.TESTS)
        assert set(words.split()) <= known, (command, words)
    assert {kind for command, words in asked if command == "package" for kind in words.split()} >= {
        "deb", "rpm", "tar", "windows", "macos",
    }
    jobs = re.findall(r"^  ([a-z]+):$", text.partition("\njobs:\n")[2], re.MULTILINE)
    assert jobs == ["linux", "windows", "macos"]
    for job in re.split(r"^  [a-z]+:$", text.partition("\njobs:\n")[2], flags=re.MULTILINE)[1:]:
        assert "runs-on:" in job
        assert "timeout-minutes:" in job


def test_the_windows_runner_uses_what_the_setup_program_makes():
    text = (ROOT / "packaging/ci/packages.yml").read_text(encoding="utf-8")
    setup = (ROOT / "packaging/windows/setup.nsi").read_text(encoding="utf-8-sig")
    place = known(re.search(r'^InstallDir "\$LOCALAPPDATA\\(.+)"', setup, re.MULTILINE))[1]
    place = place.replace("${NAME}", known(re.search(r'^!define NAME "(.+)"', setup, re.MULTILINE))[1])
    assert f"$env:LOCALAPPDATA\\{place}\\{package_windows.PROGRAM}" in text


def test_flatpak_packs_this_version_under_the_desktop_entry_s_name():
    text = (ROOT / "packaging/linux/flatpak.yml").read_text(encoding="utf-8")
    assert f"dist/{package_facts.tar_name(package_facts.version())}.tar.xz".replace(
        package_facts.machine(), "x86_64") in text
    assert "rename-desktop-file: segmind-studio.desktop" in text
    name = known(re.search(r"^id: (.+)$", text, re.MULTILINE))[1]
    # The rule of Flatpak: three parts or more, a hyphen in the last one alone.
    assert re.fullmatch(r"([A-Za-z_]\w*\.){2,}[A-Za-z_][\w-]*", name), name
    granted = set(re.findall(r"^  - (--\S+)$", text, re.MULTILINE))
    assert {"--share=network", "--talk-name=org.freedesktop.secrets"} <= granted
    assert not granted & {"--filesystem=host", "--filesystem=home", "--socket=session-bus", "--device=all"}


def test_the_appimage_recipe_is_a_shell_script_without_mistakes():
    script = ROOT / "packaging/linux/appimage.sh"
    subprocess.run(["sh", "-n", str(script)], check=True)  # noqa: S603, S607  # it only reads
