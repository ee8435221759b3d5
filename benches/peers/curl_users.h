/* What the two peers over libcurl share: one connection, one buffer that grows, a token by one POST, and
 * pages until there is no next one. What a page says is read by take_token and take_page, which each of
 * them writes with its own JSON library. */

#ifndef CURL_USERS_H
#define CURL_USERS_H

#define _POSIX_C_SOURCE 200809L

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* yyjson may read this far beyond the end when it parses in place. */
#define PADDING 16

struct body {
    char *bytes;
    size_t length, capacity;
};

struct sum {
    unsigned long users, checksum;
};

/* Copies the access token; 0 if there is none. */
static int take_token(struct body *body, char *token, size_t size);

/* Adds up the users and copies the next page token, which is empty on the last page; 0 if this is no page. */
static int take_page(struct body *body, struct sum *sum, char *next, size_t size);

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static const char *setting(const char *name)
{
    const char *value = getenv(name);
    if (!value || !*value)
        give_up(name, "is not set");
    return value;
}

static size_t collect(char *bytes, size_t unit, size_t count, void *into)
{
    struct body *body = into;
    size_t length = unit * count;
    if (body->length + length + PADDING > body->capacity) {
        size_t capacity = 2 * (body->length + length + PADDING);
        char *longer = realloc(body->bytes, capacity);
        if (!longer)
            return 0;
        body->bytes = longer;
        body->capacity = capacity;
    }
    memcpy(body->bytes + body->length, bytes, length);
    body->length += length;
    return length;
}

static void perform(CURL *curl, struct body *body, const char *what)
{
    CURLcode code;
    long http = 0;
    body->length = 0;
    code = curl_easy_perform(curl);
    if (code != CURLE_OK)
        give_up(what, curl_easy_strerror(code));
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &http);
    if (http != 200 || !body->bytes)
        give_up(what, "not HTTP 200");
    memset(body->bytes + body->length, 0, PADDING);
}

static void fetch_token(CURL *curl, struct body *body, char *token, size_t size)
{
    char url[1024], form[1024], user[1024];
    snprintf(url, sizeof url, "%s/oauth/token", setting("ZOOM_S2S_OAUTH_URL"));
    snprintf(form, sizeof form, "grant_type=account_credentials&account_id=%s", setting("ZOOM_ACCOUNT_ID"));
    snprintf(user, sizeof user, "%s:%s", setting("ZOOM_CLIENT_ID"), setting("ZOOM_CLIENT_SECRET"));
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, form);
    curl_easy_setopt(curl, CURLOPT_USERPWD, user);
    perform(curl, body, "token");
    if (!take_token(body, token, size))
        give_up("token", "no access_token");
    curl_easy_setopt(curl, CURLOPT_USERPWD, NULL);
    curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
}

/* The argument is how many pages to read at most; without one, all. */
int main(int argc, char **argv)
{
    long most = argc > 1 ? atol(argv[1]) : -1;
    const char *authorities = getenv("BENCH_CA_FILE");
    char token[4096], header[4096 + 32], next[1024] = "", url[2048];
    struct body body = {NULL, 0, 0};
    struct sum sum = {0, 0};
    struct curl_slist *headers = NULL;
    CURL *curl;

    curl_global_init(CURL_GLOBAL_DEFAULT);
    curl = curl_easy_init();
    if (!curl)
        give_up("libcurl", "does not start");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 30L);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
    if (authorities)
        curl_easy_setopt(curl, CURLOPT_CAINFO, authorities);

    fetch_token(curl, &body, token, sizeof token);
    snprintf(header, sizeof header, "Authorization: Bearer %s", token);
    headers = curl_slist_append(NULL, header);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    do {
        char *escaped = curl_easy_escape(curl, next, 0);
        snprintf(url, sizeof url, "%s/users?page_size=300&next_page_token=%s", setting("ZOOM_S2S_API_URL"),
                 escaped ? escaped : "");
        curl_free(escaped);
        curl_easy_setopt(curl, CURLOPT_URL, url);
        perform(curl, &body, "users");
        if (!take_page(&body, &sum, next, sizeof next))
            give_up("users", "not a page of users");
    } while (*next && --most != 0);

    printf("users=%lu checksum=%lu\n", sum.users, sum.checksum);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    curl_global_cleanup();
    free(body.bytes);
    return 0;
}

#endif
