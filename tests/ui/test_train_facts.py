"""What the summary, the checks and the review say, from plain values."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QLabel

from segmind_studio.core.accounts import Credits
from segmind_studio.core.datasets import Check, Dataset, Finding, PackageInfo, Severity
from segmind_studio.core.errors import StudioError
from segmind_studio.core.fields import FIELD_BY_KEY, FIELDS
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.pricing import CostEstimate
from segmind_studio.core.runs import Phase, Run
from segmind_studio.ui.train.checks import check_lines
from segmind_studio.ui.train.facts import AccountFacts, TrainFacts
from segmind_studio.ui.train.form_page import DatasetCard
from segmind_studio.ui.train.suggestions import suggested_name, suggested_prompt
from tests.fakes.train_services import KEY, PRACTICE, REAL, connection_of, photos
from tests.fakes.typed import known

FORM = TrainingForm().with_values({"name": "anna", "instance_prompt": "a photo of TOK"})
ZIP = "https://photos.example.org/set.zip"
HAND = AccountFacts(REAL, connection_of(REAL), Credits(12.5, 0.0))
PRACTISING = AccountFacts(PRACTICE, connection_of(PRACTICE), Credits(20.0, 0.0))
COST = CostEstimate(4.0, "Somebody's list.")


def look(form=FORM, count=12, *, account=HAND, findings=(), measured=True):
    package = PackageInfo(count if measured else 0, 0, 0, count * 900_000, findings)
    return TrainFacts.of(form, Dataset("d", "Holiday", photos(count)), package, account, COST)


def test_a_good_form_has_nothing_in_its_way():
    facts = look()
    assert facts.blockers == ()
    assert facts.warnings == ()


def test_what_is_in_the_way_comes_in_the_order_of_the_page():
    form = TrainingForm().with_values({"iterations": 50, "trigger_word": ""})
    facts = look(form, 0, account=AccountFacts(REAL))
    assert [item.key for item in facts.blockers] == [
        "data_source_path", "name", "trigger_word", "instance_prompt", "iterations", "",
    ]
    assert facts.blockers[-1].text.endswith("Add it in Settings.")
    assert [item.key for item in facts.blockers if item.waiting] == ["data_source_path", "name", "instance_prompt"]


def test_practice_that_is_not_there_yet_is_in_the_way():
    [blocker] = look(account=AccountFacts(PRACTICE)).blockers
    assert "still starting" in blocker.text


def test_a_finding_that_must_be_fixed_is_in_the_way_unless_a_zip_is_sent():
    findings = (
        Finding("gone", Severity.MUST, "A photo is gone."), Finding("dark", Severity.SHOULD, "One is dark."),
    )
    facts = look(findings=findings)
    assert [item.text for item in facts.blockers] == ["A photo is gone."]
    assert "One is dark." in facts.warnings
    public = look(FORM.with_value("data_source_path", ZIP), findings=findings)
    assert public.blockers == ()
    assert "One is dark." not in public.warnings


@pytest.mark.parametrize(("dollars", "account", "warned"), [
    (3.0, REAL, True), (4.0, REAL, False), (None, REAL, False), (3.0, PRACTICE, False),
])
def test_a_balance_that_may_not_do_is_said(dollars, account, warned):
    paid = None if dollars is None else Credits(dollars, 0.0)
    facts = look(account=AccountFacts(account, connection_of(account), paid))
    assert any("not be enough" in words for words in facts.warnings) == warned


@pytest.mark.parametrize(("facts", "words"), [
    (look(), "12 photos, 10.8 MB of 100 MB"), (look(count=1), "1 photo, 900 kB of 100 MB"),
    (look(count=0), "No photos yet"), (look(measured=False), "12 photos, measuring…"),
    (look(FORM.with_value("data_source_path", ZIP)), "A public zip at photos.example.org"),
    (look(FORM.with_value("data_source_path", "nonsense")), "A public zip at nonsense"),
])
def test_photos_in_words(facts, words):
    assert facts.photos_text == words


@pytest.mark.parametrize(("public", "account", "zip_url", "start", "end"), [
    (False, HAND, "", "Only your account", "uploaded privately."),
    (True, HAND, "", "Anyone", "uploaded privately."),
    (False, HAND, ZIP, "Only your account", "can read the zip."),
    (True, PRACTISING, "", "Nobody", "this computer."),
])
def test_who_will_see_it(public, account, zip_url, start, end):
    form = FORM.with_values({"segmind_public": public, "data_source_path": zip_url})
    words = look(form, account=account).viewer_text
    assert words.startswith(start)
    assert words.endswith(end)


def test_the_request_names_the_upload_and_hides_the_key():
    facts = look()
    body = json.loads(facts.request_json)
    assert body == FORM.body("<address of your private upload>")
    assert '"learning_rate": 0.00001' in facts.request_json
    assert KEY not in facts.request_curl
    assert "YOUR_API_KEY" in facts.request_curl
    assert "https://api.segmind.com/finetune/request/submit" in facts.request_curl
    public = look(FORM.with_value("data_source_path", ZIP))
    assert json.loads(public.request_json)["data_source_path"] == ZIP


VALUES = st.one_of(st.text(max_size=8), st.integers(), st.floats(), st.booleans(), st.just(10**400))


@given(
    values=st.dictionaries(st.sampled_from([field.key for field in FIELDS]), VALUES),
    count=st.integers(0, 30), account=st.sampled_from([HAND, PRACTISING, AccountFacts(REAL)]),
    asking=st.booleans(),
)
def test_any_form_can_be_summed_up_and_checked(*, values, count, account, asking):
    facts = look(TrainingForm().with_values(values), count, account=account)
    assert facts.photos_text
    assert facts.viewer_text
    assert facts.request_curl
    assert set(facts.problems) <= {blocker.key for blocker in facts.blockers}
    lines = check_lines(facts, asking=asking)
    assert set(facts.problems) <= {line.key for line in lines}
    if not (asking or facts.account.connection is None):
        assert sum(line.severity is Severity.SHOULD for line in lines) == len(facts.cautions)


# -- check everything


def severities(facts, *, asking=False):
    return [line.severity for line in check_lines(facts, asking=asking)]


def test_all_is_well():
    lines = check_lines(look(), asking=False)
    assert [line.severity for line in lines] == [None, None, None]
    assert lines[2].text == "My Segmind answers. Balance: $12.50."


def test_the_card_of_the_photos_counts_what_it_lists(qtbot):
    card = DatasetCard()
    qtbot.addWidget(card)
    small = Finding("small", Severity.SHOULD, "Two are small.")
    elsewhere = Finding(Check.NO_TRIGGER, Severity.SHOULD, "Said at the trigger word."), Finding(
        Check.MANY, Severity.SHOULD, "Said by the form's advice.",
    )
    for findings, count in ((elsewhere, 1), ((*elsewhere, small), 2)):
        card.show_facts(look(count=40, findings=findings))
        assert len(known(card.message).text.splitlines()) == count
        assert str(count) in card.status
    card.show_facts(look(FORM.with_value("data_source_path", ZIP), findings=(small,)))
    assert card.message is None


def test_the_card_counts_excluded_and_unreadable_photos_apart(qtbot):
    card = DatasetCard()
    qtbot.addWidget(card)
    some = photos(12)
    bad = (replace(photo, problem="It is broken.") for photo in some[10:])
    facts, mixed = look(), (*some[:9], replace(some[9], excluded=True), *bad)
    card.show_facts(replace(facts, dataset=replace(facts.dataset, photos=mixed)))
    (words,) = [label.text() for label in card.findChildren(QLabel) if " · " in label.text()]
    counted = [int(part.split()[0]) for part in words.split(" · ") if part.split()[0].isdigit()]
    assert (counted[0], counted[-2:]) == (9, [1, 2])


def test_problems_advice_and_findings_are_all_listed():
    form = FORM.with_values({"name": "", "learning_rate": 0.005})
    findings = (Finding("small", Severity.SHOULD, "Two are small."),)
    lines = check_lines(look(form, 3, findings=findings), asking=False)
    assert [(line.severity, line.key) for line in lines] == [
        (Severity.MUST, "name"), (Severity.SHOULD, "learning_rate"),
        (Severity.SHOULD, "data_source_path"), (Severity.SHOULD, "checks"), (None, ""),
    ]


def test_a_public_zip_is_not_looked_into():
    lines = check_lines(look(FORM.with_value("data_source_path", ZIP), 0), asking=False)
    assert lines[1].severity is Severity.INFO
    broken = check_lines(look(FORM.with_value("data_source_path", "x"), 0), asking=False)
    assert [line.severity for line in broken] == [Severity.MUST, None]


@pytest.mark.parametrize(("account", "severity", "words"), [
    (replace(HAND, connection=None), Severity.MUST, "Add it in Settings."),
    (replace(HAND, credits_error=StudioError("It is wrong.", "Enter it again.")), Severity.MUST, "again."),
    (replace(HAND, credits=Credits(None, None)), Severity.INFO, "no balance."),
    (replace(HAND, credits=Credits(1.0, 0.5)), Severity.SHOULD, "not be enough."),
    (replace(PRACTISING, credits=Credits(0.0, 0.0)), None, "$0.00."),
])
def test_the_account_is_checked(account, severity, words):
    line = check_lines(look(account=account), asking=False)[-1]
    assert line.severity is severity
    assert line.text.endswith(words)


def test_an_account_that_is_asked_says_so():
    line = check_lines(look(), asking=True)[-1]
    assert (line.severity, line.text) == (Severity.INFO, "Asking My Segmind…")


# -- suggestions


@pytest.mark.parametrize(("name", "slug"), [
    ("Holiday photos", "holiday-photos"), ("Émile & Zoë (2024)", "emile-zoe-2024"), ("日本", ""), ("", ""),
    ("--a__b--", "a__b"), ("x" * 90, "x" * 40),
])
def test_a_name_is_made_of_the_datasets(name, slug):
    assert suggested_name(name) == slug


@given(name=st.text())
def test_a_suggested_name_can_be_sent(name):
    slug = suggested_name(name)
    assert slug == "" or FIELD_BY_KEY["name"].problem(slug) == ""


@pytest.mark.parametrize("theme", ["CHARACTER", "PRODUCT", "STYLE", "GENERAL", "ODD"])
def test_a_suggested_prompt_holds_the_trigger_word(theme):
    prompt = suggested_prompt(theme, " 1MAN ")
    assert "1MAN" in prompt
    form = FORM.with_values({"trigger_word": "1MAN", "instance_prompt": prompt})
    assert look(form).warnings == ()
    assert suggested_prompt(theme, " ") == ""


def test_what_was_trained_already_is_said_before_it_is_paid_again():
    run = Run("r", "acc", "first", Phase.ACCEPTED, 5.0, 5.0, body=FORM.with_value("name", "first").body(),
              fingerprint="same", service_id="s", status="AVAILABLE")
    package = PackageInfo(12, 0, 0, 9_000_000, (), fingerprint="same")
    dataset = Dataset("d", "Holiday", photos(12))
    facts = TrainFacts.of(FORM, dataset, package, HAND, COST, (run,))
    (words,) = facts.repeat_texts
    assert words.startswith("You already trained this: “first”")
    assert words in facts.warnings
    changed = TrainFacts.of(FORM.with_value("instance_prompt", "TOK"), dataset, package, HAND, COST, (run,))
    assert changed.repeat_texts == ()
