/* A token store, from C: store MODE STORE. The sandbox is that of the environment.
 *
 *   token STORE    takes a token and prints it, then the store's counters
 *   refused STORE  no client can be made: prints why
 *   strict STORE   a client can be made, but gets no token: prints why, then the store's counters
 *   alone STORE    the store is away, and the client goes on without it: as token
 *   fork STORE     parent and children share one token
 */
#include "../host/host.h"

static zoom_s2s_config *config_with(const char *store) {
  zoom_s2s_config *config = NULL;
  OK(zoom_s2s_config_from_env(&config, &error));
  /* One that cannot be used changes nothing. */
  STATUS(ZOOM_S2S_INVALID_ARGUMENT, zoom_s2s_config_set_token_store(config, NULL, &error));
  STATUS(ZOOM_S2S_INVALID_ARGUMENT, zoom_s2s_config_set_token_store(config, " ", &error));
  OK(zoom_s2s_config_set_token_store(config, store, &error));
  return config;
}

static zoom_s2s_client *client_with(const char *store) {
  zoom_s2s_config *config = config_with(store);
  zoom_s2s_client *client = NULL;
  OK(zoom_s2s_client_new(config, &client, &error));
  zoom_s2s_config_free(config);
  return client;
}

static void print_token(const zoom_s2s_client *client) {
  zoom_s2s_token *token = NULL;
  OK(zoom_s2s_client_token(client, &token, &error));
  printf("token %s\n", zoom_s2s_token_value(token));
  zoom_s2s_token_free(token);
}

static void print_counters(const zoom_s2s_client *client) {
  const int32_t stats[] = {ZOOM_S2S_STAT_TOKEN_REQUESTS, ZOOM_S2S_STAT_STORE_OPERATIONS,
                           ZOOM_S2S_STAT_STORE_FAILURES, ZOOM_S2S_STAT_TOKENS_ADOPTED,
                           ZOOM_S2S_STAT_FETCHED_ALONE};
  for (size_t index = 0; index < sizeof stats / sizeof *stats; index++)
    printf("%s %" PRId64 "\n", zoom_s2s_stat_name(stats[index]),
           zoom_s2s_client_stat(client, stats[index]));
  zoom_s2s_text *status = NULL;
  OK(zoom_s2s_client_status_json(client, &status, &error));
  printf("status %s\n", zoom_s2s_text_value(status, NULL));
  zoom_s2s_text_free(status);
}

static void print_error(zoom_s2s_error *error) {
  printf("%s: %s\n", zoom_s2s_status_name(zoom_s2s_error_status(error)), zoom_s2s_error_text(error));
  zoom_s2s_error_free(error);
}

static void forks(const zoom_s2s_client *client) {
  for (int nth = 0; nth < 4; nth++) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
      print_token(client);
      CHECK(zoom_s2s_client_stat(client, ZOOM_S2S_STAT_TOKEN_REQUESTS) <= 1);
      fflush(stdout);
      _exit(0);
    }
  }
  for (int nth = 0; nth < 4; nth++) {
    int status = -1;
    CHECK(wait(&status) > 0 && status == 0);
  }
  print_token(client);
}

int main(int count, char **arguments) {
  CHECK(count == 3);
  const char *mode = arguments[1], *store = arguments[2];
  zoom_s2s_error *error = NULL;
  if (strcmp(mode, "refused") == 0) {
    zoom_s2s_config *config = config_with(store);
    zoom_s2s_client *client = NULL;
    CHECK(zoom_s2s_client_new(config, &client, &error) == ZOOM_S2S_CONFIG && client == NULL);
    print_error(error);
    /* The config is as good as before. */
    OK(zoom_s2s_config_set_token_store(config, "memory:", &error));
    OK(zoom_s2s_client_new(config, &client, &error));
    zoom_s2s_client_free(client);
    zoom_s2s_config_free(config);
    return 0;
  }
  zoom_s2s_client *client = client_with(store);
  if (strcmp(mode, "strict") == 0) {
    zoom_s2s_token *token = NULL;
    CHECK(zoom_s2s_client_token(client, &token, &error) == ZOOM_S2S_STORE && token == NULL);
    print_error(error);
  } else if (strcmp(mode, "fork") == 0) {
    forks(client);
  } else {
    print_token(client);
  }
  print_counters(client);
  zoom_s2s_client_free(client);
  return 0;
}
