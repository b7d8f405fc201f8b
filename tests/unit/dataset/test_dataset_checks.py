"""Findings: each says how many, why it matters and what to do, and names the photos."""

from dataclasses import replace
from pathlib import Path

import pytest

from segmind_studio.core.datasets import Check, Dataset, Photo, Severity
from segmind_studio.dataset.checks import ContentDigests, findings


def good(number, **changes):
    fields = {
        "photo_id": f"p{number}", "path": Path(f"/photos/{number}.jpg"), "width": 1200, "height": 1000,
        "size": 1_000_000 + number, "image_format": "JPEG", "caption": f"TOK number {number}",
    }
    return Photo(**(fields | changes))


def dataset(*photos, fill=8):
    return Dataset("d", "d", photos + tuple(good(100 + n) for n in range(fill - len(photos))))


def found(data, trigger="TOK", **more):
    return {finding.check: finding for finding in findings(data, trigger, **more)}


def test_a_good_dataset_has_no_findings():
    assert findings(dataset(), "TOK") == ()


def test_an_empty_dataset_has_no_findings():
    assert findings(Dataset("d", "d")) == ()


@pytest.mark.parametrize(("changes", "check", "severity", "words"), [
    ({"problem": "This file is empty.", "width": 0}, Check.UNREADABLE, Severity.SHOULD, "cannot be used"),
    ({"width": 511}, Check.SMALL, Severity.SHOULD, "below 512"),
    ({"width": 2400, "height": 1000}, Check.ASPECT, Severity.SHOULD, "very wide"),
    ({"width": 1000, "height": 2400}, Check.ASPECT, Severity.SHOULD, "very tall"),
    ({"changes": ("turned",)}, Check.CONVERTED, Severity.INFO, "is converted"),
    ({"caption": " \n"}, Check.NO_CAPTION, Severity.INFO, "has no caption"),
    ({"caption": "a cat"}, Check.NO_TRIGGER, Severity.SHOULD, "captions does not contain the trigger word “TOK”"),
])
def test_one_photo_is_found_and_named(changes, check, severity, words):
    finding = found(dataset(good(1, **changes)))[check]
    assert (finding.severity, finding.photo_ids) == (severity, ("p1",))
    assert words in finding.text
    assert finding.advice


@pytest.mark.parametrize(("check", "changes"), [
    (Check.UNREADABLE, {"problem": "This file is empty.", "width": 0}), (Check.SMALL, {"width": 511}),
    (Check.ASPECT, {"width": 2400}), (Check.CONVERTED, {"changes": ("turned",)}),
    (Check.NO_CAPTION, {"caption": ""}), (Check.NO_TRIGGER, {"caption": "a cat"}),
    (Check.MISREAD, {"caption_readings": ("TOK other",)}),
])
def test_each_finding_about_photos_can_be_ignored(check, changes):
    one = good(1, **changes)
    assert check in found(dataset(one))
    ignored = found(dataset(replace(one, accepted=(f"{check}:",))))
    assert check not in ignored
    assert ignored[Check.IGNORED].text == "1 finding is ignored."
    assert ignored[Check.IGNORED].photo_ids == ("p1",)
    assert check in found(dataset(one, replace(good(2, **changes), accepted=(f"{check}:",))))


@pytest.mark.parametrize(("fill", "check"), [(5, Check.FEW), (21, Check.MANY)])
def test_a_finding_about_the_whole_is_ignored_until_a_photo_is_added(fill, check):
    photos = tuple(replace(photo, accepted=(f"{check}:",)) for photo in dataset(fill=fill).photos)
    assert set(found(Dataset("d", "d", photos))) == {Check.IGNORED}
    assert check in found(Dataset("d", "d", (*photos[1:], good(1))))


@pytest.mark.parametrize("changes", [
    {"width": 512, "height": 512}, {"width": 2000, "height": 1000}, {"caption": "a tok"},
])
def test_the_limits_themselves_are_fine(changes):
    assert found(dataset(good(1, **changes))) == {}


