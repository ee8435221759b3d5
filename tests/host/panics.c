/* Panics inside of the library, where the environment says. */
#include "host.h"

enum { WAITERS = 8 };

static zoom_s2s_client *client;

static void expect_internal(int32_t status, zoom_s2s_error *error) {
  CHECK(status == ZOOM_S2S_INTERNAL);
  CHECK(error != NULL && zoom_s2s_error_status(error) == ZOOM_S2S_INTERNAL);
  CHECK(strlen(zoom_s2s_error_message(error)) > 0);
  CHECK(strlen(zoom_s2s_error_text(error)) >= strlen(zoom_s2s_error_message(error)));
  zoom_s2s_error_free(error);
  /* It is nobody's memory: still readable, and freed as often as one likes. */
  CHECK(strlen(zoom_s2s_error_hint(error)) > 0);
  zoom_s2s_error_free(error);
}

static void *wait_for_token(void *unused) {
  zoom_s2s_error *error = NULL;
  int32_t status = take_token(client, &error);
  expect_internal(status, error);
  return unused;
}

int main(void) {
  zoom_s2s_error *error = NULL;
  zoom_s2s_client *other = NULL;
  /* A call that hangs is a failure. */
  alarm(60);
  client = client_from_env();

  setenv("ZOOM_S2S_TEST_PANIC", "flight", 1);
  int32_t status = take_token(client, &error);
  expect_internal(status, error);
  CHECK(first_page(client, NULL) == ZOOM_S2S_INTERNAL);
  pthread_t threads[WAITERS];
  double begun = now_ms();
  for (int at = 0; at < WAITERS; at++)
    CHECK(pthread_create(&threads[at], NULL, wait_for_token, NULL) == 0);
  for (int at = 0; at < WAITERS; at++) CHECK(pthread_join(threads[at], NULL) == 0);
  printf("flight: %d threads back after %.1f ms\n", WAITERS, now_ms() - begun);
  unsetenv("ZOOM_S2S_TEST_PANIC");
  OK(take_token(client, &error));
  OK(first_page(client, &error));

  setenv("ZOOM_S2S_TEST_PANIC", "page", 1);
  status = first_page(client, &error);
  expect_internal(status, error);
  zoom_s2s_users_page *page = (zoom_s2s_users_page *)&status;
  status = zoom_s2s_client_user(client, "x", NULL, NULL);
  CHECK(status == ZOOM_S2S_INVALID_ARGUMENT);
  unsetenv("ZOOM_S2S_TEST_PANIC");
  OK(first_page(client, &error));

  /* A pager that was in the middle of it is not left in use. */
  zoom_s2s_users_pager *pager = NULL;
  OK(zoom_s2s_client_list_users(client, NULL, &pager, &error));
  setenv("ZOOM_S2S_TEST_PANIC", "page", 1);
  status = zoom_s2s_users_pager_next(pager, &page, &error);
  CHECK(page == NULL);
  expect_internal(status, error);
  unsetenv("ZOOM_S2S_TEST_PANIC");
  status = zoom_s2s_users_pager_next(pager, &page, &error);
  CHECK(status == ZOOM_S2S_INTERNAL && page == NULL);
  printf("a pager after a panic: status %d %s\n", (int)status, zoom_s2s_error_message(error));
  CHECK(status != ZOOM_S2S_INVALID_ARGUMENT);
  zoom_s2s_error_free(error);
  zoom_s2s_users_page_free(page);
  zoom_s2s_users_pager_free(pager);

  setenv("ZOOM_S2S_TEST_PANIC", "border", 1);
  status = first_page(client, &error);
  expect_internal(status, error);
  status = zoom_s2s_client_from_env(&other, &error);
  CHECK(other == NULL);
  expect_internal(status, error);
  CHECK(zoom_s2s_client_cancel(client, NULL) == ZOOM_S2S_INTERNAL);
  unsetenv("ZOOM_S2S_TEST_PANIC");
  OK(first_page(client, &error));
  zoom_s2s_client_free(client);
  puts("all three places");
  return 0;
}
