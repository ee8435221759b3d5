/* Uses every function of zoom_s2s.h in earnest, against the sandbox of the environment; USERS says how
 * many users it has. Takes no arguments, and leaves nothing behind. */
#include "../host/host.h"

static int equal(const char *text, const char *wanted) { return strcmp(text, wanted) == 0; }

static int begins(const char *text, const char *wanted) {
  return strncmp(text, wanted, strlen(wanted)) == 0;
}

static void library(void) {
  CHECK(equal(zoom_s2s_version(), ZOOM_S2S_VERSION));
  CHECK(zoom_s2s_abi() == ZOOM_S2S_ABI);
  CHECK(equal(zoom_s2s_features(), "store:memory store:file store:redis"));
  CHECK(equal(zoom_s2s_status_name(ZOOM_S2S_NETWORK), "NETWORK"));
  CHECK(equal(zoom_s2s_user_field_name(ZOOM_S2S_USER_EMAIL), "email"));
  CHECK(zoom_s2s_user_field_number("email") == ZOOM_S2S_USER_EMAIL);
  CHECK(zoom_s2s_user_field_kind(ZOOM_S2S_USER_PMI) == ZOOM_S2S_KIND_NUMBER);
  CHECK(equal(zoom_s2s_user_field_entry_key(ZOOM_S2S_USER_CUSTOM_ATTRIBUTES, 1), "name"));
  CHECK(equal(zoom_s2s_stat_name(ZOOM_S2S_STAT_RETRIES), "retries"));
}

/* A file that holds this value; gives its path. */
static const char *in_file(const char *value, char path[512]) {
  const char *folder = getenv("TMPDIR");
  CHECK(snprintf(path, 512, "%s/everything-XXXXXX", folder ? folder : "/tmp") < 512);
  int number = mkstemp(path);
  CHECK(number >= 0 && write(number, value, strlen(value)) == (ssize_t)strlen(value));
  close(number);
  return path;
}

static void tokens(const zoom_s2s_client *client) {
  zoom_s2s_token *token = NULL, *other = NULL;
  OK(zoom_s2s_client_token(client, &token, &error));
  const char *value = zoom_s2s_token_value(token);
  CHECK(*value && begins(zoom_s2s_token_bearer(token), "Bearer "));
  CHECK(equal(zoom_s2s_token_bearer(token) + 7, value));
  CHECK(begins(zoom_s2s_token_header(token), "Authorization: Bearer "));
  CHECK(equal(zoom_s2s_token_header(token) + 22, value));
  int64_t left = zoom_s2s_token_expires_in_ms(token);
  CHECK(left > 0 && zoom_s2s_token_expires_at_ms(token) > (int64_t)time(NULL) * 1000);
  CHECK(strstr(zoom_s2s_token_scope(token), "user:read"));
  CHECK(zoom_s2s_token_has_scope(token, "user:read:list_users:admin") == 1);
  CHECK(zoom_s2s_token_has_scope(token, "account:master") == 0);

  size_t needed = 0;
  char buffer[4096];
  OK(zoom_s2s_client_token_copy(client, NULL, 0, &needed, &error));
  CHECK(needed == strlen(value) + 1);
  OK(zoom_s2s_client_token_copy(client, buffer, needed, NULL, &error));
  CHECK(equal(buffer, value));
  memset(buffer, 'x', sizeof buffer);
  STATUS(ZOOM_S2S_INVALID_ARGUMENT,
         zoom_s2s_client_token_copy(client, buffer, needed - 1, &needed, &error));
  CHECK(buffer[0] == 0 && buffer[1] == 'x' && needed == strlen(value) + 1);

  OK(zoom_s2s_client_reject_token(client, zoom_s2s_token_header(token), &error));
  OK(zoom_s2s_client_token(client, &other, &error));
  CHECK(!equal(value, zoom_s2s_token_value(other)));
  CHECK(zoom_s2s_client_stat(client, ZOOM_S2S_STAT_TOKENS_REJECTED) == 1);
  zoom_s2s_token_free(token);
  OK(zoom_s2s_client_refresh_token(client, &token, &error));
  CHECK(!equal(zoom_s2s_token_value(token), zoom_s2s_token_value(other)));
  zoom_s2s_token_free(token);
  zoom_s2s_token_free(other);
}

