/* Lists the users of a Zoom account, one e-mail address a line: the active ones, or with the argument
 * "all" also the inactive and the pending ones. Credentials come from the environment, see README.md. */

#include <stdio.h>
#include <string.h>

#include <zoom_s2s.h>

int main(int argc, char **argv)
{
    zoom_s2s_client *client = NULL;
    zoom_s2s_users_query *query = NULL;
    zoom_s2s_users_pager *pager = NULL;
    zoom_s2s_users_page *page = NULL;
    zoom_s2s_error *error = NULL;

    int32_t status = zoom_s2s_client_from_env(&client, &error);
    /* A query is needed only for something else than Zoom's default. */
    if (status == ZOOM_S2S_OK && argc > 1 && strcmp(argv[1], "all") == 0) {
        status = zoom_s2s_users_query_new(&query, &error);
        if (status == ZOOM_S2S_OK)
            status = zoom_s2s_users_query_set_status(query, ZOOM_S2S_STATUS_ALL, &error);
    }
    if (status == ZOOM_S2S_OK)
        status = zoom_s2s_client_list_users(client, query, &pager, &error);
    while (status == ZOOM_S2S_OK
           && (status = zoom_s2s_users_pager_next(pager, &page, &error)) == ZOOM_S2S_OK && page) {
        for (size_t row = 0; row < zoom_s2s_users_page_count(page); row++)
            puts(zoom_s2s_users_page_text(page, row, ZOOM_S2S_USER_EMAIL, NULL));
        zoom_s2s_users_page_free(page);
    }

    int failed = status != ZOOM_S2S_OK;
    if (error)
        fprintf(stderr, "%s\n", zoom_s2s_error_text(error));
    /* A full disk must not look like a short list. */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("stdout");
        failed = 1;
    }
    zoom_s2s_error_free(error);
    zoom_s2s_users_pager_free(pager);
    zoom_s2s_users_query_free(query);
    zoom_s2s_client_free(client);
    return failed;
}
