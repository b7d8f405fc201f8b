"""The file that a practice run produces: a small, valid `.safetensors` in the shape of a LoRA.

Layout of the format: eight bytes of little-endian header length, a JSON header, then the tensors.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from segmind_studio.file_replacing import replace_file

_WIDTH = 3072  # of Flux's attention
_LAYERS = (
    "transformer.transformer_blocks.0.attn.to_q", "transformer.single_transformer_blocks.0.attn.to_q",
)
_ALIGNMENT = 8
# The high byte of a bfloat16 near ±0.01, so that any low byte gives a plausible number.
_HIGH_BYTES = bytes(0x3C if byte < 128 else 0xBC for byte in range(256))  # noqa: PLR2004  # half of them


def write_weights(target: Path, finetune_id: str, body: Mapping[str, Any]) -> None:
    """Write the weights of a run; the same run always gives the same bytes."""
    rank = int(body["lora_rank"])
    header: dict[str, object] = {"__metadata__": {
        "practice": "true",
        "format": "pt",
        "name": str(body["name"]),
        "trigger_word": str(body["trigger_word"]),
        "base_model": str(body["base_model"]),
        "finetune_type": str(body["finetune_type"]),
        "lora_rank": str(rank),
        "iterations": str(body["iterations"]),
        "note": "Made by the practice service. Nothing was trained.",
    }}
    offset = 0
    for layer in _LAYERS:
        for part, shape in (("lora_A", [rank, _WIDTH]), ("lora_B", [_WIDTH, rank])):
            size = rank * _WIDTH * 2
            header[f"{layer}.{part}.weight"] = {
                "dtype": "BF16", "shape": shape, "data_offsets": [offset, offset + size],
            }
            offset += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    chance = random.Random(finetune_id)  # noqa: S311  # no secret
    aside = target.with_suffix(".part")
    with aside.open("wb") as file:
        file.write(len(text).to_bytes(8, "little"))
        file.write(text)
        for _ in range(len(_LAYERS) * 2):
            file.write(_numbers(chance, rank * _WIDTH))
    replace_file(aside, target)


def _numbers(chance: random.Random, count: int) -> bytes:
    numbers = bytearray(count * 2)
    numbers[0::2] = chance.randbytes(count)
    numbers[1::2] = chance.randbytes(count).translate(_HIGH_BYTES)
    return bytes(numbers)
