/* Copies the token as often as the argument says: what one copy costs is the difference of two runs. */

#include <stdio.h>
#include <stdlib.h>

#include "zoom_s2s.h"

int main(int argc, char **argv) {
  static char token[4096];
  long left = argc > 1 ? strtol(argv[1], NULL, 10) : 1;
  zoom_s2s_client *client = NULL;
  zoom_s2s_error *error = NULL;
  size_t needed = 0;
  int32_t status = zoom_s2s_client_from_env(&client, &error);
  while (status == ZOOM_S2S_OK && left-- > 0)
    status = zoom_s2s_client_token_copy(client, token, sizeof token, &needed, &error);
  if (error) fprintf(stderr, "%s\n", zoom_s2s_error_text(error));
  printf("%zu\n", needed);
  zoom_s2s_error_free(error);
  zoom_s2s_client_free(client);
  return (int)status;
}
