/* Signals: those of the host program interrupt calls, and broken connections raise none.
 *
 * signals storm USERS ROUNDS: SIGALRM every 10 ms, while all users are listed again and again.
 * signals pipe ROUNDS:        SIGPIPE kills, while the peer breaks off in the middle of a body of 8 MB.
 */
#include "host.h"

/* The program's handlers and mask, to be found as they were. */
struct state {
  struct sigaction actions[NSIG];
  sigset_t mask;
};

static void look(struct state *state) {
  memset(state, 0, sizeof *state);
  for (int number = 1; number < NSIG; number++) sigaction(number, NULL, &state->actions[number]);
  sigprocmask(SIG_BLOCK, NULL, &state->mask);
}

static void compare(const struct state *before) {
  struct state after;
  look(&after);
  for (int number = 1; number < NSIG; number++) {
    const struct sigaction *old = &before->actions[number], *new = &after.actions[number];
    CHECK(old->sa_handler == new->sa_handler);
    CHECK(old->sa_flags == new->sa_flags);
    for (int masked = 1; masked < NSIG; masked++)
      CHECK(sigismember(&old->sa_mask, masked) == sigismember(&new->sa_mask, masked));
    CHECK(sigismember(&before->mask, number) == sigismember(&after.mask, number));
  }
}

static volatile sig_atomic_t alarms;

static void count_alarm(int number) {
  (void)number;
  alarms++;
}

static void storm(size_t users, int rounds) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = count_alarm; /* without SA_RESTART */
  sigemptyset(&action.sa_mask);
  CHECK(sigaction(SIGALRM, &action, NULL) == 0);
  struct itimerval every = {{0, 10000}, {0, 10000}}, never = {{0, 0}, {0, 0}};
  struct state before;
  look(&before);
  CHECK(setitimer(ITIMER_REAL, &every, NULL) == 0);
  for (int round = 0; round < rounds; round++) {
    /* A client of its own each time: name, connection, handshake and token are interrupted too. */
    zoom_s2s_client *client = client_from_env();
    size_t found = count_users(client, 7);
    if (found != users) fprintf(stderr, "%zu users of %zu\n", found, users);
    CHECK(found == users);
    zoom_s2s_client_free(client);
  }
  CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
  compare(&before);
  CHECK(alarms > 0);
  printf("%d listings of %zu users, interrupted %d times\n", rounds, users, (int)alarms);
}

static void broken_pipe(int rounds) {
  struct state before;
  signal(SIGPIPE, SIG_DFL);
  look(&before);
  CHECK(sigismember(&before.mask, SIGPIPE) == 0);
  zoom_s2s_client *client = client_from_env();
  for (int round = 0; round < rounds; round++) {
    zoom_s2s_error *error = NULL;
    int32_t status = send_request(client, "POST", "/users", 8 << 20, &error);
    printf("%s%s: %s\n", zoom_s2s_status_name(status),
           zoom_s2s_error_in_doubt(error) ? " in doubt" : "", zoom_s2s_error_message(error));
    CHECK(status == ZOOM_S2S_NETWORK);
    zoom_s2s_error_free(error);
  }
  zoom_s2s_client_free(client);
  compare(&before);
}

int main(int count, char **arguments) {
  CHECK(count >= 3);
  if (strcmp(arguments[1], "storm") == 0)
    storm((size_t)atol(arguments[2]), atoi(arguments[3]));
  else broken_pipe(atoi(arguments[2]));
  return 0;
}
