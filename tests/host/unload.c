/* Loads, uses and unloads the library, again and again: unload LIBRARY ROUNDS. Linux. */
#include <dirent.h>
#include <dlfcn.h>

#include "host.h"

static long entries(const char *folder) {
  DIR *directory = opendir(folder);
  long count = 0;
  CHECK(directory != NULL);
  while (readdir(directory) != NULL) count++;
  closedir(directory);
  return count;
}

/* Helper threads may need a moment to be gone. */
static long threads(long wanted) {
  long count = 0;
  for (int wait = 0; wait < 1000 && (count = entries("/proc/self/task")) != wanted; wait++) sleep_ms(1);
  return count;
}

static long resident_kib(void) {
  FILE *file = fopen("/proc/self/status", "r");
  char line[256];
  long kib = -1;
  CHECK(file != NULL);
  while (fgets(line, sizeof line, file) != NULL) sscanf(line, "VmRSS: %ld", &kib);
  fclose(file);
  return kib;
}

/* The library's function of this name, as a variable of the same type. */
#define TAKE(name)                                                                                 \
  __typeof__(&zoom_s2s_##name) name = NULL;                                                        \
  *(void **)&name = dlsym(library, "zoom_s2s_" #name);                                             \
  CHECK(name != NULL)

static void use(const char *path) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) fprintf(stderr, "%s\n", dlerror());
  CHECK(library != NULL);
  TAKE(abi);
  TAKE(client_from_env);
  TAKE(client_token);
  TAKE(client_list_users);
  TAKE(client_free);
  TAKE(token_value);
  TAKE(token_free);
  TAKE(users_pager_next);
  TAKE(users_pager_free);
  TAKE(users_page_count);
  TAKE(users_page_free);
  zoom_s2s_client *client = NULL;
  zoom_s2s_token *token = NULL;
  zoom_s2s_users_pager *pager = NULL;
  zoom_s2s_users_page *page = NULL;
  CHECK(abi() == ZOOM_S2S_ABI);
  CHECK(client_from_env(&client, NULL) == ZOOM_S2S_OK);
  CHECK(client_token(client, &token, NULL) == ZOOM_S2S_OK);
  CHECK(strlen(token_value(token)) > 0);
  CHECK(client_list_users(client, NULL, &pager, NULL) == ZOOM_S2S_OK);
  CHECK(users_pager_next(pager, &page, NULL) == ZOOM_S2S_OK);
  CHECK(users_page_count(page) > 0);
  users_page_free(page);
  users_pager_free(pager);
  token_free(token);
  client_free(client);
  CHECK(dlclose(library) == 0);
}

int main(int count, char **arguments) {
  CHECK(count == 3);
  int rounds = atoi(arguments[2]);
  long files = entries("/proc/self/fd"), tasks = entries("/proc/self/task"), resident = 0;
  for (int round = 0; round < rounds; round++) {
    use(arguments[1]);
    if (round == 19) resident = resident_kib();
  }
  long grown = resident_kib() - resident;
  printf("%d rounds: %ld KiB after 20, %+ld KiB since\n", rounds, resident, grown);
  CHECK(grown < 4096);
  CHECK(entries("/proc/self/fd") == files);
  CHECK(threads(tasks) == tasks);

  /* What the library registered for forks must still be there. */
  pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    alarm(10);
    use(arguments[1]);
    _exit(0);
  }
  int status = -1;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  return 0;
}