/* The files with the credentials, read again at every token request. */
static char credentials[3][512];

/* A client for which every setting was made. */
static zoom_s2s_client *settings(void) {
  const char *account_id = getenv("ZOOM_ACCOUNT_ID"), *client_id = getenv("ZOOM_CLIENT_ID");
  const char *secret = getenv("ZOOM_CLIENT_SECRET");
  zoom_s2s_config *config = NULL;
  OK(zoom_s2s_config_new(&config, &error));
  OK(zoom_s2s_config_set_account_id(config, account_id, &error));
  OK(zoom_s2s_config_set_client_id(config, client_id, &error));
  OK(zoom_s2s_config_set_client_secret(config, secret, &error));
  OK(zoom_s2s_config_set_account_id_file(config, in_file(account_id, credentials[0]), &error));
  OK(zoom_s2s_config_set_client_id_file(config, in_file(client_id, credentials[1]), &error));
  OK(zoom_s2s_config_set_client_secret_file(config, in_file(secret, credentials[2]), &error));
  OK(zoom_s2s_config_set_oauth_url(config, getenv("ZOOM_S2S_OAUTH_URL"), &error));
  OK(zoom_s2s_config_set_api_url(config, getenv("ZOOM_S2S_API_URL"), &error));
  OK(zoom_s2s_config_set_cloud(config, ZOOM_S2S_CLOUD_COMMERCIAL, &error));
  OK(zoom_s2s_config_set_regional(config, 0, &error));
  OK(zoom_s2s_config_set_timeout_ms(config, 20000, &error));
  OK(zoom_s2s_config_set_connect_timeout_ms(config, 5000, &error));
  OK(zoom_s2s_config_set_proxy(config, "http://127.0.0.1:9", &error));
  OK(zoom_s2s_config_set_no_proxy(config, &error));
  OK(zoom_s2s_config_set_token_store(config, "memory:", &error));
  OK(zoom_s2s_config_set_body_limit(config, 10000000, &error));
  OK(zoom_s2s_config_set_user_agent(config, "everything/1.0", &error));
  zoom_s2s_client *client = NULL, *none = NULL;
  OK(zoom_s2s_client_new(config, &client, &error));

  /* What is wrong with a setting is told when a client is made. */
  OK(zoom_s2s_config_set_ca_only(config, 1, &error));
  STATUS(ZOOM_S2S_CONFIG, zoom_s2s_client_new(config, &none, &error));
  OK(zoom_s2s_config_set_ca_file(config, "/nonexistent.pem", &error));
  STATUS(ZOOM_S2S_CONFIG, zoom_s2s_client_new(config, &none, &error));
  CHECK(none == NULL);
  zoom_s2s_config_free(config);
  return client;
}

static void jwt(void) {
  zoom_s2s_config *config = NULL;
  zoom_s2s_client *client = NULL;
  OK(zoom_s2s_config_jwt_from_env(&config, &error));
  OK(zoom_s2s_config_set_api_key(config, getenv("ZOOM_API_KEY"), &error));
  OK(zoom_s2s_config_set_api_secret(config, getenv("ZOOM_API_SECRET"), &error));
  char paths[2][512];
  OK(zoom_s2s_config_set_api_key_file(config, in_file(getenv("ZOOM_API_KEY"), paths[0]), &error));
  OK(zoom_s2s_config_set_api_secret_file(config, in_file(getenv("ZOOM_API_SECRET"), paths[1]),
                                         &error));
  OK(zoom_s2s_client_new(config, &client, &error));
  zoom_s2s_config_free(config);
  OK(first_page(client, &error));
  CHECK(zoom_s2s_client_stat(client, ZOOM_S2S_STAT_TOKEN_REQUESTS) == 0);
  STATUS(ZOOM_S2S_INVALID_ARGUMENT, zoom_s2s_client_revoke_token(client, &error));
  unlink(paths[0]);
  unlink(paths[1]);
  zoom_s2s_client_free(client);
}

