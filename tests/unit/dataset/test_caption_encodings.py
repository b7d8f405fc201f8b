"""Captions of any tool and language: the set decides, what is doubtful is marked, nothing good is lost."""
# ruff: noqa: RUF001  # captions in their own letters

import pytest

from segmind_studio.core.errors import CancelledError
from segmind_studio.dataset.captions import decode_captions
from segmind_studio.dataset.scan import scan
from tests.fakes.image_files import small_jpeg

TEXTS = {
    "ja": ("窓辺に座る猫の写真", "青い空と海、夏の日", "東京タワーの夜景", "犬が走っている。",
           "予定表とソファの上の誠"),
    "zh": ("一只猫坐在窗台上", "红色的汽车停在路边", "一个女人在公园里散步", "夜晚的城市风景", "小狗在草地上奔跑"),
    "zh-tw": ("一隻貓坐在窗台上", "紅色的汽車停在路邊", "一個女人在公園裡散步", "夜晚的城市風景"),
    "ko": ("창가에 앉아 있는 고양이", "공원에서 산책하는 여자", "밤의 도시 풍경", "빨간 자동차"),
    "ru": ("кошка сидит на окне", "Красная машина на улице", "женщина гуляет в парке", "ночной город"),
    "pl": ("kot siedzi na oknie, zażółć gęślą jaźń", "czerwony samochód", "kobieta spaceruje po łące",
           "noc w mieście"),
    "cs": ("kočka sedí na okně", "červené auto u silnice", "žena se prochází v parku", "Příliš žluťoučký kůň"),
    "fr": ("un chat assis à la fenêtre", "garée près de l'école, 20 €", "une femme marche dans la forêt",
           "été à la plage"),
    "tr": ("pencerede oturan kedi, güzel ışık", "kırmızı araba yolun kenarında", "şehir gece"),
    "el": ("μια γάτα κάθεται στο παράθυρο", "κόκκινο αυτοκίνητο"),
    "th": ("ผู้หญิงยืนอยู่ใต้ต้นไม้ใหญ่", "แมวบนโต๊ะ", "รถสีแดงบนถนน"),
    "lt": ("mergina stovi po dideliu ąžuolu", "šalia žydi gėlės", "katė sėdi ant palangės"),
    "uk": ("жінка стоїть під великим деревом", "кіт сидить на вікні", "її червоний капелюх"),
    "hk": ("一個女人喺樹下企喺度", "紅色嘅車停喺路邊"),
}
PAGES = {
    "ja": ("cp932", "euc_jp", "iso2022_jp"), "zh": ("gbk", "gb18030"), "zh-tw": ("big5",), "ko": ("euc_kr",),
    "ru": ("cp1251", "koi8_r", "cp866", "iso8859_5"), "pl": ("cp1250", "iso8859_2"), "cs": ("cp1250",),
    "fr": ("cp1252",), "tr": ("cp1254",), "el": ("cp1253",), "th": ("cp874",), "lt": (), "uk": ("koi8_u",),
    "hk": ("big5hkscs",),
}
UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")


@pytest.mark.parametrize(
    ("language", "page"), [(language, page) for language in TEXTS for page in (*PAGES[language], *UNICODE)]
)
def test_a_set_is_read_as_it_was_written(language, page):
    texts = TEXTS[language]
    found = decode_captions([text.encode(page) for text in texts])
    assert tuple(caption.text for caption in found) == texts
    for caption in found:
        assert caption.text not in caption.readings
        assert page not in {"utf-8", "utf-8-sig", "utf-16", "utf-32"} or not caption.readings


@pytest.mark.parametrize(("language", "page"), [(name, page) for name in TEXTS for page in PAGES[name]])
def test_a_single_caption_is_right_or_marked_with_the_right_one(language, page):
    for text in TEXTS[language]:
        (caption,) = decode_captions([text.encode(page)])
        assert text in {caption.text, *caption.readings}


@pytest.mark.parametrize(("language", "page"), [("lt", "cp1257"), ("fr", "mac_roman"), ("cs", "iso8859_2")])
def test_a_set_in_a_rare_code_page_is_marked_with_the_right_reading(language, page):
    texts = [text.replace("€", "$") for text in TEXTS[language]]
    for text, caption in zip(texts, decode_captions([text.encode(page) for text in texts]), strict=True):
        assert text in {caption.text, *caption.readings}


@pytest.mark.parametrize(("text", "page"), [
    ("나무 아래 서 있는 여자", "iso2022_kr"), ("一位女士站在树下", "hz"), ("ﾈｺと猫", "iso2022_jp_ext"),
    ("unter der großen Eiche, schöne Bäume", "utf-7"), ("木の下に立つ", "utf-7"), ("木の下", "utf-32-le"),
    ("кот 😀", "utf-32-be"),
])
def test_a_single_text_that_shows_its_encoding_is_read(text, page):
    assert decode_captions([text.encode(page)])[0].text == text


@pytest.mark.parametrize(("text", "page"), [
    ("猫", "gbk"), ("ﾈｺ", "cp932"), ("犬", "utf-16-le"), ("貓", "big5"),
])
def test_too_few_bytes_to_tell_are_marked(text, page):
    (caption,) = decode_captions([text.encode(page)])
    assert text in {caption.text, *caption.readings}
    assert caption.readings


