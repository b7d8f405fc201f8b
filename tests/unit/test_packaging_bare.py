import os
import shlex
import signal
import sys

import bare_machine
import pytest
from system_packages import SetupError

TARGETS = "".join(f"{address}\n{release}\n{component}\n{origin}\n" for address, release, component, origin in (
    ("http://mirror.example.org/debian/", "bookworm", "main", "Debian"),
    ("http://mirror.example.org/debian/", "bookworm", "contrib", "Debian"),
    ("http://mirror.example.org/debian/", "bookworm-updates", "main", "Debian"),
    ("https://others.example.org/apt/", "bookworm", "main", "Others"),
    ("http://mirror.example.org/debian-security/", "bookworm-security", "main", "Debian"),
))


def test_the_mirror_is_the_one_of_the_systems_own_packages():
    mirror = bare_machine.own_mirror(TARGETS, "bookworm")
    assert (mirror.address, mirror.release) == ("http://mirror.example.org/debian/", "bookworm")
    assert mirror.sources.splitlines() == [
        "deb http://mirror.example.org/debian/ bookworm main",
        "deb http://mirror.example.org/debian/ bookworm-updates main",
        "deb http://mirror.example.org/debian-security/ bookworm-security main",
    ]


@pytest.mark.parametrize(("targets", "codename"), [
    ("", "bookworm"), (TARGETS, ""), (TARGETS, "trixie"), ("file:/mirror\nbookworm\nmain\nDebian\n", "bookworm"),
])
def test_a_mirror_that_is_not_known_is_told(targets, codename):
    with pytest.raises(SetupError, match="apt-get update"):
        bare_machine.own_mirror(targets, codename)


def test_the_commands_get_the_ways_out_and_nothing_else_of_the_environment(tmp_path):
    environment = {
        "HOME": "/home/anna", "SEGMIND_API_KEY": "SG_0123", "LANG": "de_DE.UTF-8", "CURL_CA_BUNDLE": "/etc/ca.crt",
        "PIP_INDEX_URL": "https://index.example.org/", "PIP_FIND_LINKS": "/wheels", "HTTPS_PROXY": "http://proxy:1",
    }
    root = tmp_path / "a root"
    words = shlex.split(bare_machine.inside(root, ["python3", "x.py", "-k", "a or b"], environment)[-1])
    chroot = words[words.index("chroot"):words.index("exit")]
    assert chroot[:4] == ["chroot", str(root), "env", "-i"]
    assert {word.partition("=")[0] for word in chroot if "=" in word} == {
        "PATH", "HOME", "TERM", "PIP_INDEX_URL", "PIP_CERT", "HTTPS_PROXY",
    }
    assert "PIP_CERT=/etc/ca.crt" in chroot
    assert shlex.split(chroot[-1].removesuffix(";"))[-4:] == ["python3", "x.py", "-k", "a or b"]


def test_what_the_host_needs_to_reach_its_registries_comes_along(tmp_path, monkeypatch):
    host, root, home = tmp_path / "host", tmp_path / "root", tmp_path / "home"
    for name in ("PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    for file, text in {
        host / "etc/pip.conf": "[global]\ncert = /opt/trust.pem\n", host / "opt/trust.pem": "trusted",
        host / "etc/resolv.conf": "nameserver 127.0.0.1", host / "etc/apt/auth.conf.d/a.conf": "machine x",
        host / "usr/local/share/ca-certificates/own.crt": "own", home / ".config/pip/pip.conf": "not = a section",
        host / "etc/shadow": "no",
    }.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (root / "etc").mkdir(parents=True)
    (root / "etc/resolv.conf").symlink_to(tmp_path / "outside")
    bare_machine.bring_ways_out(root, host, home)
    assert {str(file.relative_to(root)) for file in root.rglob("*") if file.is_file()} == {
        "etc/pip.conf", "opt/trust.pem", "etc/resolv.conf", "etc/apt/auth.conf.d/a.conf",
        "usr/local/share/ca-certificates/own.crt", "root/.config/pip/pip.conf",
    }
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("end", [KeyboardInterrupt, SetupError, signal.SIGTERM, None])
@pytest.mark.skipif(sys.platform != "linux", reason="a bare machine is made on Linux only")
def test_the_machine_is_removed_however_it_ends(tmp_path, end):
    root, before = tmp_path / "build" / "bare", signal.getsignal(signal.SIGTERM)
    (root / "left").mkdir(parents=True)

    def use():
        with bare_machine.machine(root) as made:
            assert list(made.iterdir()) == []
            (made / "file").touch()
            if end is signal.SIGTERM:
                signal.raise_signal(end)
            elif end:
                raise end

    if end:
        with pytest.raises(SystemExit if end is signal.SIGTERM else end):
            use()
    else:
        use()
    assert not root.exists()
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.skipif(sys.platform != "linux", reason="a bare machine is made on Linux only")
def test_others_than_root_are_told(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SetupError, match="root"):
        bare_machine.try_all([])
