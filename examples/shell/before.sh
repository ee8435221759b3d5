#!/bin/sh
# Prints e-mail address and ID of every active user of a Zoom account.
set -eu

api=${ZOOM_S2S_API_URL:-https://api.zoom.us/v2}

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
claims=$(printf '{"iss":"%s","exp":%d}' "$ZOOM_API_KEY" $(($(date +%s) + 3600)) | base64url)
unsigned=$(printf '{"alg":"HS256","typ":"JWT"}' | base64url).$claims
token=$unsigned.$(printf '%s' "$unsigned" | openssl dgst -sha256 -hmac "$ZOOM_API_SECRET" -binary | base64url)

next=
while :; do
    page=$(curl --silent --show-error --fail --header "Authorization: Bearer $token" \
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