def test_plain_texts_are_not_in_doubt():
    texts = ["a photo of TOK", "1000000000", "m0S0 10 20 30", "", "x", "naïve café, 20 €", "写真", "кот",
             "C++ dog+cat-like", "1girl+dog-, f/2+ISO100", "~{x}~", "a +Big- one", "Ärger", "été"]
    found = decode_captions([text.encode() for text in texts])
    assert [(caption.text, caption.readings) for caption in found] == [(text, ()) for text in texts]


def test_kana_that_could_be_plain_signs_are_read_and_marked():
    for page in ("utf-16-le", "utf-16-be"):
        data = "机の上の猫".encode(page)  # every byte of it is ASCII
        (caption,) = decode_captions([data])
        assert (caption.text, caption.readings) == ("机の上の猫", (data.decode("ascii"),))


@pytest.mark.parametrize(("data", "good"), [
    ("写真 and café".encode() + b"\xff and more", ("写真 and café", "and more")),
    ("café in the rain".encode() + b"\xe9", ("café in the rain",)),
    (b"\xef\xbb\xbfa\xffb", ("a", "b")),
    ("日本語の写真".encode()[:-1], ("日本語の写",)),
    ("写真".encode("utf-16") + b"\x00", ("写真",)),
    (b"a \xff b \xfe" + "ïéàü".encode() * 4, ("a ", "ïéàü")),
])
def test_the_good_part_of_a_damaged_text_stays(data, good):
    (caption,) = decode_captions([data])
    assert all(part in caption.text for part in good)
    assert caption.readings


def test_a_damaged_text_does_not_change_the_others():
    texts = TEXTS["ja"]
    data = [text.encode("cp932") for text in texts]
    found = decode_captions([*data, data[0] + b"\xff\x80\xfd"])
    assert tuple(caption.text for caption in found[:-1]) == texts
    assert found[-1].readings


@pytest.mark.parametrize("mark", ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x1f", "\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_what_parts_words_goes_on_parting_them(mark, encoding):
    (caption,) = decode_captions([f"one{mark}two\u200dthree \u200cfour".encode(encoding)])
    assert caption.text == "one two\u200dthree \u200cfour"


def test_many_captions_are_read_as_one_set_and_can_be_cancelled():
    data = ["窓辺に座る猫の写真".encode("cp932")] * 10_000
    found = decode_captions(data)
    assert {caption.text for caption in found} == {"窓辺に座る猫の写真"}
    with pytest.raises(CancelledError):
        decode_captions(data, lambda: True)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", [
    b"\xff", b"\x80\xe5", "é".encode("cp1252"), b"\x00\x30", b"\x1b$B", b"\x82\xa0 ", b"\xc3",
])
def test_no_bytes_are_slow(piece):
    decode_captions([(piece * 65_536)[:65_536]] * 20)


def test_a_folder_is_one_set_and_marks_its_photos(tmp_path):
    for number, text in enumerate(TEXTS["cs"]):
        (tmp_path / f"{number}.jpg").write_bytes(small_jpeg(number))
        (tmp_path / f"{number}.txt").write_bytes(text.encode("cp1250"))
    report = scan([tmp_path], {}, tmp_path / "imports", [].append, lambda: False)
    assert tuple(photo.caption for photo in report.added) == TEXTS["cs"]
    one = scan([tmp_path / "0.txt"], {tmp_path / "0.jpg": "old"}, tmp_path / "imports", [].append, lambda: False)
    ((path, text),) = one.captions
    assert TEXTS["cs"][0] in {text, *dict(one.readings).get(path, ())}


@pytest.mark.parametrize(
    ("language", "page"), [(name, page) for name in TEXTS for page in (*PAGES[name], *UNICODE, "cp1257")]
)
def test_what_was_read_in_a_set_is_the_same_text_alone(language, page):
    data = [text.encode(page, "ignore") for text in (*TEXTS[language], *(text[:3] for text in TEXTS[language]))]
    for bytes_, caption in zip(data, decode_captions(data), strict=True):
        (again,) = decode_captions([bytes_], known=[[caption.text]])
        assert again.text == caption.text
        assert caption.text not in again.readings


@pytest.mark.parametrize(("language", "page", "short"), [
    ("ja", "cp932", ("猫", "赤い猫", "窓の猫", "犬")), ("zh", "gbk", ("猫", "红色的猫", "窗边", "狗")),
    ("cs", "cp1250", ("kočka", "žluťoučký kůň", "líbí", "kůň")), ("ja", "utf-16-le", ("猫", "赤い猫", "犬")),
])
def test_one_folder_of_a_tree_that_is_read_again_offers_only_what_changed(tmp_path, language, page, short):
    texts = {"few": short, "many": TEXTS[language] * 3}
    for folder, captions in texts.items():
        (tmp_path / folder).mkdir()
        for number, text in enumerate(captions):
            (tmp_path / folder / f"{number}.jpg").write_bytes(small_jpeg(number))
            (tmp_path / folder / f"{number}.txt").write_bytes(text.encode(page))
    report = scan([tmp_path], {}, tmp_path / "imports", [].append, lambda: False)
    known = {photo.path: photo.caption for photo in report.added if photo.path.parent.name == "few"}
    again = scan(list(known), known, tmp_path / "imports", [].append, lambda: False)
    assert (again.offered, set(again.unchanged)) == ((), set(known))
    changed = tmp_path / "few" / "0.txt"
    changed.write_bytes(TEXTS[language][0].encode(page))
    again = scan(list(known), known, tmp_path / "imports", [].append, lambda: False)
    assert again.offered == ((changed.with_suffix(".jpg"), TEXTS[language][0]),)