static void one_page(const zoom_s2s_users_page *page) {
  size_t count = zoom_s2s_users_page_count(page), length = 0, all = 0;
  CHECK(count > 0 && zoom_s2s_users_page_total_records(page) >= (int64_t)count);
  CHECK(zoom_s2s_users_page_page_size(page) == 7);
  CHECK(zoom_s2s_users_page_page_count(page) >= -1);
  CHECK(zoom_s2s_users_page_page_number(page) >= -1);
  CHECK(zoom_s2s_users_page_next_page_token(page) != NULL);
  const char *json = zoom_s2s_users_page_json(page, &all), *texts = NULL, *present = NULL;
  CHECK(json[0] == '{' && strlen(json) == all);
  const int64_t *offsets = NULL;
  OK(zoom_s2s_users_page_column(page, ZOOM_S2S_USER_EMAIL, &texts, &offsets, &present, &error));
  CHECK(strlen(present) == count);
  for (size_t row = 0; row < count; row++) {
    const char *email = zoom_s2s_users_page_text(page, row, ZOOM_S2S_USER_EMAIL, &length);
    CHECK(length == strlen(email) && strchr(email, '@'));
    CHECK(zoom_s2s_users_page_has(page, row, ZOOM_S2S_USER_EMAIL) == 1 && present[row] == '1');
    CHECK(equal(texts + offsets[row], email));
    CHECK(offsets[row + 1] - offsets[row] == (int64_t)length + 1);
    const char *user = zoom_s2s_users_page_user_json(page, row, &length);
    CHECK(strlen(user) == length && strstr(user, email));
    zoom_s2s_text *member = NULL;
    OK(zoom_s2s_users_page_member_json(page, row, "email", &member, &error));
    CHECK(strstr(zoom_s2s_text_value(member, &length), email) && length == strlen(email) + 2);
    zoom_s2s_text_free(member);
    CHECK(zoom_s2s_users_page_number(page, row, ZOOM_S2S_USER_TYPE, -7) >= -7);
    size_t groups = zoom_s2s_users_page_list_count(page, row, ZOOM_S2S_USER_GROUP_IDS);
    for (size_t index = 0; index < groups; index++) {
      CHECK(zoom_s2s_users_page_list_has(page, row, ZOOM_S2S_USER_GROUP_IDS, index, NULL) == 1);
      CHECK(*zoom_s2s_users_page_list_text(page, row, ZOOM_S2S_USER_GROUP_IDS, index, "", NULL));
    }
    size_t licences = zoom_s2s_users_page_list_count(page, row, ZOOM_S2S_USER_LICENSE_INFO_LIST);
    for (size_t index = 0; index < licences; index++)
      (void)zoom_s2s_users_page_list_number(page, row, ZOOM_S2S_USER_LICENSE_INFO_LIST, index,
                                            "license_option", -1);
  }
}

