/* Lists the active users of a Zoom account, one e-mail address a line. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <zoom_s2s.h>

static zoom_s2s_client *client;

/* The token: one of the app of ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET, kept and renewed. */
static int make_token(char *token, size_t size)
{
    zoom_s2s_error *error = NULL;
    if ((client || zoom_s2s_client_from_env(&client, &error) == ZOOM_S2S_OK)
        && zoom_s2s_client_token_copy(client, token, size, NULL, &error) == ZOOM_S2S_OK)
        return 1;
    fprintf(stderr, "%s\n", zoom_s2s_error_text(error));
    zoom_s2s_error_free(error);
    return 0;
}

struct body {
    char *bytes;
    size_t length;
};

static size_t collect(char *bytes, size_t unit, size_t count, void *into)
{
    struct body *body = into;
    size_t length = unit * count;
    char *longer = realloc(body->bytes, body->length + length + 1);
    if (!longer)
        return 0;
    memcpy(longer + body->length, bytes, length);
    body->bytes = longer;
    body->length += length;
    longer[body->length] = '\0';
    return length;
}

/* GETs an address; the body, which the caller frees, or NULL after saying why not. */
static char *get(CURL *curl, const char *url)
{
    char token[4096], header[4096 + 32];
    struct body body = {NULL, 0};
    struct curl_slist *headers;
    CURLcode code;
    long http = 0;

    if (!make_token(token, sizeof token))
        return NULL;
    snprintf(header, sizeof header, "Authorization: Bearer %s", token);
    headers = curl_slist_append(NULL, header);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 30L);
    code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &http);
    curl_slist_free_all(headers);
    if (code == CURLE_OK && http == 200 && body.bytes)
        return body.bytes;
    if (code != CURLE_OK)
        fprintf(stderr, "GET %s: %s\n", url, curl_easy_strerror(code));
    else
        fprintf(stderr, "GET %s: HTTP %ld %s\n", url, http, body.bytes ? body.bytes : "");
    free(body.bytes);
    return NULL;
}

/* The next text member of this name, and its length; good enough where no value holds a quote. */
static const char *member(const char *json, const char *name, size_t *length)
{
    char key[64];
    const char *value;

    snprintf(key, sizeof key, "\"%s\":\"", name);
    value = strstr(json, key);
    if (!value)
        return NULL;
    value += strlen(key);
    *length = strcspn(value, "\"");
    return value;
}

/* Prints the users on all pages; 1 if that went well. */
static int list(CURL *curl, const char *base)
{
    char *next = NULL;
    int more = 1;

    while (more) {
        char url[2048];
        char *body;
        const char *value;
        size_t length = 0;

        snprintf(url, sizeof url, "%s/users?page_size=300&next_page_token=%s", base, next ? next : "");
        curl_free(next);
        next = NULL;
        body = get(curl, url);
        if (!body)
            return 0;
        for (value = body; (value = member(value, "email", &length)) != NULL; value += length)
            printf("%.*s\n", (int)length, value);
        value = member(body, "next_page_token", &length);
        more = value && length > 0;
        if (more)
            next = curl_easy_escape(curl, value, (int)length);
        free(body);
        if (more && !next) {
            fprintf(stderr, "out of memory\n");
            return 0;
        }
    }
    return 1;
}

int main(void)
{
    const char *base = getenv("ZOOM_S2S_API_URL");
    CURL *curl;
    int done = 0;

    if (!base || !*base)
        base = "https://api.zoom.us/v2";
    curl_global_init(CURL_GLOBAL_DEFAULT);
    curl = curl_easy_init();
    if (curl)
        done = list(curl, base);
    else
        fprintf(stderr, "libcurl does not start\n");
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("stdout");
        done = 0;
    }
    zoom_s2s_client_free(client);
    curl_easy_cleanup(curl);
    curl_global_cleanup();
    return done ? 0 : 1;
}
