"""The software bill of materials of a package: CycloneDX 1.6 in JSON. Pure functions, standard library only."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import package_facts
from package_licences import Component, normal

_BLOCK = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)[^\n]*((?:\\\n[^\n]*--hash=[^\n]*)*)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_SPACE = uuid.UUID("6f5d2b2e-6f0b-5f0c-9b39-6d2f5e5a7c11")  # ours, for the numbers of documents
_TYPES = {"pypi": "library", "python": "platform", "resource": "data", "system": "library"}


def locked(lock: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Read a lock: each package's version and the SHA-256 sums of its files."""
    return {
        normal(name): (version, tuple(_HASH.findall(hashes))) for name, version, hashes in _BLOCK.findall(lock)
    }


def bill(
    kind: str, version: str, epoch: int, components: Sequence[Component],
    digests: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the document; the same arguments give the same one.

    `kind` is the package it is of, such as "linux"; `digests` maps names to the SHA-256 of what was shipped, where
    that is one file.
    """
    own = f"pkg:generic/{package_facts.NAME}@{version}"
    parts = [_component(component, (digests or {}).get(component.name)) for component in components]
    document: dict[str, Any] = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": package_facts.iso_time(epoch),
            "component": {
                "type": "application", "bom-ref": own, "name": package_facts.NAME, "version": version, "purl": own,
                "licenses": [{"license": {"id": package_facts.LICENCE}}],
                "properties": [{"name": "segmind-studio:package", "value": kind}],
            },
        },
        "components": parts,
        "dependencies": [
            {"ref": own, "dependsOn": [part["bom-ref"] for part in parts]},
            *({"ref": part["bom-ref"], "dependsOn": []} for part in parts),
        ],
    }
    digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    document["serialNumber"] = f"urn:uuid:{uuid.uuid5(_SPACE, digest)}"
    return document


def text(document: Mapping[str, Any]) -> str:
    """Write the document, the same bytes for the same one."""
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _component(component: Component, digest: str | None) -> dict[str, Any]:
    purl = f"pkg:{'pypi' if component.kind == 'pypi' else 'generic'}/{component.name}@{component.version}"
    told: dict[str, Any] = {
        "type": _TYPES[component.kind], "bom-ref": purl, "name": component.name, "version": component.version,
        "purl": purl, "licenses": [_licence(component.licence)],
    }
    if digest:
        told["hashes"] = [{"alg": "SHA-256", "content": digest}]
    return told


def _licence(expression: str) -> dict[str, Any]:
    if " " in expression:
        return {"expression": expression}
    return {"license": {"id": expression}}
