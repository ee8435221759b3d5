#!/bin/sh
# Prints e-mail address and ID of every active user of a Zoom account.
set -eu

users=$(zoom-s2s users --format jsonl)
printf '%s\n' "$users" | jq --raw-output '[.email, .id] | @tsv'
