/* Lists the active users of a Zoom account, one e-mail address a line. */

#include <stdio.h>

#include <zoom_s2s.h>

int main(void)
{
    zoom_s2s_client *client = NULL;
    zoom_s2s_users_pager *pager = NULL;
    zoom_s2s_users_page *page = NULL;
    zoom_s2s_error *error = NULL;
    int done;

    /* Pages, retries, refused tokens and rate limits are the library's business. */
    int32_t status = zoom_s2s_client_from_env(&client, &error);
    if (status == ZOOM_S2S_OK)
        status = zoom_s2s_client_list_users(client, NULL, &pager, &error);
    while (status == ZOOM_S2S_OK
           && (status = zoom_s2s_users_pager_next(pager, &page, &error)) == ZOOM_S2S_OK && page) {
        for (size_t row = 0; row < zoom_s2s_users_page_count(page); row++)
            puts(zoom_s2s_users_page_text(page, row, ZOOM_S2S_USER_EMAIL, NULL));
        zoom_s2s_users_page_free(page);
    }

    done = status == ZOOM_S2S_OK;
    if (error)
        fprintf(stderr, "%s\n", zoom_s2s_error_text(error));
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("stdout");
        done = 0;
    }
    zoom_s2s_error_free(error);
    zoom_s2s_users_pager_free(pager);
    zoom_s2s_client_free(client);
    return done ? 0 : 1;
}
