/* The first page of users by libcurl alone, to compare with: one request for a token, one for the page,
 * on one connection. Prints how many bytes came. */

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct body {
  char bytes[1 << 20];
  size_t length;
};

static size_t collect(char *bytes, size_t unit, size_t count, void *into) {
  struct body *body = into;
  size_t length = unit * count;
  if (length >= sizeof body->bytes - body->length) return 0;
  memcpy(body->bytes + body->length, bytes, length);
  body->length += length;
  body->bytes[body->length] = '\0';
  return length;
}

/* Sends what was set up; the HTTP status, or 0. */
static long perform(CURL *curl, const char *url, struct body *body) {
  long http = 0;
  body->length = 0;
  curl_easy_setopt(curl, CURLOPT_URL, url);
  CURLcode code = curl_easy_perform(curl);
  if (code == CURLE_OK)
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &http);
  else
    fprintf(stderr, "%s\n", curl_easy_strerror(code));
  return http;
}

int main(int argc, char **argv) {
  static struct body body;
  static char authorization[4096];
  static const char MEMBER[] = "\"access_token\":\"";
  /* Token URL, its form, "id:secret", URL of the page, file of the trusted certificates. */
  if (argc != 6) return 2;
  curl_global_init(CURL_GLOBAL_DEFAULT);
  CURL *curl = curl_easy_init();
  if (!curl) return 2;
  curl_easy_setopt(curl, CURLOPT_CAINFO, argv[5]);
  curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, argv[2]);
  curl_easy_setopt(curl, CURLOPT_USERPWD, argv[3]);
  if (perform(curl, argv[1], &body) != 200) return 1;

  char *token = strstr(body.bytes, MEMBER);
  char *end = token ? strchr(token + strlen(MEMBER), '"') : NULL;
  if (!end) return 1;
  *end = '\0';
  snprintf(authorization, sizeof authorization, "Authorization: Bearer %s", token + strlen(MEMBER));
  struct curl_slist *headers = curl_slist_append(NULL, authorization);
  curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
  curl_easy_setopt(curl, CURLOPT_USERPWD, NULL);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  if (perform(curl, argv[4], &body) != 200) return 1;
  printf("%zu\n", body.length);
  curl_slist_free_all(headers);
  curl_easy_cleanup(curl);
  curl_global_cleanup();
  return 0;
}
