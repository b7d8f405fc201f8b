from __future__ import annotations

import json

import pytest


@pytest.mark.parametrize("rank", [16, 32])
def test_a_run_ends_in_a_valid_safetensors(practice, rank):
    job = practice.wait_for(practice.submit(advance_parameters={"lora_rank": rank, "finetune_type": "LORA"}))
    link = practice.client.request(
        "GET", "/finetune/request/file/download", data={"cloud_storage_url": job["trained_model_url"]})
    data = practice.get(link.text).content
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + length])
    metadata = header.pop("__metadata__")
    assert metadata["practice"] == "true"
    assert all(isinstance(value, str) for value in metadata.values())  # the format wants texts
    assert (metadata["name"], metadata["trigger_word"]) == ("fluxprotest", "1MAN")
    assert metadata["lora_rank"] == str(rank)
    assert length % 8 == 0
    end = 0
    for name, tensor in header.items():
        assert tensor["dtype"] == "BF16"
        assert tensor["shape"] == ([rank, 3072] if "lora_A" in name else [3072, rank])
        assert tensor["data_offsets"] == [end, end + rank * 3072 * 2]
        end = tensor["data_offsets"][1]
    assert len(header) == 4
    assert len(data) == 8 + length + end
    numbers = data[8 + length:]
    assert {numbers[at] for at in range(1, len(numbers), 2)} == {0x3C, 0xBC}  # all finite and small
