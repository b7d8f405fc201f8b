#!/bin/sh
# What it lays out has been started, but appimagetool was not to be had where this was written. After `dev.py package tar`:
#   sh packaging/linux/appimage.sh dist/segmind-studio-VERSION-linux-x86_64.tar.xz
set -eu
archive=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/AppDir/usr/lib" "$folder/AppDir/usr/share"
tar -xJf "$archive" -C "$folder"
mv "$folder"/segmind-studio-*/ "$folder/AppDir/usr/lib/segmind-studio"
cd "$folder/AppDir"
mv usr/lib/segmind-studio/share/* usr/share/
ln -s usr/share/applications/segmind-studio.desktop segmind-studio.desktop
ln -s usr/share/icons/hicolor/256x256/apps/segmind-studio.png segmind-studio.png
ln -s usr/lib/segmind-studio/segmind-studio AppRun
cd - >/dev/null
appimagetool "$folder/AppDir" "${archive%.tar.xz}.AppImage"
