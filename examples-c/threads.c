/* Several threads share one client: each takes a token and lists the active users, and one token
 * request serves them all. The argument is the number of threads, 8 if there is none.
 * Credentials come from the environment, see README.md. */

#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zoom_s2s.h>

#define MOST_THREADS 256

struct work {
    pthread_t thread;
    const zoom_s2s_client *client;
    size_t users;
    int32_t status;
};

static void *list(void *argument)
{
    struct work *work = argument;
    zoom_s2s_token *token = NULL;
    zoom_s2s_users_pager *pager = NULL;
    zoom_s2s_users_page *page = NULL;
    zoom_s2s_error *error = NULL;

    /* The listing needs no token from us; this one stands for a request made by other means. */
    int32_t status = zoom_s2s_client_token(work->client, &token, &error);
    zoom_s2s_token_free(token);
    /* A pager belongs to one thread, the client to all. */
    if (status == ZOOM_S2S_OK)
        status = zoom_s2s_client_list_users(work->client, NULL, &pager, &error);
    while (status == ZOOM_S2S_OK
           && (status = zoom_s2s_users_pager_next(pager, &page, &error)) == ZOOM_S2S_OK && page) {
        work->users += zoom_s2s_users_page_count(page);
        zoom_s2s_users_page_free(page);
    }
    if (error)
        fprintf(stderr, "%s\n", zoom_s2s_error_text(error));
    zoom_s2s_error_free(error);
    zoom_s2s_users_pager_free(pager);
    work->status = status;
    return NULL;
}

int main(int argc, char **argv)
{
    static struct work works[MOST_THREADS];
    long threads = argc > 1 ? strtol(argv[1], NULL, 10) : 8;
    zoom_s2s_client *client = NULL;
    zoom_s2s_error *error = NULL;
    long started = 0;
    int failed = 0;

    if (threads < 1 || threads > MOST_THREADS) {
        fprintf(stderr, "usage: threads [1 to %d]\n", MOST_THREADS);
        return 1;
    }
    if (zoom_s2s_client_from_env(&client, &error) != ZOOM_S2S_OK) {
        fprintf(stderr, "%s\n", zoom_s2s_error_text(error));
        zoom_s2s_error_free(error);
        return 1;
    }

    for (; started < threads; started++) {
        works[started].client = client;
        int code = pthread_create(&works[started].thread, NULL, list, &works[started]);
        if (code != 0) {
            fprintf(stderr, "pthread_create: %s\n", strerror(code));
            failed = 1;
            break;
        }
    }
    /* The client must not be freed while a thread uses it. */
    for (long index = 0; index < started; index++) {
        pthread_join(works[index].thread, NULL);
        if (works[index].status != ZOOM_S2S_OK)
            failed = 1;
    }

    if (!failed) {
        for (long index = 0; index < started; index++)
            printf("thread %ld: %zu users\n", index + 1, works[index].users);
        printf("token requests: %" PRId64 "\n",
               zoom_s2s_client_stat(client, ZOOM_S2S_STAT_TOKEN_REQUESTS));
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("stdout");
        failed = 1;
    }
    zoom_s2s_client_free(client);
    return failed;
}
