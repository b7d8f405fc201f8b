"""A bare machine: a Debian root with python3 alone, in which both commands of the README run as on a new one.

It is in `build/bare`, is made by debootstrap from the mirror that this system's own apt uses, and is removed at
the end. Its mounts are in a namespace of their own, so they end with its last process, however that ends. Needs
Linux, root and git. Standard library only.
"""

from __future__ import annotations

import configparser
import contextlib
import os
import platform
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import system_packages
from python_environment import ROOT
from system_packages import SetupError

MACHINE = ROOT / "build" / "bare"
LOGS = ROOT / "build" / "bare-logs"
CHECKOUT = "studio"  # where the checkout is in the machine
COMMANDS = (("run",), ("test",))
_APART = ("unshare", "--mount", "--pid", "--fork", "--kill-child")
_APT = "$(REPO_URI)\n$(RELEASE)\n$(COMPONENT)\n$(ORIGIN)"
_ORIGINS = frozenset({"Debian", "Ubuntu", ""})  # "" until the lists were downloaded once
_COPIED = (  # the host's settings for reaching its registries
    "/etc/apt/auth.conf", "/etc/apt/auth.conf.d", "/etc/hosts", "/etc/pip.conf", "/etc/resolv.conf",
    "/usr/local/share/ca-certificates",
)
_PIP_OF_USER = (".config/pip/pip.conf", ".pip/pip.conf")
_TRUST = ("PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
_FAILURE_MARKS = ("FAILED ", "ERROR ", "Failed before", "This did not work")


@dataclass(frozen=True)
class Mirror:
    """The system's own packages: where debootstrap gets them, and what the machine's apt reads."""

    address: str
    release: str
    sources: str


def try_all(arguments: Sequence[str]) -> int:
    """Make the machine, run the commands in it (`arguments` go to `test`), remove it; return the exit code."""
    failed: list[str] = []
    with debian(MACHINE, ("python3",)) as root:
        _bring_checkout(root / CHECKOUT)
        for command, more in zip(COMMANDS, ((), tuple(arguments)), strict=True):
            words = ["python3", "packaging/dev.py", *command, *more]
            print(f"\n== {shlex.join(words)}", flush=True)
            code, failures = _follow(inside(root, words), LOGS / f"{command[0]}.log")
            if code:
                failed += [f"{shlex.join(words)} ended with {code}", *failures]
    print(f"\nThe whole of what was said: {LOGS}")
    print("\n".join(["Failed on the bare machine:", *failed] if failed else ["Both pass on a bare machine."]))
    return 1 if failed else 0


@contextlib.contextmanager
def debian(root: Path, packages: Sequence[str]) -> Generator[Path]:
    """Return the root folder of a bare Debian with these packages alone; it is removed at the end."""
    _demand()
    mirror = own_mirror(_asked("apt-get", "indextargets", "--format", _APT, "Created-By: Packages"), _codename())
    LOGS.mkdir(parents=True, exist_ok=True)
    with machine(root):
        print(f"The bare machine lies in {root} and is removed at the end.", flush=True)
        _make(root, mirror, packages)
        yield root


@contextlib.contextmanager
def machine(root: Path) -> Generator[Path]:
    """Yield an empty folder for it that is removed at the end, also after Ctrl+C and SIGTERM."""
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        _remove(root)  # a killed one may have left it
        root.mkdir(parents=True)
        yield root
    finally:
        print(f"Removing {root}", flush=True)
        _remove(root)
        signal.signal(signal.SIGTERM, before)


def own_mirror(targets: str, codename: str) -> Mirror:
    """Return the mirror among the index targets of apt, four lines each: address, release, component, origin."""
    lines = targets.splitlines()
    main = {
        release: address
        for address, release, component, origin in zip(*(lines[start::4] for start in range(4)), strict=False)
        if component == "main" and origin in _ORIGINS and address.startswith(("http://", "https://"))
    }
    if not codename or codename not in main:
        raise SetupError("The mirror of this system's own packages is not known. Does `apt-get update` work?")
    releases = [name for name in (codename, f"{codename}-updates", f"{codename}-security") if name in main]
    return Mirror(main[codename], codename, "".join(f"deb {main[name]} {name} main\n" for name in releases))


def inside(
    root: Path, words: Sequence[str], environment: Mapping[str, str] = os.environ, folder: str = f"/{CHECKOUT}",
) -> list[str]:
    """Return the command that runs `words` in a folder of the machine; it gets only our proxies.

    The shell stays as the first process of their namespace, and so becomes the parent of orphans.
    """
    kept = {name: value for name, value in environment.items() if name.startswith("PIP_")}
    kept.pop("PIP_FIND_LINKS", None)  # a folder of the host
    kept |= {name: environment[name] for low in _PROXIES for name in (low, low.upper()) if name in environment}
    if trust := next((environment[name] for name in _TRUST if environment.get(name)), ""):
        kept["PIP_CERT"] = trust
    bare = ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "TERM=dumb"]
    bare += [f"{name}={value}" for name, value in sorted(kept.items())]
    there = f"cd {shlex.quote(folder)} && {shlex.join(words)}"
    entered = shlex.join(["chroot", str(root), *bare, "sh", "-c", there])
    place = shlex.quote(str(root))
    script = f"mount --rbind /dev {place}/dev && mount --rbind /sys {place}/sys && {entered}; exit $?"
    return [*_APART, f"--mount-proc={root}/proc", "sh", "-c", script]


