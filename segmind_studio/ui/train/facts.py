"""All data of the summary, the checks and the review, computed once from plain values."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from segmind_studio.core.accounts import SEGMIND_API_URL, Account, AccountKind, Connection, Credits
from segmind_studio.core.advice import Advice, DatasetFacts, advice
from segmind_studio.core.datasets import Check, Dataset, Finding, PackageInfo, Severity
from segmind_studio.core.errors import StudioError
from segmind_studio.core.fields import FIELDS
from segmind_studio.core.form import TrainingForm, body_text, curl_text
from segmind_studio.core.possible_duplicates import (
    duplicate_text,
    exact_repeats,
    possible_duplicates,
    refused_for_good,
    repeat_text,
)
from segmind_studio.core.pricing import CostEstimate
from segmind_studio.core.runs import Run
from segmind_studio.formats import bytes_text, exact_time, money
from segmind_studio.record import record
from segmind_studio.texts import _, ngettext, sentences
from segmind_studio.ui.forms.field_row import field_value_text
from segmind_studio.ui.theme.direction import isolated

# The advice of core.advice about the photos; the package's findings have the same content.
_SAID_BY_ADVICE = frozenset({Check.NONE_USED, Check.TOO_LARGE, Check.MANY, Check.FEW, Check.NO_TRIGGER})
CHECKS = "checks"  # the target of a line: the findings about the photos, on the Data page
UPLOAD_PLACE = "<address of your private upload>"


@record
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


@record
class Blocker:
    """A reason why the review cannot open yet; `key` is its field, "" for the account.

    `waiting`: not done yet, and not an error.
    """

    key: str
    text: str
    waiting: bool = False


@record
class Caution:
    """A caution that does not stop the review; `key` is the field to go to, "" for none."""

    text: str
    key: str = ""


@record
class TrainFacts:
    """The state of the form and of all that it depends on, at one time."""

    form: TrainingForm
    dataset: Dataset
    package: PackageInfo
    account: AccountFacts
    cost: CostEstimate
    problems: dict[str, str]
    advice: tuple[Advice, ...]
    duplicates: tuple[Run, ...] = ()  # runs of open outcome that this may repeat
    closed: Run | None = None  # the run that was refused because the service accepts none
    refusals: tuple[tuple[str, str], ...] = ()  # fields, and the service's errors about their values
    repeats: tuple[Run, ...] = ()  # runs that were made of exactly the same
    unread: bool = False  # the history cannot be read, so no run could be stored

    @classmethod
    def of(  # noqa: PLR0913, PLR0917  # all parts of the state
        cls, form: TrainingForm, dataset: Dataset, package: PackageInfo, account: AccountFacts, cost: CostEstimate,
        runs: Iterable[Run] = (),
    ) -> TrainFacts:
        """Compute problems, advice, and the runs it may repeat; `runs` are those of the account."""
        said = advice(form, DatasetFacts.of(dataset, package))
        known = tuple(runs)
        repeated = possible_duplicates(form, dataset.dataset_id, known)
        return cls(
            form, dataset, package, account, cost, form.problems(), said, repeated, refused_for_good(known),
            repeats=exact_repeats(form, package.fingerprint, known),
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
        """List what the dataset's checks found, without those that the form's advice has already."""
        return tuple(finding for finding in self.package.findings if finding.check not in _SAID_BY_ADVICE)

    @property
    def about_photos(self) -> tuple[tuple[Severity, str], ...]:
        """List what must or should be looked at in the photos, worst first; not what a field says of them."""
        said: list[Advice | Finding] = [item for item in self.advice if item.key == "data_source_path"]
        if not self.public_zip:
            said += self.findings
        found = [(item.severity, item.text) for item in said if item.severity is not Severity.INFO]
        return tuple(sorted(dict.fromkeys(found), key=lambda item: item[0] is not Severity.MUST))

    @property
    def blockers(self) -> tuple[Blocker, ...]:
        """List what must be corrected first, in the form's order, the account last."""
        found: list[Blocker] = []
        musts = {item.key: item.text for item in self.advice if item.severity is Severity.MUST}
        for field in FIELDS:
            words = self.problems.get(field.key) or musts.get(field.key)
            if words:
                found.append(Blocker(field.key, words, waiting=self.untouched(field.key)))
        if not self.public_zip and "data_source_path" not in musts:
            found += [
                Blocker("data_source_path", finding.text)
                for finding in self.findings if finding.severity is Severity.MUST
            ]
        if "sweep" in self.problems:
            found.append(Blocker("sweep", self.problems["sweep"]))
        if self.unread:
            found.append(Blocker("", unread_text()))
        if self.account.connection is None:
            practice = self.account.practice
            found.append(Blocker("", _no_connection(practice=practice), waiting=practice))
        return tuple(found)

    def untouched(self, key: str) -> bool:
        """Return whether this field has no value yet."""
        if key == "data_source_path" and not self.public_zip:
            return not self.dataset.used
        if key == "sweep":
            return False
        return key not in self.form.touched and not self.form.text(key).strip()

    @property
    def warnings(self) -> tuple[str, ...]:
        """List the cautions as the review shows them, without those that need a typed word."""
        apart = self.must_confirm
        return tuple(dict.fromkeys(item.text for item in self.cautions if item.text not in apart))

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """List the cautions that do not stop the review."""
        said = [Caution(words) for words in (*self.apart, *self.repeat_texts)]
        said += [
            Caution(item.text, item.key)
            for item in self.advice if item.severity is not Severity.MUST and item.key not in self.problems
        ]
        if not self.public_zip:
            said += [Caution(item.text, CHECKS) for item in self.findings if item.severity is Severity.SHOULD]
        if self.short_of_credits:
            words = _("Your balance of {amount} may not be enough.")
            said.append(Caution(words.format(amount=money(self.account.dollars or 0.0))))
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
        """List the cautions that belong to no field: the service may be closed, a run may be the same."""
        return (*filter(None, (self.closed_text,)), *self.duplicate_texts)

    @property
    def must_confirm(self) -> tuple[str, ...]:
        """List the cautions that need a typed word before a start."""
        closed = (self.closed_text,) if self.closed_text else ()
        return closed if self.account.practice else (*closed, *self.duplicate_texts)

    def now_to_confirm(self, now: TrainFacts) -> tuple[str, ...]:
        """Return what needs a typed word before this is started, by what is known `now`; so does a new repeat."""
        new = () if self.account.practice else (words for words in now.repeat_texts if words not in self.warnings)
        return (*now.must_confirm, *new)

    @property
    def duplicate_texts(self) -> tuple[str, ...]:
        """Return a warning for each run of open outcome that this form may repeat."""
        return tuple(duplicate_text(run, practice=self.account.practice) for run in self.duplicates)

    @property
    def repeat_texts(self) -> tuple[str, ...]:
        """Return for the newest run that was made of exactly the same; () when there is none."""
        words = repeat_text(self.repeats)
        return (words,) if words else ()

    @property
    def closed_text(self) -> str:
        """Return the warning that the service refused new runs when it was last asked; "" when it did not."""
        if self.closed is None or self.closed.sent_at is None:
            return ""
        words = _(
            "At the last check ({time}), the service accepted no new runs. Your photos would be uploaded for "
            "a request that will probably be refused.",
        )
        return words.format(time=exact_time(self.closed.sent_at))

    @property
    def photos_text(self) -> str:
        """Return a line with the number of photos that are sent, and their size."""
        if self.public_zip:
            host = _host(self.public_zip)
            return _("A public zip at {host}").format(host=host or self.public_zip)
        count = len(self.dataset.used)
        if not count:
            return _("No photos yet")
        photos = ngettext("{count} photo", "{count} photos", count).format(count=count)
        if not self.measured:
            # Translators: {photos} is such as “12 photos”.
            return _("{photos}, measuring…").format(photos=photos)
        # Translators: {photos} is such as “12 photos”.
        return _("{photos}, {size} of 100 MB").format(photos=photos, size=bytes_text(self.package.size))

    @property
    def waiting_text(self) -> str:
        """Return the notice that photos are still being checked; "" when none is."""
        package = self.package
        return "" if self.public_zip else sentences(package.unlooked_text, package.unmeasured_text)

    @property
    def viewer_text(self) -> str:
        """Return the sentence that names who will see photos and model."""
        if self.account.practice:
            return _("Nobody. Practice stays on this computer.")
        if self.form.value("segmind_public") is True:
            model = _("Anyone on Segmind can use the model.")
        else:
            model = _("Only your account can use the model.")
        if self.public_zip:
            photos = _("Anyone who has the address can read the zip.")
        else:
            photos = _("Your photos are uploaded privately.")
        return sentences(model, photos)

    @property
    def public(self) -> bool:
        """Return whether others will see the model."""
        return self.form.value("segmind_public") is True and not self.account.practice

    @property
    def runs_text(self) -> str:
        """Return one line for each run of a comparison, with the value it differs in; "" for a single run."""
        sweep = self.form.sweep
        if not sweep.on:
            return ""
        lines = (
            # Translators: one of several runs: its name, the field that differs, and its value.
            _("{name}: {field} {value}").format(
                name=isolated(single.text("name")), field=sweep.field.label,
                value=field_value_text(sweep.field, value),
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


def unread_text() -> str:
    """Return the error that no run can be started while the history cannot be read."""
    return _(
        "Your history could not be read, so new runs cannot be recorded. See the Start page.",
    )


def _no_connection(*, practice: bool) -> str:
    if practice:
        return _("The practice service is still starting.")
    return _("No key for this account. Add it in Settings.")


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