static void users(const zoom_s2s_client *client) {
  zoom_s2s_users_query *query = NULL;
  zoom_s2s_users_pager *pager = NULL;
  zoom_s2s_users_page *page = NULL;
  OK(zoom_s2s_users_query_new(&query, &error));
  OK(zoom_s2s_users_query_set_status(query, ZOOM_S2S_STATUS_ALL, &error));
  OK(zoom_s2s_users_query_set_page_size(query, 7, &error));
  OK(zoom_s2s_users_query_add_include_fields(query, ZOOM_S2S_INCLUDE_HOST_KEY, &error));
  OK(zoom_s2s_users_query_set_timeout_ms(query, 20000, &error));
  OK(zoom_s2s_users_query_set_max_passes(query, 2, &error));
  OK(zoom_s2s_client_list_users(client, query, &pager, &error));
  CHECK(zoom_s2s_users_pager_status(pager) == ZOOM_S2S_STATUS_ACTIVE);
  CHECK(zoom_s2s_users_pager_total_records(pager) == -1);
  size_t users = 0;
  char someone[256] = "";
  for (;;) {
    OK(zoom_s2s_users_pager_next(pager, &page, &error));
    if (!page) break;
    if (zoom_s2s_users_page_count(page)) one_page(page);
    users += zoom_s2s_users_page_count(page);
    if (!*someone)
      snprintf(someone, sizeof someone, "%s",
               zoom_s2s_users_page_text(page, 0, ZOOM_S2S_USER_EMAIL, NULL));
    zoom_s2s_users_page_free(page);
  }
  CHECK(!getenv("USERS") || users == (size_t)atoi(getenv("USERS")));
  CHECK(zoom_s2s_users_pager_checked(pager) == 1 && zoom_s2s_users_pager_changed(pager) == 0);
  CHECK(zoom_s2s_users_pager_status(pager) == ZOOM_S2S_STATUS_PENDING);
  zoom_s2s_users_pager_free(pager);

  /* Nothing is sent before the first page. */
  OK(zoom_s2s_users_query_set_role_id(query, "2", &error));
  OK(zoom_s2s_users_query_set_license(query, ZOOM_S2S_LICENSE_WORKFORCE_MANAGEMENT, &error));
  OK(zoom_s2s_client_list_users(client, query, &pager, &error));
  zoom_s2s_users_pager_free(pager);
  zoom_s2s_users_query_free(query);

  OK(zoom_s2s_client_user(client, someone, &page, &error));
  CHECK(zoom_s2s_users_page_count(page) == 1);
  CHECK(equal(zoom_s2s_users_page_text(page, 0, ZOOM_S2S_USER_EMAIL, NULL), someone));
  zoom_s2s_users_page_free(page);
}

static void any_endpoint(const zoom_s2s_client *client) {
  zoom_s2s_request *request = NULL;
  zoom_s2s_response *response = NULL;
  OK(zoom_s2s_request_new("GET", "/{what}", &request, &error));
  OK(zoom_s2s_request_set_segment(request, "what", "nothing", &error));
  OK(zoom_s2s_request_set_segment(request, "what", "users", &error));
  OK(zoom_s2s_request_add_query(request, "page_size", "5", &error));
  OK(zoom_s2s_request_add_header(request, "X-Everything", "1", &error));
  OK(zoom_s2s_request_set_timeout_ms(request, 20000, &error));
  OK(zoom_s2s_client_send(client, request, &response, &error));
  CHECK(zoom_s2s_response_status(response) == 200);
  size_t length = 0, headers = zoom_s2s_response_header_count(response);
  const char *body = zoom_s2s_response_body(response, &length);
  CHECK(strlen(body) == length && strstr(body, "\"users\""));
  CHECK(begins(zoom_s2s_response_header(response, "Content-Type"), "application/json"));
  CHECK(*zoom_s2s_response_tracking_id(response) && headers > 0);
  for (size_t index = 0; index < headers; index++) {
    const char *name = zoom_s2s_response_header_name(response, index);
    CHECK(*name && zoom_s2s_response_header_value(response, index) != NULL);
  }
  zoom_s2s_response_free(response);

  zoom_s2s_entries_pager *pager = NULL;
  zoom_s2s_entries_page *page = NULL;
  OK(zoom_s2s_client_pages(client, request, "users", &pager, &error));
  zoom_s2s_request_free(request);
  OK(zoom_s2s_entries_pager_set_max_passes(pager, 2, &error));
  CHECK(zoom_s2s_entries_pager_total_records(pager) == -1);
  size_t entries = 0;
  for (;;) {
    OK(zoom_s2s_entries_pager_next(pager, &page, &error));
    if (!page) break;
    CHECK(zoom_s2s_entries_page_json(page, &length)[0] == '{' && length > 2);
    CHECK(zoom_s2s_entries_page_next_page_token(page) != NULL);
    CHECK(zoom_s2s_entries_page_total_records(page) >= 0);
    for (size_t index = 0; index < zoom_s2s_entries_page_count(page); index++, entries++) {
      CHECK(strlen(zoom_s2s_entries_page_entry_json(page, index, &length)) == length);
      zoom_s2s_text *member = NULL;
      OK(zoom_s2s_entries_page_member_json(page, index, "email", &member, &error));
      CHECK(zoom_s2s_text_value(member, NULL)[0] == '"');
      zoom_s2s_text_free(member);
      OK(zoom_s2s_entries_page_member_json(page, index, "none of this name", &member, &error));
      CHECK(member == NULL);
    }
    zoom_s2s_entries_page_free(page);
  }
  CHECK((int64_t)entries == zoom_s2s_entries_pager_total_records(pager));
  CHECK(zoom_s2s_entries_pager_checked(pager) == 1 && zoom_s2s_entries_pager_changed(pager) == 0);
  STATUS(ZOOM_S2S_INVALID_ARGUMENT, zoom_s2s_entries_pager_set_max_passes(pager, 2, &error));
  zoom_s2s_entries_pager_free(pager);
}

