"""The names in a zip, whatever wrote them: one code page for all, no false separators, and doubt that is told."""

import io
import struct
import unicodedata
import zipfile
import zlib

import pytest

from segmind_studio.dataset.scan import scan
from tests.fakes.image_files import small_jpeg

NAMES = {
    "cp932": ("予定表", "ソ", "誠", "表示", "写真の猫", "能力", "\uff21", "\uff41"),
    "gbk": ("照片", "中文猫咪", "红色的汽车", "一只猫", "乗乘乛"),
    "big5": ("功蓋", "一隻貓", "紅色的汽車", "許多育"),
    "euc_kr": ("고양이 사진", "공원에서 산책", "밤의 도시"),
    "cp866": ("Кошка", "кошка", "ночной город", "Ель", "ель"),
    "cp1251": ("кошка сидит", "ночной город"),
    "cp437": ("été", "Ärger", "ärger", "señor", "façade"),
    "cp850": ("été à la plage", "Ünder", "São Paulo"),
    "cp852": ("kočka sedí na okně", "žlutý kůň", "gęś łąka"),
    "cp874": ("ผู้หญิงยืนอยู่", "แมวบนโต๊ะ"),
    "utf-8": ("予定表", "été", "кошка", unicodedata.normalize("NFD", "café")),
}


def shot(number):
    return small_jpeg(number * 16)


def zipped(members, extra=None):
    """Write members by their names' bytes, as an old tool does: no word about how they are encoded."""
    target = io.BytesIO()
    names = {}
    with zipfile.ZipFile(target, "w") as archive:
        for number, (name, data) in enumerate(members.items()):
            honest = f"{number:05}".ljust(len(name), "_") if len(name) >= 5 else f"{number:0{len(name)}}"
            assert len(honest) == len(name)
            names[honest.encode()] = name
            info = zipfile.ZipInfo(honest)
            info.extra = extra(name) if extra else b""
            archive.writestr(info, data)
    data = target.getvalue()
    for honest, name in names.items():
        data = data.replace(honest, name)
    return data


def photos_with_texts(names, page, suffix=".jpg", folder=""):
    members = {}
    for number, name in enumerate(names):
        members[f"{folder}{name}{suffix}".encode(page)] = shot(number)
        members[f"{folder}{name}.txt".encode(page)] = f"text of {number}".encode()
    return members


@pytest.fixture
def take(tmp_path):
    def run(data, code_page="", known=None):
        (tmp_path / "a.zip").write_bytes(data)
        return scan([tmp_path / "a.zip"], known or {}, tmp_path / "imports", [].append, lambda: False, code_page)
    return run


def captions(report):
    return {photo.path.read_bytes(): photo.caption for photo in report.added}


@pytest.mark.parametrize("folder", ["", "été/", "set\\"])
@pytest.mark.parametrize("page", NAMES)
def test_every_photo_comes_in_under_its_name_with_its_caption(take, page, folder):
    folder = folder if page in {"cp437", "cp850"} or folder.isascii() else f"{NAMES[page][0]}/"
    report = take(zipped(photos_with_texts(NAMES[page], page, folder=folder)))
    assert captions(report) == {shot(n): f"text of {n}" for n in range(len(NAMES[page]))}
    assert report.skipped == ()
    stems = {unicodedata.normalize("NFC", name) for name in NAMES[page]}
    assert {photo.path.stem for photo in report.added} == stems


@pytest.mark.parametrize("name", ["予定表", "ソ", "誠", "表示", "十", "ソース\\a"])
def test_one_photo_alone_is_never_lost(take, name):
    report = take(zipped({f"{name}.jpg".encode("cp932"): small_jpeg(), f"{name}.txt".encode("cp932"): b"words"}))
    assert [photo.caption for photo in report.added] == ["words"]
    assert report.skipped == ()


def test_a_wrong_choice_loses_nothing_either(take):
    for page in ("cp437", "cp1252", "gb18030", "koi8_r"):
        report = take(zipped(photos_with_texts(NAMES["cp932"], "cp932")), page)
        assert len(report.added) == len(NAMES["cp932"])


def test_doubtful_names_are_told_and_can_be_chosen(take, tmp_path):
    data = zipped(photos_with_texts(["ель"], "cp866"))
    first = take(data)
    (doubt,) = first.zip_names
    assert doubt.zip_path == tmp_path / "a.zip"
    assert doubt.chosen.code_page not in {other.code_page for other in doubt.alternatives}
    assert "ель.jpg" in {name.sample for name in (doubt.chosen, *doubt.alternatives)}
    wrong = doubt.alternatives[0]
    second = take(data, wrong.code_page, {photo.path: photo.caption for photo in first.added})
    assert second.added == ()
    ((old, photo),) = second.renamed
    assert old == first.added[0].path
    assert photo.path.parent == old.parent
    assert photo.path.name != old.name
    assert photo.caption == "text of 0"
    assert second.zip_names[0].chosen == wrong


@pytest.mark.parametrize("page", ["utf-8", "cp932"])
def test_names_that_are_sure_are_not_in_doubt(take, page):
    assert take(zipped(photos_with_texts(NAMES[page], page))).zip_names == ()


@pytest.mark.parametrize(("good", "stem"), [(True, "ёлка"), (False, "à")])
def test_the_unicode_path_is_believed_when_it_was_kept_for_this_name(take, good, stem):
    def extra(name):
        block = b"\x01" + struct.pack("<I", zlib.crc32(name if good else b"another")) + "ёлка.jpg".encode()
        return struct.pack("<HH", 0x7075, len(block)) + block

    (photo,) = take(zipped({"à.jpg".encode("cp437"): small_jpeg()}, extra)).added
    assert photo.path.stem == stem
