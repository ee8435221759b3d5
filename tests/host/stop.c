/* Ends calls from another thread: stop CALL END, CALL being list, send or token, END cancel or shutdown.
 * Three calls hang; the fourth does not. */
#include "host.h"

static zoom_s2s_client *client;
static const char *what;

static int32_t call(zoom_s2s_error **error) {
  if (strcmp(what, "list") == 0) return first_page(client, error);
  if (strcmp(what, "send") == 0) return send_request(client, "GET", "/users", 0, error);
  return take_token(client, error);
}

static void *call_and_note(void *status) {
  zoom_s2s_error *error = NULL;
  *(int32_t *)status = call(&error);
  CHECK(zoom_s2s_error_status(error) == *(int32_t *)status);
  zoom_s2s_error_free(error);
  return NULL;
}

static int64_t sent(void) {
  return zoom_s2s_client_stat(client, strcmp(what, "token") == 0 ? ZOOM_S2S_STAT_TOKEN_REQUESTS
                                                                 : ZOOM_S2S_STAT_API_REQUESTS);
}

int main(int count, char **arguments) {
  CHECK(count == 3);
  what = arguments[1];
  int final = strcmp(arguments[2], "shutdown") == 0;
  double best = 1e9;
  client = client_from_env();
  for (int attempt = 0; attempt < 3; attempt++) {
    pthread_t thread;
    int32_t status = -1;
    int64_t before = sent();
    CHECK(pthread_create(&thread, NULL, call_and_note, &status) == 0);
    while (sent() == before) sleep_ms(1);
    sleep_ms(50);
    CHECK(status == -1);
    double begun = now_ms();
    if (final) OK(zoom_s2s_client_shutdown(client, &error));
    else OK(zoom_s2s_client_cancel(client, &error));
    CHECK(pthread_join(thread, NULL) == 0);
    double took = now_ms() - begun;
    if (took < best) best = took;
    CHECK(status == (final ? ZOOM_S2S_SHUTDOWN : ZOOM_S2S_CANCELLED));
    if (final) {
      STATUS(ZOOM_S2S_SHUTDOWN, call(&error));
      STATUS(ZOOM_S2S_SHUTDOWN, first_page(client, &error));
      STATUS(ZOOM_S2S_SHUTDOWN, take_token(client, &error));
      OK(zoom_s2s_client_shutdown(client, &error));
      zoom_s2s_client_free(client);
      client = client_from_env();
    }
  }
  OK(call(&error));
  OK(first_page(client, &error));
  zoom_s2s_client_free(client);
  printf("%s: %s after %.2f ms, the best of three\n", what, arguments[2], best);
  CHECK(best < 100);
  return 0;
}
