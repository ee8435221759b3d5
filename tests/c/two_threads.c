/* Objects for one thread at a time, used by several: one of them is served, the others are told, and
 * nothing is lost, doubled or harmed. Arguments: how many users there are, how many of them are active,
 * and how often to make a client. */

#include <sched.h>

#include "../host/host.h"

#define THREADS 4
#define MOST_USERS 1000

/* How long a thread that was served leaves the pager to the others, which ask every 2 ms. */
#define TURN_MS 10

/* Whether the call was refused because another thread has the object; any other failure ends the
 * program. Frees the error. */
static int in_use(const char *name, int32_t status, zoom_s2s_error *error) {
  CHECK((status == ZOOM_S2S_OK) == (error == NULL));
  if (status == ZOOM_S2S_OK) return 0;
  char wanted[64];
  snprintf(wanted, sizeof wanted, "%s is in use by another thread", name);
  if (status != ZOOM_S2S_INVALID_ARGUMENT
      || strcmp(zoom_s2s_error_message(error), wanted) != 0) {
    fprintf(stderr, "%s: status %d\n%s\n", name, (int)status, zoom_s2s_error_text(error));
    _exit(1);
  }
  zoom_s2s_error_free(error);
  return 1;
}

/* What the threads of one part share; `lock` guards what changes. */
struct shared {
  const zoom_s2s_client *client;
  zoom_s2s_users_pager *users;
  zoom_s2s_entries_pager *entries;
  zoom_s2s_config *config;
  zoom_s2s_users_query *query;
  zoom_s2s_request *request;
  long rounds;
  pthread_barrier_t start;
  pthread_mutex_t lock;
  char *emails[MOST_USERS];
  size_t delivered, refused, served[THREADS];
  int done;
};

struct worker {
  pthread_t thread;
  struct shared *shared;
  int index;
};

static void refuse(struct shared *shared) {
  pthread_mutex_lock(&shared->lock);
  shared->refused++;
  pthread_mutex_unlock(&shared->lock);
}

static int is_done(struct shared *shared) {
  pthread_mutex_lock(&shared->lock);
  int done = shared->done;
  pthread_mutex_unlock(&shared->lock);
  return done;
}

static void finish(struct shared *shared) {
  pthread_mutex_lock(&shared->lock);
  shared->done = 1;
  pthread_mutex_unlock(&shared->lock);
}

static void deliver(struct worker *worker, const char *email) {
  struct shared *shared = worker->shared;
  CHECK(email[0] != 0);
  pthread_mutex_lock(&shared->lock);
  CHECK(shared->delivered < MOST_USERS);
  CHECK((shared->emails[shared->delivered++] = strdup(email)) != NULL);
  shared->served[worker->index]++;
  pthread_mutex_unlock(&shared->lock);
}

static void *take_users(void *argument) {
  struct worker *worker = argument;
  struct shared *shared = worker->shared;
  pthread_barrier_wait(&shared->start);
  for (;;) {
    zoom_s2s_users_page *page = NULL;
    zoom_s2s_error *error = NULL;
    int32_t status = zoom_s2s_users_pager_next(shared->users, &page, &error);
    if (in_use("pager", status, error)) {
      CHECK(page == NULL);
      refuse(shared);
      /* Getters give the truth or their harmless value. */
      int32_t of = zoom_s2s_users_pager_status(shared->users);
      CHECK(of >= 0 && of < ZOOM_S2S_STATUS_ALL);
      CHECK(zoom_s2s_users_pager_total_records(shared->users) >= -1);
      CHECK(zoom_s2s_users_pager_changed(shared->users) == 0);
      sleep_ms(2);
      continue;
    }
    if (page == NULL) return NULL;
    for (size_t row = 0; row < zoom_s2s_users_page_count(page); row++)
      deliver(worker, zoom_s2s_users_page_text(page, row, ZOOM_S2S_USER_EMAIL, NULL));
    zoom_s2s_users_page_free(page);
    sleep_ms(TURN_MS);
  }
}

static void *take_entries(void *argument) {
  struct worker *worker = argument;
  struct shared *shared = worker->shared;
  pthread_barrier_wait(&shared->start);
  for (;;) {
    zoom_s2s_entries_page *page = NULL;
    zoom_s2s_error *error = NULL;
    int32_t status = zoom_s2s_entries_pager_next(shared->entries, &page, &error);
    if (in_use("pager", status, error)) {
      CHECK(page == NULL);
      refuse(shared);
      CHECK(zoom_s2s_entries_pager_total_records(shared->entries) >= -1);
      CHECK(zoom_s2s_entries_pager_changed(shared->entries) == 0);
      sleep_ms(2);
      continue;
    }
    if (page == NULL) return NULL;
    for (size_t index = 0; index < zoom_s2s_entries_page_count(page); index++) {
      zoom_s2s_text *text = NULL;
      OK(zoom_s2s_entries_page_member_json(page, index, "email", &text, &error));
      deliver(worker, zoom_s2s_text_value(text, NULL));
      zoom_s2s_text_free(text);
    }
    zoom_s2s_entries_page_free(page);
    sleep_ms(TURN_MS);
  }
}