def _demand() -> None:
    if sys.platform != "linux" or os.geteuid() != 0:
        raise SetupError("A bare machine is made on Linux by root alone: it mounts and changes the root folder.")
    system_packages.ensure(system_packages.MACHINE)
    if subprocess.run([*_APART, "true"], capture_output=True, check=False).returncode:
        raise SetupError("This system does not let even root mount anything: a container without that right?")


def _codename() -> str:
    with contextlib.suppress(OSError):
        return platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    return ""


def _make(root: Path, mirror: Mirror, packages: Sequence[str]) -> None:
    """Run debootstrap in the folder; it mounts too, so it runs in the namespace as well."""
    print(f"Making it: {mirror.release} with {', '.join(packages) or 'nothing besides'}", flush=True)
    include = [f"--include={','.join(packages)}"] if packages else []
    command = ["debootstrap", "--variant=minbase", *include, mirror.release, str(root), mirror.address]
    code, _failures = _follow([*_APART, *command], LOGS / "debootstrap.log", shown=False)
    if code:
        raise SetupError(f"debootstrap ended with {code}; see {LOGS / 'debootstrap.log'}.")
    (root / "etc/apt/sources.list").write_text(mirror.sources, encoding="utf-8")
    settings = [line for line in _asked("apt-config", "dump", "Acquire").splitlines() if _of_the_way(line)]
    (root / "etc/apt/apt.conf.d/90-as-on-the-host").write_text("\n".join([*settings, ""]), encoding="utf-8")
    bring_ways_out(root)


def _of_the_way(line: str) -> bool:
    return line.startswith("Acquire::") and not line.startswith("Acquire::IndexTargets") and ' "";' not in line


def bring_ways_out(root: Path, host: Path = Path("/"), home: Path | None = None) -> None:
    """Copy the host's settings for reaching its registries: names, trust, the settings of pip and apt's logins."""
    home = home or Path.home()
    wanted = {host / place.lstrip("/"): root / place.lstrip("/") for place in _COPIED}
    wanted |= {home / place: root / "root" / place for place in _PIP_OF_USER}
    for bundle in _bundles([host / "etc/pip.conf", *(home / place for place in _PIP_OF_USER)]):
        wanted[host / bundle.lstrip("/")] = root / bundle.lstrip("/")
    for source, target in wanted.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        elif source.is_file():
            target.unlink(missing_ok=True)  # a link would be written through, into the host
            shutil.copy(source, target)


def _bundles(settings: Sequence[Path]) -> set[str]:
    """Return the files of trusted certificates in the settings of pip."""
    named = {os.environ[name] for name in _TRUST if os.environ.get(name)}
    for file in settings:
        parser = configparser.RawConfigParser()
        with contextlib.suppress(OSError, configparser.Error, UnicodeDecodeError):
            parser.read_string(file.read_text(encoding="utf-8"))
        named |= {parser[section]["cert"] for section in parser.sections() if "cert" in parser[section]}
    return {name for name in named if name.startswith("/")}


def _bring_checkout(target: Path) -> None:
    """Copy git's files, with changes that are not yet committed, and nothing that git does not know."""
    who = ("-c", "user.name=bare", "-c", "user.email=bare@localhost")
    commit = _asked("git", "-C", str(ROOT), *who, "stash", "create").strip() or "HEAD"
    target.mkdir()
    with subprocess.Popen(["git", "-C", str(ROOT), "archive", commit], stdout=subprocess.PIPE) as archive:
        unpacked = subprocess.run(["tar", "-x", "-C", str(target)], stdin=archive.stdout, check=False)
    if archive.returncode or unpacked.returncode:
        raise SetupError("The checkout could not be copied with git and tar.")


def _asked(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    except OSError as error:
        raise SetupError(f"{command[0]} is needed: {error}") from error
    if done.returncode:
        raise SetupError(f"{done.stderr[-2000:]}\nThis did not work: {shlex.join(command)}")
    return done.stdout


def _follow(command: Sequence[str], log: Path, *, shown: bool = True) -> tuple[int, list[str]]:
    """Run the command, log and show its output; return its exit code and the lines that name failures."""
    failures: list[str] = []
    with log.open("wb") as kept, subprocess.Popen(
        list(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:
        assert process.stdout is not None  # noqa: S101  # it was asked for
        try:
            for raw in process.stdout:
                kept.write(raw)
                line = raw.decode(errors="replace")
                if shown:
                    print(line, end="", flush=True)
                if line.startswith(_FAILURE_MARKS) or "FAILED in" in line:
                    failures.append(line.rstrip())
        except BaseException:
            process.kill()  # and with it all in its namespace
            process.stdout.read()  # ends when the last of them has ended
            raise
    return process.returncode, failures


def _remove(root: Path) -> None:
    """Remove the folder, unless something is mounted in it: that would be removed too."""
    mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
    if any(line.split()[4].startswith(f"{root}/") for line in mounts.splitlines()):
        raise SetupError(f"Something is still mounted below {root}. Unmount it, then remove the folder.")
    shutil.rmtree(root, ignore_errors=True)


def _leave(number: int, _frame: object) -> None:
    sys.exit(128 + number)
