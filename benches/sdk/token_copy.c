/* Copies the token as often as the argument says; callgrind counts what that takes. */

#include <stdio.h>
#include <stdlib.h>

#include <zoom_s2s.h>

int main(int argc, char **argv)
{
    long times = argc > 1 ? atol(argv[1]) : 1;
    char token[4096];
    zoom_s2s_client *client = NULL;
    zoom_s2s_error *error = NULL;
    int32_t status = zoom_s2s_client_from_env(&client, &error);
    /* One more, which fetches it. */
    while (status == ZOOM_S2S_OK && times-- >= 0)
        status = zoom_s2s_client_token_copy(client, token, sizeof token, NULL, &error);
    if (error)
        fprintf(stderr, "%s\n", zoom_s2s_error_text(error));
    zoom_s2s_error_free(error);
    zoom_s2s_client_free(client);
    return status != ZOOM_S2S_OK;
}