/* Of two threads, the first makes something of the object, and the second changes it until the first is
 * done. */

static void *make_clients(void *argument) {
  struct shared *shared = ((struct worker *)argument)->shared;
  pthread_barrier_wait(&shared->start);
  for (long made = 0; made < shared->rounds;) {
    zoom_s2s_client *client = NULL;
    zoom_s2s_error *error = NULL;
    int32_t status = zoom_s2s_client_new(shared->config, &client, &error);
    CHECK((status == ZOOM_S2S_OK) == (client != NULL));
    if (in_use("config", status, error)) {
      refuse(shared);
      sched_yield();
    } else {
      made++;
    }
    zoom_s2s_client_free(client);
  }
  finish(shared);
  return NULL;
}

static void *change_config(void *argument) {
  struct shared *shared = ((struct worker *)argument)->shared;
  pthread_barrier_wait(&shared->start);
  for (int64_t timeout = 20000; !is_done(shared); timeout++) {
    zoom_s2s_error *error = NULL;
    int32_t status = zoom_s2s_config_set_timeout_ms(shared->config, timeout, &error);
    if (in_use("config", status, error)) refuse(shared);
  }
  return NULL;
}

static void *begin_listings(void *argument) {
  struct shared *shared = ((struct worker *)argument)->shared;
  pthread_barrier_wait(&shared->start);
  for (long made = 0; made < shared->rounds;) {
    zoom_s2s_users_pager *pager = NULL;
    zoom_s2s_error *error = NULL;
    int32_t status =
        zoom_s2s_client_list_users(shared->client, shared->query, &pager, &error);
    CHECK((status == ZOOM_S2S_OK) == (pager != NULL));
    if (in_use("query", status, error)) {
      refuse(shared);
      sched_yield();
    } else {
      made++;
    }
    zoom_s2s_users_pager_free(pager);
  }
  finish(shared);
  return NULL;
}

static void *change_query(void *argument) {
  struct shared *shared = ((struct worker *)argument)->shared;
  pthread_barrier_wait(&shared->start);
  for (unsigned turn = 0; !is_done(shared); turn++) {
    zoom_s2s_error *error = NULL;
    /* Texts of different lengths, which are freed and made anew. */
    int32_t status = zoom_s2s_users_query_set_role_id(
        shared->query, turn % 2 == 0 ? "1" : "a-role-with-a-rather-long-identifier", &error);
    if (in_use("query", status, error)) refuse(shared);
  }
  return NULL;
}

static void *send_requests(void *argument) {
  struct shared *shared = ((struct worker *)argument)->shared;
  pthread_barrier_wait(&shared->start);
  for (int sent = 0; sent < 10;) {
    zoom_s2s_response *response = NULL;
    zoom_s2s_error *error = NULL;
    int32_t status = zoom_s2s_client_send(shared->client, shared->request, &response, &error);
    CHECK((status == ZOOM_S2S_OK) == (response != NULL));
    if (in_use("request", status, error)) {
      sched_yield();
    } else {
      CHECK(zoom_s2s_response_status(response) == 200);
      sent++;
    }
    zoom_s2s_response_free(response);
  }
  finish(shared);
  return NULL;
}

static void *change_request(void *argument) {
  struct shared *shared = ((struct worker *)argument)->shared;
  pthread_barrier_wait(&shared->start);
  for (int64_t timeout = 20000; !is_done(shared); timeout++) {
    zoom_s2s_error *error = NULL;
    int32_t status = zoom_s2s_request_set_timeout_ms(shared->request, timeout, &error);
    if (in_use("request", status, error)) refuse(shared);
    sleep_ms(1);
  }
  return NULL;
}

/* Runs the first on one thread, and the second on all others. */
static void run(struct shared *shared, int threads, void *(*first)(void *), void *(*others)(void *)) {
  struct worker workers[THREADS];
  pthread_mutex_init(&shared->lock, NULL);
  pthread_barrier_init(&shared->start, NULL, (unsigned)threads);
  for (int index = 0; index < threads; index++) {
    workers[index] = (struct worker){.shared = shared, .index = index};
    CHECK(pthread_create(&workers[index].thread, NULL, index == 0 ? first : others, &workers[index])
          == 0);
  }
  for (int index = 0; index < threads; index++) CHECK(pthread_join(workers[index].thread, NULL) == 0);
  pthread_barrier_destroy(&shared->start);
  pthread_mutex_destroy(&shared->lock);
}