def test_several_photos_are_counted():
    finding = found(dataset(good(1, caption=""), good(2, caption="")))[Check.NO_CAPTION]
    assert (finding.text, finding.photo_ids) == ("2 photos have no caption.", ("p1", "p2"))


@pytest.mark.parametrize(("fill", "check"), [(5, Check.FEW), (6, None), (20, None), (21, Check.MANY)])
def test_the_advised_numbers(fill, check):
    assert set(found(dataset(fill=fill))) == ({check} if check else set())


def test_one_photo_is_one_photo():
    assert found(dataset(fill=1))[Check.FEW].text.startswith("Only 1 photo.")


@pytest.mark.parametrize(("size", "severity"), [(99_999_999, None), (100_000_000, Severity.MUST)])
def test_less_than_a_hundred_megabytes(size, severity):
    finding = found(dataset(), package_size=size).get(Check.TOO_LARGE)
    assert (finding.severity if finding else None) == severity


def test_without_a_plan_the_files_are_added_up():
    assert Check.TOO_LARGE in found(dataset(good(1, size=95_000_000)))


def test_the_largest_photos_are_named():
    data = dataset(*(good(n, size=n * 10_000_000) for n in range(1, 8)))
    assert found(data)[Check.TOO_LARGE].photo_ids == ("p7", "p6", "p5", "p4", "p3")


def test_when_nothing_is_used_that_is_said_first():
    data = Dataset("d", "d", (good(1, excluded=True), good(2, problem="This file is empty.")))
    first = findings(data, "TOK")[0]
    assert (first.check, first.severity) == (Check.NONE_USED, Severity.MUST)


def test_excluded_photos_are_left_alone():
    poor = good(1, excluded=True, width=10, height=1000, caption="", problem="This file is empty.")
    assert found(dataset(poor, fill=8)) == {}


def test_without_a_trigger_word_none_is_missed():
    assert Check.NO_TRIGGER not in found(dataset(good(1, caption="a cat")), trigger=" ")


def test_the_worst_comes_first():
    data = dataset(good(1, caption=""), good(2, width=100), fill=30)
    severities = [finding.severity for finding in findings(data, "TOK", package_size=200_000_000)]
    assert severities == sorted(severities, key=list(Severity).index)
    assert len(set(severities)) == 3


class TestDuplicates:
    @pytest.fixture
    def files(self, tmp_path):
        def run(*contents):
            photos = []
            for number, content in enumerate(contents):
                path = tmp_path / f"{number}.jpg"
                path.write_bytes(content)
                photos.append(good(number, path=path, size=len(content)))
            return dataset(*photos)
        return run

    def test_the_same_bytes_are_found_once_each(self, files):
        finding = found(files(b"one", b"two", b"one", b"one"))[Check.DUPLICATE]
        assert finding.photo_ids == ("p2", "p3")
        assert finding.text.startswith("2 photos are")

    def test_the_copy_with_a_caption_stays(self, files):
        data = files(b"one", b"one", b"one", b"two")
        photos = [replace(photo, caption="a cat" if photo.photo_id == "p1" else " ") for photo in data.photos]
        assert found(replace(data, photos=tuple(photos)))[Check.DUPLICATE].photo_ids == ("p0", "p2")

    def test_the_same_size_alone_means_nothing(self, files):
        assert found(files(b"one", b"two")) == {}

    def test_files_that_cannot_be_read_are_no_duplicates(self, files, tmp_path):
        data = files(b"one", b"one")
        (tmp_path / "0.jpg").unlink()
        (tmp_path / "1.jpg").unlink()
        assert found(data) == {}

    def test_a_file_is_read_once(self, files):
        data, digests = files(b"one", b"one"), ContentDigests()
        first = found(data, digests=digests)
        for photo in data.photos[:2]:
            photo.path.unlink()
        assert found(data, digests=digests) == first