static void errors(const zoom_s2s_client *client) {
  zoom_s2s_request *request = NULL;
  zoom_s2s_response *response = NULL;
  zoom_s2s_error *error = NULL;
  CHECK(zoom_s2s_request_new("DELETE", "/users/nobody%40example.com", &request, NULL) == 0);
  CHECK(zoom_s2s_request_set_body(request, "{}", 2, "application/json", NULL) == 0);
  int32_t status = zoom_s2s_client_send(client, request, &response, &error);
  CHECK(status != ZOOM_S2S_OK && response == NULL && zoom_s2s_error_status(error) == status);
  CHECK(zoom_s2s_error_http_status(error) >= 400);
  CHECK(*zoom_s2s_error_message(error) && strstr(zoom_s2s_error_text(error),
                                                 zoom_s2s_error_message(error)));
  CHECK(zoom_s2s_error_hint(error) && zoom_s2s_error_missing_scopes(error));
  CHECK(equal(zoom_s2s_error_oauth_error(error), "") && zoom_s2s_error_retry_after_ms(error) == -1);
  CHECK(zoom_s2s_error_is_retryable(error) == 0 && zoom_s2s_error_in_doubt(error) == 0);
  CHECK(zoom_s2s_error_zoom_code(error) >= 0 && zoom_s2s_error_tracking_id(error));
  size_t length = 0;
  CHECK(zoom_s2s_error_has_body(error) == 1);
  CHECK(strlen(zoom_s2s_error_body(error, &length)) == length);
  zoom_s2s_error_free(error);
  zoom_s2s_request_free(request);
}

int main(void) {
  library();
  jwt();
  zoom_s2s_config *config = NULL;
  zoom_s2s_client *client = settings(), *other = NULL;
  tokens(client);
  OK(zoom_s2s_config_from_env(&config, &error));
  OK(zoom_s2s_client_new(config, &other, &error));
  zoom_s2s_config_free(config);
  zoom_s2s_client_free(other);
  users(client);
  any_endpoint(client);
  errors(client);
  OK(zoom_s2s_client_cancel(client, &error));
  OK(first_page(client, &error));
  zoom_s2s_text *state = NULL;
  OK(zoom_s2s_client_status_json(client, &state, &error));
  CHECK(strstr(zoom_s2s_text_value(state, NULL), "token_requests"));
  zoom_s2s_text_free(state);
  OK(zoom_s2s_client_revoke_token(client, &error));
  for (int index = 0; index < 3; index++) unlink(credentials[index]);
  OK(zoom_s2s_client_shutdown(client, &error));
  STATUS(ZOOM_S2S_SHUTDOWN, first_page(client, &error));
  zoom_s2s_client_free(client);
  client = client_from_env();
  OK(zoom_s2s_client_shutdown(client, &error));
  zoom_s2s_client_free(client);
  puts("everything was used");
  return 0;
}
