#!/bin/sh
# For any pipeline: fails on what is new or worse since the check that was accepted last (`accepted.json`, kept in the
# repository), and leaves the results where other tools find them. To accept what is open now, commit the new
# results: `cp results/dossier.json accepted.json`.
set -eu

mkdir -p results
dossier fmt --check .

since=""
if [ -f accepted.json ]; then
  since="--since accepted.json"
fi

# All results for machines first; whether the run fails is said once, at the end.
dossier check $since --format json --output results/dossier.json --fail-on never
dossier check $since --format junit --output results/dossier.xml --fail-on never
dossier check $since --format plain
