/* The SDK from C: lists the users. The argument is how many pages to read at most; without one, all. */

#include <stdio.h>
#include <stdlib.h>

#include <zoom_s2s.h>

int main(int argc, char **argv)
{
    long most = argc > 1 ? atol(argv[1]) : -1;
    unsigned long users = 0, checksum = 0;
    zoom_s2s_client *client = NULL;
    zoom_s2s_users_pager *pager = NULL;
    zoom_s2s_users_page *page = NULL;
    zoom_s2s_error *error = NULL;
    int32_t status = zoom_s2s_client_from_env(&client, &error);

    if (status == ZOOM_S2S_OK)
        status = zoom_s2s_client_list_users(client, NULL, &pager, &error);
    while (status == ZOOM_S2S_OK && most-- != 0
           && (status = zoom_s2s_users_pager_next(pager, &page, &error)) == ZOOM_S2S_OK && page) {
        for (size_t row = 0; row < zoom_s2s_users_page_count(page); row++) {
            size_t email = 0, id = 0;
            zoom_s2s_users_page_text(page, row, ZOOM_S2S_USER_EMAIL, &email);
            zoom_s2s_users_page_text(page, row, ZOOM_S2S_USER_ID, &id);
            users++;
            checksum += email + id
                        + (unsigned long)zoom_s2s_users_page_number(page, row, ZOOM_S2S_USER_TYPE, 0);
        }
        zoom_s2s_users_page_free(page);
    }
    if (error)
        fprintf(stderr, "%s\n", zoom_s2s_error_text(error));
    else
        printf("users=%lu checksum=%lu\n", users, checksum);
    zoom_s2s_error_free(error);
    zoom_s2s_users_pager_free(pager);
    zoom_s2s_client_free(client);
    return status != ZOOM_S2S_OK;
}
