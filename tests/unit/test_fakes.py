"""Each fake has the methods, properties and signals of the class that it stands for, and names what it adds."""

from __future__ import annotations

import inspect
from dataclasses import fields, is_dataclass

import pytest
from keyring.backend import KeyringBackend
from PySide6.QtCore import QObject, Signal

from segmind_studio.core.practice import PracticeControl
from segmind_studio.services.accounts.account_service import AccountService, AccountsState
from segmind_studio.services.accounts.webhook_receiver import WebhookReceiver
from segmind_studio.services.accounts.webhook_service import WebhookService
from segmind_studio.services.datasets.dataset_service import DatasetService
from segmind_studio.services.datasets.messages import DatasetLibrary
from segmind_studio.services.images.image_service import ImageService
from segmind_studio.services.notices.notice import NoticeBoard
from segmind_studio.services.runs.download_service import DownloadService
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.runs.submission_service import SubmissionService
from segmind_studio.services.system.network import NetworkWatch
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.support_bundle import SupportService
from segmind_studio.store.library import Library
from segmind_studio.ui.theme.theme import Theme
from tests.fakes import keyrings, run_services, shell_services, train_services
from tests.fakes.library import MemoryLibrary
from tests.fakes.notice_boards import FakeBoard
from tests.fakes.try_service import FakeTryouts

STANDS_FOR = [  # a fake, what it stands for, and the names that only tests use
    (run_services.FakeRuns, RunService, "asked load put set_watch timelines waits"),
    (run_services.FakeSubmits, SubmissionService, "account_id asked known_cost no_resume taken"),
    (run_services.FakeDownloads, DownloadService, "asked"),
    (run_services.FakeAccounts, AccountService, "asked"),
    (run_services.FakeAccountsState, AccountsState, ""),
    (run_services.FakeSettings, SettingsService, ""),
    (shell_services.FakeAccounts, AccountService, "asked become change"),
    (shell_services.FakeDatasets, DatasetService, "become"),
    (shell_services.FakeNetwork, NetworkWatch, "become"),
    (shell_services.FakeWebhooks, WebhookService, "asked become"),
    (shell_services.FakeReceiver, WebhookReceiver, "asked become put"),
    (shell_services.FakeSupport, SupportService, "asked"),
    (shell_services.FakePractice, PracticeControl, "on samples speed starts"),
    (shell_services.FakeTheme, Theme, "applied"),
    (train_services.FakeDatasets, DatasetService, "show"),
    (train_services.FakeAccounts, AccountService, "answer asked choose"),
    (FakeTryouts, ImageService, "asked cancelled fail files load looked_for lose make put"),
    (MemoryLibrary, DatasetLibrary, "calls history_of refusing"),
    (MemoryLibrary, Library, "calls history_of refusing"),
    (FakeBoard, NoticeBoard, "closed end gone happen open opened refusing shown vanish withdrawn"),
    (keyrings.MemoryKeyring, KeyringBackend, "kept"),
    (keyrings.BrokenKeyring, KeyringBackend, ""),
]
NEEDED = {  # what a fake is made with, where it has no defaults
    run_services.FakeAccountsState: {"connected": True}, keyrings.BrokenKeyring: {"error": ValueError()},
}


def names_of(kind: type) -> set[str]:
    found = {
        name for base in kind.__mro__ if base not in QObject.__mro__
        for name in vars(base) if not name.startswith("_")
    }
    return found | ({field.name for field in fields(kind)} if is_dataclass(kind) else set())


def taken_by(method: object) -> list[tuple[str, object, object]]:
    assert callable(method)
    return [(one.name, one.kind, one.default) for one in inspect.signature(method).parameters.values()]


def differences(fake: type, real: type, added: str) -> list[str]:
    instance = fake(**NEEDED.get(fake, {}))
    own = set(added.split())
    there = names_of(real)
    held = {name for name in vars(instance) if not (name.startswith("_") or hasattr(QObject, name))}
    names = names_of(fake) | held
    if isinstance(instance, FakeBoard):
        instance.end()
    found = [f"{name}: not in {real.__name__}" for name in sorted(names - there - own)]
    found += [f"{name}: {real.__name__} has it, or the fake has not" for name in sorted(own & there | own - names)]
    for name in sorted(names & there):
        mine, theirs = inspect.getattr_static(fake, name, None), inspect.getattr_static(real, name, None)
        if isinstance(mine, Signal) or isinstance(theirs, Signal):
            if str(mine) != str(theirs):
                found.append(f"{name}: the signal {mine} is {theirs}")
        elif inspect.isroutine(mine) or inspect.isroutine(theirs):
            mine, theirs = getattr(instance, name), getattr(real, name)
            first = 0 if isinstance(inspect.getattr_static(real, name), staticmethod) else 1
            if taken_by(mine) != taken_by(theirs)[first:]:
                found.append(f"{name}{inspect.signature(mine)} is {name}{inspect.signature(theirs)}")
    return found


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(("fake", "real", "added"), STANDS_FOR)
def test_a_fake_has_the_signatures_of_what_it_stands_for(fake, real, added):
    assert differences(fake, real, added) == []


def test_a_fake_that_differs_is_found():
    class Real(QObject):
        changed = Signal(object)

        def call(self, name: str) -> None: ...

    class Fake(QObject):
        changed = Signal(int)

        def call(self, title: str) -> None: ...

        def other(self) -> None: ...

    assert differences(Fake, Real, "own") == [
        "other: not in Real", "own: Real has it, or the fake has not",
        "call(title: 'str') -> 'None' is call(self, name: 'str') -> 'None'",
        "changed: the signal changed(int) is changed(PyObject)",
    ]
