"""The app and the disk image for macOS, from the same PyInstaller description. Untested: nobody has run it yet.

It needs a Mac with the command line tools. Two build settings sign and notarise; without them the app is signed ad
hoc, and a Mac asks its owner before it opens it. Standard library only.
"""

from __future__ import annotations

import os
import plistlib
import shutil
import sys
from pathlib import Path
from typing import Any

import package_contents
import package_facts
import package_freeze
from package_facts import BUILD, DIST, NAME, TITLE
from python_environment import ROOT
from system_packages import SetupError

MACOS = ROOT / "packaging" / "macos"
ENTITLEMENTS = MACOS / "entitlements.plist"
IDENTIFIER = "segmind-studio"  # the project has no domain by which to name itself
OLDEST = "13.0"  # of macOS, as Qt 6.11 demands
IDENTITY = "SEGMIND_STUDIO_SIGNING_IDENTITY"  # such as "Developer ID Application: …", from the keychain
_APPLE = {"zh_CN": "zh-Hans"}  # what Apple calls a language of ours
PROFILE = "SEGMIND_STUDIO_NOTARY_PROFILE"  # a profile that `xcrun notarytool store-credentials` made


def image() -> list[Path]:
    """Make the disk image in dist/ and its bill of materials; returns both. SetupError on another system."""
    if sys.platform != "darwin":
        raise SetupError(
            "The app for macOS is made on a Mac. There, type: python3 packaging/dev.py package macos\n"
            "packaging/ci/packages.yml does so on a runner."
        )
    version = package_facts.version()
    BUILD.mkdir(parents=True, exist_ok=True)
    (BUILD / "Info.plist").write_bytes(plistlib.dumps(info(version)))
    app = package_freeze.freeze().with_name(f"{TITLE}.app")
    for command in signing(app, os.environ.get(IDENTITY, "")):
        package_freeze.call(command)
    bill = DIST / f"{NAME}-{version}-macos.cdx.json"
    package_freeze.write_bill("macos", bill)
    folder = package_facts.fresh(BUILD / "dmg")
    shutil.copytree(app, folder / app.name, symlinks=True)
    (folder / "Applications").symlink_to("/Applications")
    target = DIST / f"SegmindStudio-{version}-macos-{package_facts.machine()}.dmg"
    for command in imaging(folder, target, os.environ.get(IDENTITY, ""), os.environ.get(PROFILE, "")):
        package_freeze.call(command)
    return [bill, target]


def info(version: str) -> dict[str, Any]:
    """Return the Info.plist of the app."""
    types = [
        ("Photo", [
            "public.jpeg", "public.png", "org.webmproject.webp", "public.heic", "public.heif", "public.avif",
            "public.tiff", "com.microsoft.bmp", "com.compuserve.gif",
        ]),
        ("Zip archive", ["public.zip-archive"]), ("Folder", ["public.folder"]),
    ]
    return {
        "CFBundleIdentifier": IDENTIFIER,
        "CFBundleName": TITLE,
        "CFBundleDisplayName": TITLE,
        # Without these, the system's own windows (open, save, colours) are English, whatever the app speaks.
        "CFBundleDevelopmentRegion": "en",
        "CFBundleLocalizations": ["en", *(_APPLE.get(code, code) for code in package_contents.languages())],
        "CFBundleExecutable": NAME,
        "CFBundleIconFile": f"{NAME}.icns",
        "CFBundlePackageType": "APPL",
        "CFBundleShortVersionString": version,
        "CFBundleVersion": version,
        "CFBundleDocumentTypes": [
            {"CFBundleTypeName": name, "CFBundleTypeRole": "Viewer", "LSHandlerRank": "Alternate",
             "LSItemContentTypes": kinds}
            for name, kinds in types
        ],
        "LSApplicationCategoryType": "public.app-category.photography",
        "LSMinimumSystemVersion": OLDEST,
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": "MIT licence",
        "NSRequiresAquaSystemAppearance": False,  # it follows light and dark
        "NSSupportsAutomaticGraphicsSwitching": True,
    }


def signing(app: Path, identity: str) -> list[list[str]]:
    """Return the commands that sign the app, the inner parts first; "-" is nobody's name."""
    sign = ["codesign", "--force", "--timestamp" if identity else "--timestamp=none", "--options", "runtime",
            "--entitlements", str(ENTITLEMENTS), "--sign", identity or "-"]
    inner = sorted(file for file in app.rglob("*") if file.suffix in {".so", ".dylib"} and not file.is_symlink())
    return [
        *([*sign, str(file)] for file in inner), [*sign, str(app)],
        ["codesign", "--verify", "--deep", "--strict", str(app)],
    ]


def imaging(folder: Path, target: Path, identity: str, profile: str) -> list[list[str]]:
    """Return the commands that make the image, and sign, notarise and staple it where the build can."""
    make = ["hdiutil", "create", "-volname", TITLE, "-srcfolder", str(folder), "-format", "ULMO", "-ov"]
    commands = [[*make, str(target)]]
    if identity:
        commands.append(["codesign", "--timestamp", "--sign", identity, str(target)])
    if identity and profile:
        commands.append(["xcrun", "notarytool", "submit", str(target), "--keychain-profile", profile, "--wait"])
        commands.append(["xcrun", "stapler", "staple", str(target)])
        commands.append(
            ["spctl", "--assess", "--type", "open", "--context", "context:primary-signature", str(target)],
        )
    return commands
