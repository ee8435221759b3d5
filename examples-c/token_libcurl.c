/* Takes only the token from the library and makes the request with libcurl: prints the first page of
 * users as JSON. A token that Zoom refuses is replaced, and the request made once more.
 * Credentials come from the environment, see README.md. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <zoom_s2s.h>

struct body {
    char *bytes; /* ends with a NUL; NULL while nothing has arrived */
    size_t length;
};

static size_t collect(char *bytes, size_t unit, size_t count, void *into)
{
    struct body *body = into;
    size_t length = unit * count;
    char *longer = realloc(body->bytes, body->length + length + 1);
    if (!longer)
        return 0; /* makes libcurl give up */
    memcpy(longer + body->length, bytes, length);
    body->bytes = longer;
    body->length += length;
    longer[body->length] = '\0';
    return length;
}

/* GETs an address with this header line; the HTTP status, or 0 after saying why there is none. */
static long get(CURL *curl, const char *url, const char *authorization, struct body *body)
{
    long http = 0;
    CURLcode code = CURLE_OUT_OF_MEMORY;
    struct curl_slist *headers = curl_slist_append(NULL, authorization);
    free(body->bytes);
    body->bytes = NULL;
    body->length = 0;
    if (headers) {
        /* CURLOPT_VERBOSE would write the token to stderr. Redirects stay off: a token is for one host. */
        curl_easy_setopt(curl, CURLOPT_URL, url);
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT, 30L);
        code = curl_easy_perform(curl);
    }
    if (code == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &http);
    else
        fprintf(stderr, "GET %s: %s\n", url, curl_easy_strerror(code));
    curl_slist_free_all(headers);
    return http;
}

/* Zoom tells a dead token by HTTP 401, and now and then by code 124 under HTTP 400. */
static int token_refused(long http, const struct body *body)
{
    return http == 401 || (http == 400 && body->bytes && strstr(body->bytes, "\"code\":124"));
}

/* Fetches an address with the client's token; 1 if that went well, else 0 after saying why. */
static int fetch(const zoom_s2s_client *client, CURL *curl, const char *url, struct body *body)
{
    zoom_s2s_error *error = NULL;
    long http = 0;
    int refused = 1;

    for (int attempt = 0; attempt < 2 && refused; attempt++) {
        zoom_s2s_token *token = NULL;
        int32_t status = zoom_s2s_client_token(client, &token, &error);
        if (status == ZOOM_S2S_OK) {
            http = get(curl, url, zoom_s2s_token_header(token), body);
            refused = token_refused(http, body);
            /* The client gives this token to nobody any more: the next one is better. */
            if (refused)
                status = zoom_s2s_client_reject_token(client, zoom_s2s_token_value(token), &error);
            zoom_s2s_token_free(token);
        }
        if (status != ZOOM_S2S_OK) {
            fprintf(stderr, "%s\n", zoom_s2s_error_text(error));
            zoom_s2s_error_free(error);
            return 0;
        }
    }
    if (http != 200 && http != 0)
        fprintf(stderr, "GET %s: HTTP %ld %s\n", url, http, body->bytes ? body->bytes : "");
    return http == 200;
}

int main(void)
{
    const char *base = getenv("ZOOM_S2S_API_URL");
    char url[1024];
    struct body body = {NULL, 0};
    zoom_s2s_client *client = NULL;
    zoom_s2s_error *error = NULL;
    CURL *curl;
    int done = 0;

    if (!base || !*base)
        base = "https://api.zoom.us/v2";
    if (snprintf(url, sizeof url, "%s/users?page_size=300", base) >= (int)sizeof url) {
        fprintf(stderr, "ZOOM_S2S_API_URL is too long\n");
        return 1;
    }
    if (zoom_s2s_client_from_env(&client, &error) != ZOOM_S2S_OK) {
        fprintf(stderr, "%s\n", zoom_s2s_error_text(error));
        zoom_s2s_error_free(error);
        return 1;
    }

    curl_global_init(CURL_GLOBAL_DEFAULT);
    curl = curl_easy_init();
    if (curl)
        done = fetch(client, curl, url, &body);
    else
        fprintf(stderr, "libcurl does not start\n");
    if (done && body.bytes)
        puts(body.bytes);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("stdout");
        done = 0;
    }

    free(body.bytes);
    curl_easy_cleanup(curl);
    curl_global_cleanup();
    zoom_s2s_client_free(client);
    return done ? 0 : 1;
}
