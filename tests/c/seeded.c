/* A program with one planted mistake, named by the argument, so that the tests know that the sanitizers
 * are on: in C, and across the border with the library. "fine" makes none. */

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zoom_s2s.h"

static zoom_s2s_error *some_error(void) {
  zoom_s2s_error *error = NULL;
  zoom_s2s_users_pager *pager = NULL;
  if (zoom_s2s_client_list_users(NULL, NULL, &pager, &error) != ZOOM_S2S_INVALID_ARGUMENT) exit(2);
  return error;
}

int main(int argc, char **argv) {
  const char *mistake = argc > 1 ? argv[1] : "";
  zoom_s2s_error *error = some_error();
  if (strcmp(mistake, "overflow") == 0) {
    volatile size_t beyond = 8;
    char *bytes = malloc(beyond);
    if (bytes == NULL) return 2;
    bytes[beyond] = 'x';
    free(bytes);
  } else if (strcmp(mistake, "freed") == 0) {
    const char *message = zoom_s2s_error_message(error);
    zoom_s2s_error_free(error);
    error = NULL;
    printf("%c\n", message[0]);
  } else if (strcmp(mistake, "signed") == 0) {
    volatile int most = INT_MAX, one = 1;
    printf("%d\n", most + one);
  } else if (strcmp(mistake, "leak") == 0) {
    /* Several, since the stack may still point to the last one. */
    for (int count = 0; count < 8; count++) {
      zoom_s2s_error_free(error);
      error = some_error();
      zoom_s2s_error *lost = some_error();
      if (lost == error) return 2;
    }
  } else if (strcmp(mistake, "fine") != 0) {
    return 2;
  }
  zoom_s2s_error_free(error);
  puts("done");
  return 0;
}
