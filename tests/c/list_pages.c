/* Lists as many pages as the argument says, and reads what most programs want of each user: what one page
 * costs is the difference of two runs. Tells what it read, and what the process and the client did. */

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "zoom_s2s.h"

int main(int argc, char **argv) {
  long pages = argc > 1 ? strtol(argv[1], NULL, 10) : 1;
  zoom_s2s_client *client = NULL;
  zoom_s2s_users_query *query = NULL;
  zoom_s2s_users_pager *pager = NULL;
  zoom_s2s_users_page *page = NULL;
  zoom_s2s_error *error = NULL;
  size_t users = 0, length = 0, bytes = 0;
  int64_t types = 0;
  int32_t status = zoom_s2s_client_from_env(&client, &error);
  if (status == ZOOM_S2S_OK) status = zoom_s2s_users_query_new(&query, &error);
  if (status == ZOOM_S2S_OK) status = zoom_s2s_users_query_set_page_size(query, 300, &error);
  if (status == ZOOM_S2S_OK) status = zoom_s2s_client_list_users(client, query, &pager, &error);
  while (status == ZOOM_S2S_OK && pages-- > 0) {
    status = zoom_s2s_users_pager_next(pager, &page, &error);
    for (size_t row = 0; row < zoom_s2s_users_page_count(page); row++, users++) {
      zoom_s2s_users_page_text(page, row, ZOOM_S2S_USER_EMAIL, &length);
      bytes += length;
      zoom_s2s_users_page_text(page, row, ZOOM_S2S_USER_ID, &length);
      bytes += length;
      types += zoom_s2s_users_page_number(page, row, ZOOM_S2S_USER_TYPE, 0) != 0;
    }
    zoom_s2s_users_page_free(page);
  }
  if (error) fprintf(stderr, "%s\n", zoom_s2s_error_text(error));
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  printf("users %zu\nbytes %zu\ntypes %lld\n", users, bytes, (long long)types);
  printf("page_faults %ld\n", used.ru_minflt);
  printf("dns_lookups %lld\n", (long long)zoom_s2s_client_stat(client, ZOOM_S2S_STAT_DNS_LOOKUPS));
  printf("connections %lld\n", (long long)zoom_s2s_client_stat(client, ZOOM_S2S_STAT_CONNECTIONS));
  printf("threads %lld\n", (long long)zoom_s2s_client_stat(client, ZOOM_S2S_STAT_HELPER_THREADS));
  zoom_s2s_error_free(error);
  zoom_s2s_users_pager_free(pager);
  zoom_s2s_users_query_free(query);
  zoom_s2s_client_free(client);
  return (int)status;
}
