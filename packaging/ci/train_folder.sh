#!/bin/sh
# Train on a folder of photos in practice, as a job of a CI does: no display, no key, and nothing is paid.
#   sh packaging/ci/train_folder.sh PHOTOS MODELS [MORE OPTIONS OF train]
# For a paid training leave --practice out, set SEGMIND_API_KEY, and confirm the price with --yes.
set -eu
photos=$1 models=$2
shift 2
segmind-studio check "$photos" --trigger-word TOK
segmind-studio train "$photos" --practice --wait --download "$models" "$@"
segmind-studio runs --practice --offline --json > "$models/runs.jsonl"
