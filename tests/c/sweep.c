/* Calls every function of the header with every mistake; calls.inc is made from the header. One line a
 * call: function, parameter, case, status or "-", whether outputs were left dirty, message or value. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "zoom_s2s.h"

#define DIRTY ((void *)live_client)
#define FALLBACK 4711

static zoom_s2s_client *live_client;
static zoom_s2s_config *live_config;
static zoom_s2s_users_query *live_users_query;
static zoom_s2s_request *live_request;
static zoom_s2s_response *live_response;
static zoom_s2s_token *live_token;
static zoom_s2s_users_pager *live_users_pager;
static zoom_s2s_users_page *live_users_page;
static zoom_s2s_entries_pager *live_entries_pager;
static zoom_s2s_entries_page *live_entries_page;
static zoom_s2s_error *live_error;
static zoom_s2s_text *live_text;
static char *megabyte;
static char buffer[4096];

static void line(const char *text)
{
    for (; *text; text++)
        putchar(*text == '\n' || *text == '\t' || *text == '\r' ? ' ' : *text);
    putchar('\n');
}

static void told(const char *what, int32_t status, int dirty, zoom_s2s_error *error)
{
    printf("%s\t%d\t%d\t", what, (int)status, dirty);
    line(zoom_s2s_error_message(error));
    zoom_s2s_error_free(error);
}

static void number(const char *what, long long value)
{
    printf("%s\t-\t0\t%lld\n", what, value);
}

static void text(const char *what, const char *value)
{
    printf("%s\t-\t0\t", what);
    line(value ? value : "(NULL)");
}

static void done(int32_t status)
{
    if (status != ZOOM_S2S_OK) {
        fprintf(stderr, "the sandbox does not serve: %d\n", (int)status);
        exit(1);
    }
}

static void begin(void)
{
    megabyte = malloc((1 << 20) + 1);
    memset(megabyte, 'a', 1 << 20);
    megabyte[1 << 20] = 0;
    done(zoom_s2s_client_from_env(&live_client, NULL));
    done(zoom_s2s_config_new(&live_config, NULL));
    done(zoom_s2s_users_query_new(&live_users_query, NULL));
    done(zoom_s2s_request_new("GET", "/users", &live_request, NULL));
    done(zoom_s2s_client_send(live_client, live_request, &live_response, NULL));
    done(zoom_s2s_client_token(live_client, &live_token, NULL));
    done(zoom_s2s_client_list_users(live_client, NULL, &live_users_pager, NULL));
    done(zoom_s2s_users_pager_next(live_users_pager, &live_users_page, NULL));
    done(zoom_s2s_client_pages(live_client, live_request, "users", &live_entries_pager, NULL));
    done(zoom_s2s_entries_pager_next(live_entries_pager, &live_entries_page, NULL));
    done(zoom_s2s_config_new(NULL, &live_error) == ZOOM_S2S_INVALID_ARGUMENT ? 0 : 1);
    done(zoom_s2s_client_status_json(live_client, &live_text, NULL));
}

/* Whatever the mistakes did, the objects are there and work. */
static void end(void)
{
    zoom_s2s_users_page *page = NULL;
    zoom_s2s_users_pager *pager = NULL;
    zoom_s2s_client *client = NULL;
    int alive = zoom_s2s_users_page_count(live_users_page) > 0
        && zoom_s2s_entries_page_count(live_entries_page) > 0
        && zoom_s2s_response_status(live_response) == 200
        && *zoom_s2s_token_value(live_token)
        && *zoom_s2s_text_value(live_text, NULL)
        && zoom_s2s_error_status(live_error) == ZOOM_S2S_INVALID_ARGUMENT
        && zoom_s2s_users_pager_status(live_users_pager) == ZOOM_S2S_STATUS_ACTIVE
        && zoom_s2s_entries_pager_total_records(live_entries_pager) > 0
        && zoom_s2s_client_stat(live_client, ZOOM_S2S_STAT_API_REQUESTS) > 0
        && zoom_s2s_request_set_timeout_ms(live_request, 1000, NULL) == 0
        && zoom_s2s_users_query_set_timeout_ms(live_users_query, 1000, NULL) == 0
        && zoom_s2s_config_set_timeout_ms(live_config, 1000, NULL) == 0
        && zoom_s2s_client_new(live_config, &client, NULL) != ZOOM_S2S_INTERNAL
        && zoom_s2s_client_list_users(live_client, NULL, &pager, NULL) == 0
        && zoom_s2s_users_pager_next(pager, &page, NULL) == 0;
    number("all\tobjects\talive", alive);
    zoom_s2s_client_free(client);
    zoom_s2s_users_page_free(page);
    zoom_s2s_users_pager_free(pager);
    zoom_s2s_text_free(live_text);
    zoom_s2s_error_free(live_error);
    zoom_s2s_entries_page_free(live_entries_page);
    zoom_s2s_entries_pager_free(live_entries_pager);
    zoom_s2s_users_page_free(live_users_page);
    zoom_s2s_users_pager_free(live_users_pager);
    zoom_s2s_token_free(live_token);
    zoom_s2s_response_free(live_response);
    zoom_s2s_request_free(live_request);
    zoom_s2s_users_query_free(live_users_query);
    zoom_s2s_config_free(live_config);
    zoom_s2s_client_free(live_client);
    free(megabyte);
}

int main(void)
{
    begin();
#include "calls.inc"
    end();
    return 0;
}
