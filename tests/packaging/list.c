/* Lists the e-mail addresses of the active users; with an argument, the two versions instead. */
#include <zoom_s2s.h>

#include <stdio.h>

int main(int count, char **arguments) {
  zoom_s2s_client *client = NULL;
  zoom_s2s_users_pager *pager = NULL;
  zoom_s2s_users_page *page = NULL;
  zoom_s2s_error *error = NULL;
  int32_t status;

  (void)arguments;
  if (count > 1) {
    printf("%s %s\n", ZOOM_S2S_VERSION, zoom_s2s_version());
    return 0;
  }
  status = zoom_s2s_client_from_env(&client, &error);
  if (status == ZOOM_S2S_OK) status = zoom_s2s_client_list_users(client, NULL, &pager, &error);
  while (status == ZOOM_S2S_OK &&
         (status = zoom_s2s_users_pager_next(pager, &page, &error)) == ZOOM_S2S_OK && page) {
    for (size_t row = 0; row < zoom_s2s_users_page_count(page); row++)
      puts(zoom_s2s_users_page_text(page, row, ZOOM_S2S_USER_EMAIL, NULL));
    zoom_s2s_users_page_free(page);
  }
  if (error) fprintf(stderr, "%s\n", zoom_s2s_error_text(error));
  zoom_s2s_error_free(error);
  zoom_s2s_users_pager_free(pager);
  zoom_s2s_client_free(client);
  return (int)status;
}
