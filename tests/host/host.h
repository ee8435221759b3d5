/* What the host programs of the tests share. */
#ifndef HOST_H
#define HOST_H

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "zoom_s2s.h"

/* Leaves by _exit, so that a child does not print what its parent has in its buffers. */
#define CHECK(what)                                                                                \
  do {                                                                                             \
    if (!(what)) {                                                                                 \
      fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #what);                         \
      _exit(1);                                                                                    \
    }                                                                                              \
  } while (0)

/* The status is the wanted one; frees the error, after showing it if it was not. */
#define STATUS(wanted, call)                                                                       \
  do {                                                                                             \
    zoom_s2s_error *error = NULL;                                                                  \
    int32_t status_ = (call);                                                                      \
    if (status_ != (wanted) || (status_ != ZOOM_S2S_OK) != (error != NULL)) {                      \
      fprintf(stderr, "%s:%d: %s: status %d\n%s\n", __FILE__, __LINE__, #call, (int)status_,       \
              zoom_s2s_error_text(error));                                                         \
      _exit(1);                                                                                    \
    }                                                                                              \
    zoom_s2s_error_free(error);                                                                    \
  } while (0)

#define OK(call) STATUS(ZOOM_S2S_OK, call)

static inline double now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Goes on after signals. */
static inline void sleep_ms(long ms) {
  struct timespec left = {ms / 1000, ms % 1000 * 1000000};
  while (nanosleep(&left, &left) != 0) {
  }
}

static inline zoom_s2s_client *client_from_env(void) {
  zoom_s2s_client *client = NULL;
  OK(zoom_s2s_client_from_env(&client, &error));
  return client;
}

/* The status of the call that fetches the first page of a listing. */
static inline int32_t first_page(const zoom_s2s_client *client, zoom_s2s_error **error) {
  zoom_s2s_users_query *query = NULL;
  zoom_s2s_users_pager *pager = NULL;
  zoom_s2s_users_page *page = NULL;
  int32_t status = zoom_s2s_users_query_new(&query, error);
  if (status == ZOOM_S2S_OK) status = zoom_s2s_users_query_set_page_size(query, 10, error);
  if (status == ZOOM_S2S_OK) status = zoom_s2s_client_list_users(client, query, &pager, error);
  if (status == ZOOM_S2S_OK) status = zoom_s2s_users_pager_next(pager, &page, error);
  if (status == ZOOM_S2S_OK) CHECK(zoom_s2s_users_page_count(page) > 0);
  zoom_s2s_users_page_free(page);
  zoom_s2s_users_pager_free(pager);
  zoom_s2s_users_query_free(query);
  return status;
}

static inline int32_t take_token(const zoom_s2s_client *client, zoom_s2s_error **error) {
  zoom_s2s_token *token = NULL;
  int32_t status = zoom_s2s_client_token(client, &token, error);
  CHECK((status == ZOOM_S2S_OK) == (token != NULL));
  zoom_s2s_token_free(token);
  return status;
}

/* Sends a request with a body of so many bytes, or with none. */
static inline int32_t send_request(const zoom_s2s_client *client, const char *method,
                                   const char *path, size_t size, zoom_s2s_error **error) {
  zoom_s2s_request *request = NULL;
  zoom_s2s_response *response = NULL;
  char *body = size > 0 ? malloc(size) : NULL;
  if (body != NULL) memset(body, ' ', size);
  int32_t status = zoom_s2s_request_new(method, path, &request, error);
  if (status == ZOOM_S2S_OK && size > 0)
    status = zoom_s2s_request_set_body(request, body, size, "application/json", error);
  if (status == ZOOM_S2S_OK) status = zoom_s2s_client_send(client, request, &response, error);
  CHECK((status == ZOOM_S2S_OK) == (response != NULL));
  zoom_s2s_response_free(response);
  zoom_s2s_request_free(request);
  free(body);
  return status;
}

/* Lists all users; how many there were. */
static inline size_t count_users(const zoom_s2s_client *client, int32_t page_size) {
  zoom_s2s_users_query *query = NULL;
  zoom_s2s_users_pager *pager = NULL;
  zoom_s2s_users_page *page = NULL;
  size_t users = 0;
  OK(zoom_s2s_users_query_new(&query, &error));
  OK(zoom_s2s_users_query_set_page_size(query, page_size, &error));
  OK(zoom_s2s_client_list_users(client, query, &pager, &error));
  zoom_s2s_users_query_free(query);
  for (;;) {
    OK(zoom_s2s_users_pager_next(pager, &page, &error));
    if (page == NULL) break;
    users += zoom_s2s_users_page_count(page);
    zoom_s2s_users_page_free(page);
  }
  zoom_s2s_users_pager_free(pager);
  return users;
}

#endif
