#!/bin/sh
# Prints e-mail address and ID of every active user of a Zoom account.
set -eu

api=${ZOOM_S2S_API_URL:-https://api.zoom.us/v2}

header=$(zoom-s2s token --header)

next=
while :; do
    page=$(printf '%s\n' "$header" | curl --silent --show-error --fail --header @- \
        --max-time 30 --retry 3 \
        --get --data page_size=300 \
        --data-urlencode "next_page_token=$next" \
        "$api/users") || {
        echo "GET $api/users failed" >&2
        exit 1
    }
    printf '%s\n' "$page" | jq --raw-output '.users[] | [.email, .id] | @tsv'
    next=$(printf '%s\n' "$page" | jq --raw-output '.next_page_token // ""')
    [ -n "$next" ] || break
done
