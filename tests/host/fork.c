/* Forks while other threads are inside calls.
 *
 * fork storm N: N children at least, each with threads of its own on the inherited client.
 * fork pager:   forks while another thread is inside its pager.
 */
#include "host.h"

enum { PARENT_THREADS = 8, CHILD_THREADS = 3, CHILDREN_AT_ONCE = 4 };
/* Long enough for the token to be renewed. */
enum { LEAST_MS = 8000 };

static zoom_s2s_client *client;
static volatile int stop;
static long calls[PARENT_THREADS];

static int32_t one_call(long kind, zoom_s2s_error **error) {
  switch (kind % 3) {
  case 0: return first_page(client, error);
  case 1: return take_token(client, error);
  default: return send_request(client, "GET", "/users", 0, error);
  }
}

static void *call_on(void *argument) {
  long thread = (long)(intptr_t)argument;
  while (!stop) {
    OK(one_call(thread + calls[thread], &error));
    calls[thread]++;
  }
  return NULL;
}

static void *call_once(void *argument) {
  OK(one_call((long)(intptr_t)argument, &error));
  return NULL;
}

/* Everything that the parent's main thread holds, for the child to free. */
struct held {
  zoom_s2s_users_page *page;
  zoom_s2s_users_pager *pager;
  zoom_s2s_token *token;
  zoom_s2s_error *error;
};

static void be_a_child(struct held *held) {
  /* A child that hangs is killed by this, which its parent notices. */
  alarm(10);
  pthread_t threads[CHILD_THREADS];
  for (intptr_t at = 0; at < CHILD_THREADS; at++)
    CHECK(pthread_create(&threads[at], NULL, call_once, (void *)at) == 0);
  for (int at = 0; at < CHILD_THREADS; at++) CHECK(pthread_join(threads[at], NULL) == 0);

  CHECK(strlen(zoom_s2s_users_page_text(held->page, 0, ZOOM_S2S_USER_EMAIL, NULL)) > 0);
  CHECK(strlen(zoom_s2s_token_value(held->token)) > 0);
  zoom_s2s_users_page *next = NULL;
  OK(zoom_s2s_users_pager_next(held->pager, &next, &error));
  zoom_s2s_users_page_free(next);
  zoom_s2s_users_page_free(held->page);
  zoom_s2s_users_pager_free(held->pager);
  zoom_s2s_token_free(held->token);
  zoom_s2s_error_free(held->error);
  zoom_s2s_client_free(client);
  _exit(0);
}

static void reap(void) {
  int status = 0;
  CHECK(wait(&status) > 0);
  if (status != 0) fprintf(stderr, "a child failed (256) or hung until its alarm (14): %d\n", status);
  CHECK(status == 0);
}

static void storm(int forks) {
  struct held held = {NULL, NULL, NULL, NULL};
  zoom_s2s_users_query *query = NULL;
  OK(zoom_s2s_users_query_new(&query, &error));
  OK(zoom_s2s_users_query_set_page_size(query, 10, &error));
  OK(zoom_s2s_client_list_users(client, query, &held.pager, &error));
  zoom_s2s_users_query_free(query);
  OK(zoom_s2s_users_pager_next(held.pager, &held.page, &error));
  OK(zoom_s2s_client_token(client, &held.token, &error));
  CHECK(zoom_s2s_client_user(client, "nobody@nowhere.invalid", &(zoom_s2s_users_page *){NULL},
                             &held.error) == ZOOM_S2S_NOT_FOUND);

  pthread_t threads[PARENT_THREADS];
  for (intptr_t at = 0; at < PARENT_THREADS; at++)
    CHECK(pthread_create(&threads[at], NULL, call_on, (void *)at) == 0);
  double begun = now_ms();
  int running = 0;
  int forked = 0;
  for (; forked < forks || now_ms() - begun < LEAST_MS; forked++) {
    if (running == CHILDREN_AT_ONCE) {
      reap();
      running--;
    }
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) be_a_child(&held);
    running++;
  }
  while (running-- > 0) reap();
  stop = 1;
  long all = 0;
  for (int at = 0; at < PARENT_THREADS; at++) {
    CHECK(pthread_join(threads[at], NULL) == 0);
    all += calls[at];
  }
  printf("C: %d children ended well, %ld calls of the parent meanwhile, %.1f s\n", forked, all,
         (now_ms() - begun) / 1e3);

  /* What the children freed is still here. */
  zoom_s2s_users_page *next = NULL;
  OK(zoom_s2s_users_pager_next(held.pager, &next, &error));
  zoom_s2s_users_page_free(next);
  zoom_s2s_users_page_free(held.page);
  zoom_s2s_users_pager_free(held.pager);
  zoom_s2s_token_free(held.token);
  zoom_s2s_error_free(held.error);
}

static zoom_s2s_users_pager *shared;

static void *turn_page(void *page) {
  OK(zoom_s2s_users_pager_next(shared, (zoom_s2s_users_page **)page, &error));
  return NULL;
}

static void pager(void) {
  zoom_s2s_users_page *page = NULL, *mine = NULL;
  zoom_s2s_error *error = NULL;
  pthread_t thread;
  OK(take_token(client, &error));
  OK(zoom_s2s_client_list_users(client, NULL, &shared, &error));
  CHECK(pthread_create(&thread, NULL, turn_page, &page) == 0);
  while (zoom_s2s_client_stat(client, ZOOM_S2S_STAT_API_REQUESTS) == 0) sleep_ms(1);
  sleep_ms(50);
  pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    alarm(10);
    CHECK(zoom_s2s_users_pager_next(shared, &mine, &error) == ZOOM_S2S_INVALID_ARGUMENT);
    CHECK(strstr(zoom_s2s_error_message(error), "in use") != NULL);
    zoom_s2s_error_free(error);
    CHECK(first_page(client, NULL) == ZOOM_S2S_OK);
    zoom_s2s_users_pager_free(shared);
    zoom_s2s_client_free(client);
    _exit(0);
  }
  reap();
  CHECK(pthread_join(thread, NULL) == 0);
  CHECK(zoom_s2s_users_page_count(page) > 0);
  zoom_s2s_users_page_free(page);
  zoom_s2s_users_pager_free(shared);
  OK(first_page(client, &error));
  puts("C: the child was told, and the parent was not disturbed");
}

int main(int count, char **arguments) {
  CHECK(count >= 2);
  client = client_from_env();
  if (strcmp(arguments[1], "storm") == 0) storm(atoi(arguments[2]));
  else pager();
  zoom_s2s_client_free(client);
  return 0;
}
