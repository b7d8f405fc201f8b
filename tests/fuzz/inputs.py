"""Hostile inputs, made from a seed: mutated samples, long tokens, deep nests, endless numbers, odd JSON."""

import json
import re

LARGEST = 300_000  # bytes; nearly all are much shorter
_PIECES = (
    b"<", b"&", b"&#9", b"&lt;", b'"', b"\\", b"\\u00e9", b"\\ud800", b"{", b"[", b"(", b" ", b"\t", b"\n",
    b"\r\n", b"=", b"%", b"%41", b"a", b"A1", b"/", b"//", b"../", b":", b";", b",", b"0", b"9", b"-", b".",
    b"\x00", b"\xff", b"\xc3\xa9", b"\xe2\x80\xae", b"\xef\xbb\xbf", b"\xf0\x9f\x90\xbb", b"https://", b"SG_",
    b"@", b"#", b"?", b"<a>", b"<!--", b"]]>", b"x-api-key", b"Bearer ", b'{"a":', b'[{"id":"', b"null,",
    b"{},", b"\xff\xda", b"\xff\xff", b"bytes ", b"1-", b"; ",
)
_REPEATED = 40_000
_LONG = (b" ", b"a", b"0", b".", b"/", b"<", b'"', b"\\", b"&", b"=", b"-")
_LEADS = (
    b"", b"", b"x-api-key", b'"x-api-key":', b"Bearer ", b"https://", b"https://b/x?X-Amz-Signature=", b"SG_",
    b"&#", b"bytes ", b"<!--", b"<title>", b"<Code>", b"/home/", b"\n",
)
_NESTS = (b"[", b'{"a":', b'[{"data":', b"<a>", b"(", b"{", b'{"finetune":', b'"\\')
_NAMES = (
    "id", "finetune_id", "request_id", "name", "status", "error", "error_message", "data", "finetunes", "message",
    "detail", "credits", "presigned_url", "s3_url", "image", "output", "event", "types", "webhook_id", "url",
    "run", "times", "body", "dataset", "photos", "timeline", "answer", "accounts", "api_url", "proxy_url",
    "created_ts",
)
_NUMBER = re.compile(rb"\d+")
_DIGITS = (
    b"9" * 5000, b"1" * 100_000, b"-1", b"1e999", b"0", b"18446744073709551616", b"1_0", b"NaN", "٣".encode(),
)


def systematic():
    """Return inputs that patterns may be slow on: each beginning, each character repeated, bare and in JSON."""
    for lead in dict.fromkeys(_LEADS):
        for token in _LONG:
            text = lead + token * _REPEATED
            yield text
            yield json.dumps({"id": "f1", "message": text.decode()}).encode()


def hostile(random, samples):
    """Return one input; the same state of `random` always gives the same one."""
    made = random.choice((_mutated, _mutated, _mutated, _long, _long, _nested, _numbers, _json))(random, samples)
    return made[:LARGEST]


def _mutated(random, samples):
    data = bytearray(random.choice(samples))
    for _turn in range(random.choice((1, 1, 2, 4, 16))):
        at, length = random.randrange(len(data) + 1), random.choice((1, 2, 4, 64, 4096))
        kind = random.randrange(7)
        if kind == 0 and data:
            data[min(at, len(data) - 1)] = random.randrange(256)
        elif kind == 1:
            del data[at : at + length]
        elif kind == 2:
            data[at:at] = random.choice(_PIECES)
        elif kind == 3:
            data[at:at] = data[at : at + length] * random.choice((1, 3, 50, 1000))
        elif kind == 4:
            data[at : at + length] = random.choice((b"\0", b"\xff", b"\x7f\xff", b"\xff\xff\xff\xff")) * length
        elif kind == 5:
            other = random.choice(samples)
            data[at:] = other[random.randrange(len(other) + 1) :]
        else:
            data = data[:at]
        del data[LARGEST:]
    return bytes(data)


def _long(random, samples):
    sample = random.choice(samples)
    at = random.randrange(len(sample) + 1)
    token = b"".join(random.choice(_PIECES) for _ in range(random.choice((1, 2, 3))))
    if random.random() < 0.5:  # patterns may be slow on one repeated character
        token = random.choice(_LONG)
    length = random.choice((100, 5000, 60_000, LARGEST))
    return sample[:at] + random.choice(_LEADS) + token * (length // len(token)) + sample[at:]


def _nested(random, samples):
    sample = random.choice(samples)
    at = random.randrange(len(sample) + 1)
    return sample[:at] + random.choice(_NESTS) * random.choice((50, 1000, 30_000)) + sample[at:]


def _numbers(random, samples):
    digits = random.choice(_DIGITS)
    return _NUMBER.sub(lambda found: digits if random.random() < 0.5 else found[0], random.choice(samples))


def _json(random, _samples):
    return json.dumps(_value(random, 4), ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")


def _value(random, depth):
    kind = random.randrange(8 if depth else 5)
    if kind >= 5:
        count = random.choice((0, 1, 3, 8))
        if kind == 5:
            return [_value(random, depth - 1) for _ in range(count)]
        return {random.choice(_NAMES): _value(random, depth - 1) for _ in range(count)}
    token = random.choice(_PIECES).decode("utf-8", "surrogateescape")
    return (
        None, random.random() < 0.5, random.choice((0, -1, 10**400, 1e308, 5e-324)),
        token * random.choice((1, 3, 2000)), random.choice(_NAMES),
    )[kind]