static int by_text(const void *left, const void *right) {
  return strcmp(*(char *const *)left, *(char *const *)right);
}

/* All came, each once, over more than one thread, and some thread was told to wait. */
static void check_delivered(const char *name, struct shared *shared, size_t wanted) {
  printf("%s: %zu delivered, %zu refused, by thread", name, shared->delivered, shared->refused);
  int serving = 0;
  for (int index = 0; index < THREADS; index++) {
    printf(" %zu", shared->served[index]);
    serving += shared->served[index] > 0;
  }
  printf("\n");
  CHECK(shared->delivered == wanted);
  CHECK(shared->refused > 0);
  CHECK(serving > 1);
  qsort(shared->emails, shared->delivered, sizeof shared->emails[0], by_text);
  for (size_t index = 0; index < shared->delivered; index++) {
    if (index > 0) {
      CHECK(strcmp(shared->emails[index - 1], shared->emails[index]) != 0);
      free(shared->emails[index - 1]);
    }
  }
  if (shared->delivered > 0) free(shared->emails[shared->delivered - 1]);
}

static void users_pager(const zoom_s2s_client *client, size_t users) {
  struct shared shared = {.client = client};
  OK(zoom_s2s_users_query_new(&shared.query, &error));
  OK(zoom_s2s_users_query_set_page_size(shared.query, 10, &error));
  OK(zoom_s2s_users_query_set_status(shared.query, ZOOM_S2S_STATUS_ALL, &error));
  OK(zoom_s2s_client_list_users(client, shared.query, &shared.users, &error));
  zoom_s2s_users_query_free(shared.query);
  run(&shared, THREADS, take_users, take_users);
  CHECK(zoom_s2s_users_pager_checked(shared.users) == 1);
  zoom_s2s_users_pager_free(shared.users);
  check_delivered("users pager", &shared, users);
}

static void entries_pager(const zoom_s2s_client *client, size_t active) {
  struct shared shared = {.client = client};
  OK(zoom_s2s_request_new("GET", "/users", &shared.request, &error));
  OK(zoom_s2s_request_add_query(shared.request, "page_size", "10", &error));
  OK(zoom_s2s_client_pages(client, shared.request, "users", &shared.entries, &error));
  zoom_s2s_request_free(shared.request);
  run(&shared, THREADS, take_entries, take_entries);
  CHECK(zoom_s2s_entries_pager_checked(shared.entries) == 1);
  zoom_s2s_entries_pager_free(shared.entries);
  check_delivered("entries pager", &shared, active);
}

static void config(long rounds) {
  struct shared shared = {.rounds = rounds};
  OK(zoom_s2s_config_from_env(&shared.config, &error));
  run(&shared, 2, make_clients, change_config);
  printf("config: %ld clients, %zu refused\n", rounds, shared.refused);
  /* It still makes a client that works. */
  zoom_s2s_client *client = NULL;
  OK(zoom_s2s_client_new(shared.config, &client, &error));
  zoom_s2s_config_free(shared.config);
  OK(take_token(client, &error));
  zoom_s2s_client_free(client);
}

static void query(const zoom_s2s_client *client, long rounds) {
  struct shared shared = {.client = client, .rounds = rounds * 100};
  OK(zoom_s2s_users_query_new(&shared.query, &error));
  run(&shared, 2, begin_listings, change_query);
  printf("query: %ld listings, %zu refused\n", shared.rounds, shared.refused);
  OK(zoom_s2s_users_query_set_role_id(shared.query, "2", &error));
  zoom_s2s_users_query_free(shared.query);
}

static void request(const zoom_s2s_client *client) {
  struct shared shared = {.client = client};
  OK(zoom_s2s_request_new("GET", "/users", &shared.request, &error));
  run(&shared, 2, send_requests, change_request);
  printf("request: %zu refused\n", shared.refused);
  /* A send that copies the request need not refuse a change while it waits for the answer. */
  OK(zoom_s2s_request_set_timeout_ms(shared.request, 20000, &error));
  zoom_s2s_request_free(shared.request);
}

int main(int argc, char **argv) {
  CHECK(argc == 4);
  long rounds = strtol(argv[3], NULL, 10);
  zoom_s2s_client *client = client_from_env();
  users_pager(client, strtoul(argv[1], NULL, 10));
  entries_pager(client, strtoul(argv[2], NULL, 10));
  config(rounds);
  query(client, rounds);
  request(client);
  zoom_s2s_client_free(client);
  return 0;
}
