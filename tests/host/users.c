/* Prints the email address of each user. With the argument null, also looks at a token that is NULL;
 * with close, closes stderr once it has a client. */
#include <locale.h>

#include "host.h"

int main(int count, char **arguments) {
  const char *option = count > 1 ? arguments[1] : "";
  zoom_s2s_client *client = NULL;
  zoom_s2s_users_pager *pager = NULL;
  zoom_s2s_users_page *page = NULL;
  zoom_s2s_error *error = NULL;
  setlocale(LC_ALL, "");
  int32_t status = zoom_s2s_client_from_env(&client, &error);
  if (strcmp(option, "null") == 0) CHECK(strcmp(zoom_s2s_token_value(NULL), "") == 0);
  if (strcmp(option, "close") == 0) close(2);
  if (status == ZOOM_S2S_OK) status = zoom_s2s_client_list_users(client, NULL, &pager, &error);
  while (status == ZOOM_S2S_OK
         && (status = zoom_s2s_users_pager_next(pager, &page, &error)) == ZOOM_S2S_OK && page) {
    for (size_t row = 0; row < zoom_s2s_users_page_count(page); row++)
      puts(zoom_s2s_users_page_text(page, row, ZOOM_S2S_USER_EMAIL, NULL));
    zoom_s2s_users_page_free(page);
  }
  if (error) fprintf(stdout, "%s\n", zoom_s2s_error_text(error));
  zoom_s2s_error_free(error);
  zoom_s2s_users_pager_free(pager);
  zoom_s2s_client_free(client);
  return status;
}
