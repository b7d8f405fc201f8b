"""Everything that the summary, the checks and the review say, worked out once from plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from PySide6.QtCore import QCoreApplication

from segmind_studio.core.accounts import SEGMIND_API_URL, Account, AccountKind, Connection, Credits
from segmind_studio.core.advice import Advice, DatasetFacts, advice
from segmind_studio.core.datasets import Check, Dataset, Finding, PackageInfo, Severity
from segmind_studio.core.errors import StudioError
from segmind_studio.core.fields import FIELDS
from segmind_studio.core.form import TrainingForm, body_text, curl_text
from segmind_studio.core.possible_duplicates import possible_duplicates, refused_for_good
from segmind_studio.core.pricing import CostEstimate
from segmind_studio.core.runs import Run
from segmind_studio.ui.forms.field_row import words_of
from segmind_studio.ui.parts import bytes_text, exact_time
from segmind_studio.ui.parts.words import unlooked_words

translate = QCoreApplication.translate
# What core.advice says of the photos in its own words; the package's findings say the same.
_SAID_BY_ADVICE = frozenset({Check.NONE_USED, Check.TOO_LARGE, Check.MANY, Check.FEW, Check.NO_TRIGGER})
CHECKS = "checks"  # where a line leads: what was found about the photos, on the Data page
UPLOAD_PLACE = "<address of your private upload>"


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """Who would pay: the account, and its connection while there is one."""

    account: Account
    connection: Connection | None = None
    credits: Credits | None = None
    credits_error: StudioError | None = None

    @property
    def practice(self) -> bool:
        """Return whether nothing done with it is ever paid."""
        return self.account.kind is AccountKind.PRACTICE

    @property
    def dollars(self) -> float | None:
        """Return the balance, None when it is not known."""
        return self.credits.total if self.credits else None


@dataclass(frozen=True, slots=True)
class Blocker:
    """A reason why the review cannot open yet; `key` is the field it stands at, "" for the account.

    `waiting` tells what was not done yet from what was done wrong.
    """

    key: str
    words: str
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Caution:
    """What does not stop the review but should be thought of; `key` is where to go, "" for nowhere."""

    words: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class TrainFacts:
    """One look at the form and all that it stands on."""

    form: TrainingForm
    dataset: Dataset
    package: PackageInfo
    account: AccountFacts
    cost: CostEstimate
    problems: dict[str, str]
    advice: tuple[Advice, ...]
    duplicates: tuple[Run, ...] = ()  # runs of unknown outcome that this may repeat
    closed: Run | None = None  # the run that was refused since the service takes none
    refusals: tuple[tuple[str, str], ...] = ()  # fields, and what the service said about what they hold
    unread: bool = False  # the history cannot be read, so nothing could be written into it

    @classmethod
    def of(  # noqa: PLR0913, PLR0917  # all that it is a look at
        cls, form: TrainingForm, dataset: Dataset, package: PackageInfo, account: AccountFacts, cost: CostEstimate,
        runs: Iterable[Run] = (),
    ) -> TrainFacts:
        """Work out problems, advice, and what it may repeat; `runs` are those of the account."""
        said = advice(form, DatasetFacts.of(dataset, package))
        known = tuple(runs)
        repeated = possible_duplicates(form, dataset.dataset_id, known)
        return cls(
            form, dataset, package, account, cost, form.problems(), said, repeated, refused_for_good(known),
        )

    @property
    def public_zip(self) -> str:
        """Return the address of the public zip, "" when the dataset is uploaded."""
        return self.form.text("data_source_path")

    @property
    def measured(self) -> bool:
        """Return whether the package belongs to the photos that are now there."""
        return self.package.image_count == len(self.dataset.used)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """List what the dataset's checks found, less what the form's advice says already."""
        return tuple(finding for finding in self.package.findings if finding.check not in _SAID_BY_ADVICE)

    @property
    def blockers(self) -> tuple[Blocker, ...]:
        """List what must be put right first, in the form's order, the account last."""
        found: list[Blocker] = []
        musts = {item.key: item.words for item in self.advice if item.severity is Severity.MUST}
        for field in FIELDS:
            words = self.problems.get(field.key) or musts.get(field.key)
            if words:
                found.append(Blocker(field.key, words, waiting=self.untouched(field.key)))
        if not self.public_zip and "data_source_path" not in musts:
            found += [
                Blocker("data_source_path", finding.words)
                for finding in self.findings if finding.severity is Severity.MUST
            ]
        if "sweep" in self.problems:
            found.append(Blocker("sweep", self.problems["sweep"]))
        if self.unread:
            found.append(Blocker("", unread_words()))
        if self.account.connection is None:
            practice = self.account.practice
            found.append(Blocker("", _no_connection(practice=practice), waiting=practice))
        return tuple(found)

    def untouched(self, key: str) -> bool:
        """Return whether nobody has put anything into this field yet."""
        if key == "data_source_path" and not self.public_zip:
            return not self.dataset.used
        if key == "sweep":
            return False
        return key not in self.form.touched and not self.form.text(key).strip()

    @property
    def warnings(self) -> tuple[str, ...]:
        """List the cautions as the review shows them, less those that it asks a word for."""
        apart = (self.closed_words, *(() if self.account.practice else self.duplicate_words))
        return tuple(dict.fromkeys(item.words for item in self.cautions if item.words not in apart))

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """List what does not stop the review but should be thought of."""
        said = [Caution(words) for words in self.apart]
        said += [
            Caution(item.words, item.key)
            for item in self.advice if item.severity is not Severity.MUST and item.key not in self.problems
        ]
        if not self.public_zip:
            said += [Caution(item.words, CHECKS) for item in self.findings if item.severity is Severity.SHOULD]
        if self.short_of_credits:
            words = translate("TrainFacts", "The account has ${0:.2f}, which may be too little.")
            said.append(Caution(words.format(self.account.dollars)))
        return tuple(dict.fromkeys(said))

    @property
    def short_of_credits(self) -> bool:
        """Return whether the account may have too little for what would be started."""
        balance, cost = self.account.dollars, self.cost.dollars
        if balance is None or cost is None or self.account.practice:
            return False
        return balance < cost

    @property
    def apart(self) -> tuple[str, ...]:
        """List the cautions that no field is about: the service may be closed, a run may be the same."""
        return (*filter(None, (self.closed_words,)), *self.duplicate_words)

    @property
    def duplicate_words(self) -> tuple[str, ...]:
        """Return for each run of unknown outcome that this may be the same once more."""
        risk = (
            translate("TrainFacts", "there may be two runs") if self.account.practice
            else translate("TrainFacts", "you may pay twice")
        )
        words = translate(
            "TrainFacts",
            "“{0}” has no answer yet. It has these photos or this name, and may have started. "
            "Wait until it was found, or {1}.",
        )
        absent = translate(
            "TrainFacts",
            "“{0}” is not listed at the moment. It has these photos or this name, and may still be trained. "
            "Wait until it is listed, or {1}.",
        )
        return tuple((absent if run.absent else words).format(run.name, risk) for run in self.duplicates)

    @property
    def closed_words(self) -> str:
        """Return in words that the service took no new runs when it was last asked, "" when it did."""
        if self.closed is None or self.closed.sent_at is None:
            return ""
        words = translate(
            "TrainFacts",
            "The service took no new runs when it was last asked, on {0}. Your photos would be uploaded for a "
            "request that is probably refused.",
        )
        return words.format(exact_time(self.closed.sent_at))

    @property
    def photos_words(self) -> str:
        """Return in words which photos are sent, and how much that is."""
        if self.public_zip:
            host = _host(self.public_zip)
            return translate("TrainFacts", "A public zip at {0}").format(host or self.public_zip)
        count = len(self.dataset.used)
        if not count:
            return translate("TrainFacts", "No photos yet")
        words = translate("TrainFacts", "1 photo") if count == 1 else translate("TrainFacts", "{0} photos")
        number = words.format(count)
        if not self.measured:
            return translate("TrainFacts", "{0}, measuring…").format(number)
        return translate("TrainFacts", "{0}, {1} of 100 MB").format(number, bytes_text(self.package.size))

    @property
    def waiting_words(self) -> str:
        """Return in words that photos are still being looked at, "" when none is."""
        return "" if self.public_zip else unlooked_words(self.package.unlooked)

    @property
    def viewer_words(self) -> str:
        """Return in words who will see photos and model."""
        if self.account.practice:
            return translate("TrainFacts", "Nobody. Practice stays on this computer.")
        if self.form.value("segmind_public") is True:
            model = translate("TrainFacts", "Anybody on Segmind may use the model.")
        else:
            model = translate("TrainFacts", "Only your account may use the model.")
        if self.public_zip:
            photos = translate("TrainFacts", "The zip can be read by anybody who has its address.")
        else:
            photos = translate("TrainFacts", "Your photos are uploaded privately.")
        return f"{model} {photos}"

    @property
    def public(self) -> bool:
        """Return whether others will see the model."""
        return self.form.value("segmind_public") is True and not self.account.practice

    @property
    def runs_words(self) -> str:
        """Return in words which runs are started and how they differ, "" when it is one alone."""
        sweep = self.form.sweep
        if not sweep.on:
            return ""
        lines = (
            translate("TrainFacts", "{0}: {1} {2}").format(
                single.text("name"), sweep.field.label, words_of(sweep.field, value),
            )
            for single, value in zip(self.form.forms, sweep.values, strict=False)
        )
        return "\n".join(lines)

    @property
    def bodies(self) -> tuple[dict[str, object], ...]:
        """Return the body of each request; the upload's address is not known yet and is named as such."""
        return tuple(single.body("" if self.public_zip else UPLOAD_PLACE) for single in self.form.forms)

    @property
    def request_json(self) -> str:
        """Return the bodies as they go out."""
        return "\n\n".join(map(body_text, self.bodies))

    @property
    def request_curl(self) -> str:
        """Return the requests as commands, with the key masked."""
        connection = self.account.connection
        api_url = connection.api_url if connection else SEGMIND_API_URL
        return "\n\n".join(curl_text(api_url, body) for body in self.bodies)


def unread_words() -> str:
    """Return in words that nothing can be started while the history cannot be read."""
    return translate(
        "TrainFacts", "Your history cannot be read, so a new run could not be noted. The Start page says why.",
    )


def _no_connection(*, practice: bool) -> str:
    if practice:
        return translate("TrainFacts", "The practice service is still starting.")
    return translate("TrainFacts", "The key of this account is not there. Enter it in Settings.")


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
