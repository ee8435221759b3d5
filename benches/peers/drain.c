/* No peer: asks for pages and throws the bytes away, compressed ones too, so that it shows what the sandbox can
 * serve. The argument is the number of pages, or
 * --version. */

#define _POSIX_C_SOURCE 200809L

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char first[8192];
static size_t kept;

/* The token stands in the first bytes of the first answer; all others are counted alone. */
static size_t take(char *bytes, size_t unit, size_t count, void *total)
{
    size_t length = unit * count;
    size_t room = sizeof first - 1 - kept;
    if (total)
        *(unsigned long long *)total += length;
    else {
        memcpy(first + kept, bytes, length < room ? length : room);
        kept += length < room ? length : room;
    }
    return length;
}

static void get(CURL *curl, const char *what)
{
    long http = 0;
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &http);
    if (code != CURLE_OK || http != 200) {
        fprintf(stderr, "%s: %s, HTTP %ld\n", what, curl_easy_strerror(code), http);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    long pages = argc > 1 ? atol(argv[1]) : 300;
    unsigned long long bytes = 0;
    char text[8192];
    const char *token;
    struct curl_slist *headers;
    CURL *curl;

    if (argc > 1 && strcmp(argv[1], "--version") == 0)
        return puts(curl_version()) < 0;
    curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, NULL);
    if (getenv("BENCH_CA_FILE"))
        curl_easy_setopt(curl, CURLOPT_CAINFO, getenv("BENCH_CA_FILE"));
    snprintf(text, sizeof text, "%s/oauth/token", getenv("ZOOM_S2S_OAUTH_URL"));
    curl_easy_setopt(curl, CURLOPT_URL, text);
    snprintf(text, sizeof text, "grant_type=account_credentials&account_id=%s", getenv("ZOOM_ACCOUNT_ID"));
    curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, text);
    snprintf(text, sizeof text, "%s:%s", getenv("ZOOM_CLIENT_ID"), getenv("ZOOM_CLIENT_SECRET"));
    curl_easy_setopt(curl, CURLOPT_USERPWD, text);
    get(curl, "token");
    token = strstr(first, "\"access_token\":\"");
    if (!token) {
        fprintf(stderr, "token: not found\n");
        return 1;
    }
    token += strlen("\"access_token\":\"");
    snprintf(text, sizeof text, "Authorization: Bearer %.*s", (int)strcspn(token, "\""), token);
    headers = curl_slist_append(NULL, text);
    headers = curl_slist_append(headers, "Accept-Encoding: gzip");
    curl_easy_setopt(curl, CURLOPT_USERPWD, NULL);
    curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &bytes);
    for (long page = 1; page <= pages; page++) {
        snprintf(text, sizeof text, "%s/users?page_size=300&page_number=%ld", getenv("ZOOM_S2S_API_URL"), page);
        curl_easy_setopt(curl, CURLOPT_URL, text);
        get(curl, "users");
    }
    printf("pages=%ld bytes=%llu\n", pages, bytes);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return 0;
}
