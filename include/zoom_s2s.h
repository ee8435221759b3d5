/* zoom_s2s.h: Zoom's Server-to-Server OAuth and the Get Users call, for C and for whatever calls C.
 *
 * A blocking library: one shared token per app that is renewed, recovered and never leaked, and the
 * calls on top of it. Unofficial: this project does not belong to Zoom.
 *
 * List the active users of an account (cc list.c $(pkg-config --cflags --libs zoom_s2s)):
 *
 *     #include <stdio.h>
 *     #include <zoom_s2s.h>
 *
 *     zoom_s2s_client *client = NULL;
 *     zoom_s2s_users_pager *pager = NULL;
 *     zoom_s2s_users_page *page = NULL;
 *     zoom_s2s_error *error = NULL;
 *
 *     int32_t status = zoom_s2s_client_from_env(&client, &error);
 *     if (status == ZOOM_S2S_OK) status = zoom_s2s_client_list_users(client, NULL, &pager, &error);
 *     while (status == ZOOM_S2S_OK
 *            && (status = zoom_s2s_users_pager_next(pager, &page, &error)) == ZOOM_S2S_OK && page) {
 *         for (size_t row = 0; row < zoom_s2s_users_page_count(page); row++)
 *             puts(zoom_s2s_users_page_text(page, row, ZOOM_S2S_USER_EMAIL, NULL));
 *         zoom_s2s_users_page_free(page);
 *     }
 *     if (error) fprintf(stderr, "%s\n", zoom_s2s_error_text(error));
 *     zoom_s2s_error_free(error);
 *     zoom_s2s_users_pager_free(pager);
 *     zoom_s2s_client_free(client);
 *
 * Or keep your own HTTP code and take only the token: zoom_s2s_client_token, zoom_s2s_token_header,
 * and, when Zoom refuses it, zoom_s2s_client_reject_token.
 *
 *
 * THE CALLING CONTRACT
 *
 *  1. Outcomes. A function that can fail returns an int32_t: ZOOM_S2S_OK, which is 0, or another
 *     number of zoom_s2s_status. Its last parameter is zoom_s2s_error **error, which may be NULL.
 *     On entry the places behind the output parameters and behind error are overwritten with NULL
 *     (what they held is not freed). On success the outputs are set and the error stays NULL; on
 *     failure the error is set and the outputs stay NULL. Nothing is half done: after a failure
 *     the objects can be used as before. Stop at the first failure: a further call with the same
 *     error would overwrite it. A function that cannot fail returns its value; handed a mistake it
 *     returns the harmless value that its comment names, and logs a warning (13).
 *  2. Order of arguments: the object, what goes in, what comes out, the error.
 *  3. NULL and other mistakes. Every pointer may be NULL: where that makes no sense, the call
 *     returns ZOOM_S2S_INVALID_ARGUMENT, and the error's message names the parameter. A handle of
 *     another type is refused in the same way. Where a comment says "NULL: x", x is what the
 *     function returns when the object (or the other parameter) is NULL. Using a handle that was
 *     freed is undefined, as in any C library; so is a pointer to something else.
 *  4. Texts in are UTF-8, end with a NUL, have at most 65536 bytes, and are copied. Anything else
 *     is ZOOM_S2S_INVALID_ARGUMENT, and so is an empty or blank text where the comment does not
 *     allow it. The locale is never looked at.
 *  5. Texts out are UTF-8, end with a NUL, are never NULL, and belong to the object they were
 *     taken from: they live until that is freed. What is absent is "", and the object's _has
 *     function tells the two apart where that matters. U+0000 inside of a text becomes U+FFFD. A
 *     size_t *length parameter may be NULL; it gets the number of bytes before the NUL. Texts
 *     called static belong to the library: they are valid as long as the process, and never to be
 *     freed. Bodies are whatever the peer sent, not necessarily UTF-8, and with a NUL behind: go
 *     by their length.
 *  6. Ownership. What is handed out through an output parameter is yours to free, with the _free
 *     function of its type, once. _free takes NULL and does nothing then. Objects hold what they
 *     need: they may be freed in any order.
 *  7. Threads. Client, token, page, response, text and error: any number of threads at a time.
 *     Config, query, request and pager: one thread at a time; a second one at the same time gets
 *     ZOOM_S2S_INVALID_ARGUMENT instead of harm, or from a getter its harmless value. Passing one
 *     as const counts as using it. Freeing an object while another thread uses it is undefined.
 *     Calls block until they are done, fail, or their deadline passes; zoom_s2s_client_cancel ends
 *     them earlier, from another thread. The library has no threads of its own but for the opening
 *     of a connection. Making a config or a client reads the environment: not while another thread
 *     changes it (setenv).
 *  8. Fork. A child may go on using every object that no other thread was using at the time of the
 *     fork: a client has connections of its own there, and the token it had. From then on each
 *     renews for itself, unless they share a token store (zoom_s2s_config_set_token_store): then
 *     one renews for all, as between any processes. What a child frees does not disturb its
 *     parent. A config, query, request or pager that a thread of the parent was using stays
 *     unusable in the child (7).
 *  9. Signals. The library installs no handler, changes no mask, and goes on after a handler has
 *     run (EINTR). No peer that closes its end raises SIGPIPE (a log on a stderr that is a broken
 *     pipe does, like whatever else writes there). No function may be called from a handler.
 * 10. Panics. A defect of the library does not unwind into your program: the call returns
 *     ZOOM_S2S_INTERNAL, and the objects still work, but for a pager, which then fails for good.
 *     If memory runs out, the process is aborted.
 * 11. Unloading. dlclose is fine when all objects have been freed; the code stays in memory, and
 *     dlopen finds it again.
 * 12. Versions. The interface is only ever added to: no function, number or meaning goes away
 *     under the same SONAME. New numbers of zoom_s2s_status and of the other enumerations may
 *     appear. Compare zoom_s2s_abi() with ZOOM_S2S_ABI where the library is loaded at run time.
 * 13. The log. With the environment variable ZOOM_S2S_LOG set when the first client is made,
 *     events are written to stderr, or to a file: error, warn, info or debug, and optionally a
 *     colon and a path (info:/var/log/app/zoom.log) of a file to append to. A value that cannot be
 *     used makes zoom_s2s_client_new fail with ZOOM_S2S_CONFIG. In a setuid or setgid program it
 *     is not looked at. A program that closes or redirects its stderr afterwards loses the lines
 *     meant for it: log to a file there. No secret and no token is ever in a log, a message or a
 *     command line.
 *
 * Numbers: times are in milliseconds, sizes in bytes, rows and indices from 0, all int32_t truth values 0
 * or 1. Enumerations are here for their numbers: parameters and results are plain int32_t.
 */

#ifndef ZOOM_S2S_H
#define ZOOM_S2S_H

#include <stddef.h>
#include <stdint.h>

/** Version of this header (https://semver.org); zoom_s2s_version says which library runs. */
#define ZOOM_S2S_VERSION "0.1.0"
#define ZOOM_S2S_VERSION_MAJOR 0
#define ZOOM_S2S_VERSION_MINOR 1
#define ZOOM_S2S_VERSION_PATCH 0

#ifdef __cplusplus
extern "C" {
#endif


/* Numbers ----------------------------------------------------------------------------------------- */

/**
 * What a function returns: 0 for success, else what the caller can do about the failure. New numbers
 * may be added; treat one you do not know like ZOOM_S2S_INTERNAL.
 */
enum zoom_s2s_status {
  /** Done. */
  ZOOM_S2S_OK = 0,
  /** A value given to the call cannot be used; the message names the argument. Nothing was sent. */
  ZOOM_S2S_INVALID_ARGUMENT = 1,
  /**
   * The settings do not make a client: a missing variable, an unreadable file, a URL that is not
   * https.
   */
  ZOOM_S2S_CONFIG = 2,
  /** No connection, or it broke: name not found, refused, reset, cut in mid-body, proxy refusal. */
  ZOOM_S2S_NETWORK = 10,
  /**
   * The TLS handshake failed: unknown issuer, wrong name, expired certificate, or no trusted
   * certificates at all on this machine.
   */
  ZOOM_S2S_TLS = 11,
  /** The call's deadline passed before Zoom answered. Try again, or allow more time. */
  ZOOM_S2S_TIMEOUT = 12,
  /** zoom_s2s_client_cancel ended this call. The client still works. */
  ZOOM_S2S_CANCELLED = 13,
  /** zoom_s2s_client_shutdown was called. Make a new client. */
  ZOOM_S2S_SHUTDOWN = 14,
  /**
   * The token endpoint refused the credentials. Trying again does not help until a person has
   * changed the credentials or the app.
   */
  ZOOM_S2S_CREDENTIALS = 20,
  /** The API kept refusing freshly issued tokens (HTTP 401 or code 124). */
  ZOOM_S2S_UNAUTHORIZED = 21,
  /**
   * The token lacks a scope that the call needs; zoom_s2s_error_missing_scopes names it. Add it to
   * the app, then ask for a new token: only tokens issued afterwards carry it.
   */
  ZOOM_S2S_MISSING_SCOPE = 22,
  /** The role or the plan of the account does not permit the call. */
  ZOOM_S2S_FORBIDDEN = 23,
  /** The user or other thing asked for does not exist in this account (HTTP 404). */
  ZOOM_S2S_NOT_FOUND = 30,
  /**
   * A rate limit was met (HTTP 429). Per-second limits have been waited for already, daily limits
   * have not; zoom_s2s_error_retry_after_ms says how long where Zoom told.
   */
  ZOOM_S2S_RATE_LIMITED = 31,
  /** Zoom answered with HTTP 5xx, also after retries. Try again later. */
  ZOOM_S2S_SERVER = 32,
  /** Zoom understood the request and refused it; the message is Zoom's own. */
  ZOOM_S2S_REJECTED = 33,
  /**
   * The answer is not what Zoom's API sends: HTML, broken JSON, a redirect. Usually a proxy or a
   * wrong URL stands between.
   */
  ZOOM_S2S_BAD_RESPONSE = 40,
  /** The answer is larger than the limit for one body, also after decompression. */
  ZOOM_S2S_TOO_LARGE = 41,
  /** A listing ended with fewer entries than Zoom said there are. What arrived was delivered. */
  ZOOM_S2S_INCOMPLETE = 42,
  /**
   * The token store cannot be used, and its URL has the option strict: the call needed a new token
   * and did not go on without the store. See zoom_s2s_config_set_token_store.
   */
  ZOOM_S2S_STORE = 50,
  /** A defect of this library. Please report it with the message. */
  ZOOM_S2S_INTERNAL = 90,
};

/** Which of Zoom's clouds the account lives in. */
enum zoom_s2s_cloud {
  /** zoom.us: everybody but the US government. */
  ZOOM_S2S_CLOUD_COMMERCIAL = 1,
  /** zoomgov.com: Zoom for Government. */
  ZOOM_S2S_CLOUD_GOVERNMENT = 2,
};

/**
 * Which users to list: the statuses of users, not to be taken for zoom_s2s_status, which calls
 * return. Zoom lists one status at a time.
 */
enum zoom_s2s_user_status {
  /** Users who can sign in: Zoom's own default. */
  ZOOM_S2S_STATUS_ACTIVE = 1,
  /** Deactivated users. */
  ZOOM_S2S_STATUS_INACTIVE = 2,
  /** Users who were invited and have not accepted; they have no ID yet. */
  ZOOM_S2S_STATUS_PENDING = 3,
  /** All of these, one status after the other. */
  ZOOM_S2S_STATUS_ALL = 4,
};

/** Members of each user that Zoom sends only on request. */
enum zoom_s2s_include_fields {
  /** For ZOOM_S2S_USER_CUSTOM_ATTRIBUTES. */
  ZOOM_S2S_INCLUDE_CUSTOM_ATTRIBUTES = 1,
  /** For ZOOM_S2S_USER_HOST_KEY. */
  ZOOM_S2S_INCLUDE_HOST_KEY = 2,
};

/** Add-on licences to list the holders of. */
enum zoom_s2s_license {
  /** zoom_workforce_management. */
  ZOOM_S2S_LICENSE_WORKFORCE_MANAGEMENT = 1,
  /** zoom_compliance_management. */
  ZOOM_S2S_LICENSE_COMPLIANCE_MANAGEMENT = 2,
};

/**
 * A field of a user, under Zoom's own name in lower case. Dates are texts as Zoom sent them (RFC
 * 3339, such as 2024-01-31T08:15:00Z). Members of a user that are not listed here are reached with
 * zoom_s2s_users_page_member_json.
 */
enum zoom_s2s_user_field {
  /** Text. Pending users have none. */
  ZOOM_S2S_USER_ID = 1,
  /** Text: the e-mail address. */
  ZOOM_S2S_USER_EMAIL = 2,
  /** Number: the plan type, 1 Basic, 2 Licensed, 4 Unassigned, 99 None. */
  ZOOM_S2S_USER_TYPE = 3,
  /** Text. */
  ZOOM_S2S_USER_FIRST_NAME = 4,
  /** Text. */
  ZOOM_S2S_USER_LAST_NAME = 5,
  /** Text: the name shown in meetings. */
  ZOOM_S2S_USER_DISPLAY_NAME = 6,
  /** Text: active, inactive or pending. */
  ZOOM_S2S_USER_STATUS = 7,
  /** Number: the personal meeting ID. */
  ZOOM_S2S_USER_PMI = 8,
  /** Text, such as Europe/Berlin. */
  ZOOM_S2S_USER_TIMEZONE = 9,
  /** Text: the department. */
  ZOOM_S2S_USER_DEPT = 10,
  /** Text, such as en-US. */
  ZOOM_S2S_USER_LANGUAGE = 11,
  /** Text. */
  ZOOM_S2S_USER_PHONE_NUMBER = 12,
  /** Text: where the profile picture is. */
  ZOOM_S2S_USER_PIC_URL = 13,
  /** Text: the personal meeting room. */
  ZOOM_S2S_USER_VANITY_URL = 14,
  /** Text: the data centre. */
  ZOOM_S2S_USER_CLUSTER = 15,
  /** Text, a date. Deprecated by Zoom in favour of ZOOM_S2S_USER_USER_CREATED_AT. */
  ZOOM_S2S_USER_CREATED_AT = 16,
  /** Text, a date. */
  ZOOM_S2S_USER_USER_CREATED_AT = 17,
  /** Text, a date. */
  ZOOM_S2S_USER_LAST_LOGIN_TIME = 18,
  /** Text: the client version of the last login. */
  ZOOM_S2S_USER_LAST_CLIENT_VERSION = 19,
  /** Text: the employee's ID in the company. */
  ZOOM_S2S_USER_EMPLOYEE_UNIQUE_ID = 20,
  /** Text, where the query asked for it. */
  ZOOM_S2S_USER_HOST_KEY = 21,
  /** Text: the ID of the user's role. */
  ZOOM_S2S_USER_ROLE_ID = 22,
  /** Text: the Zoom United plan, a number as text. */
  ZOOM_S2S_USER_PLAN_UNITED_TYPE = 23,
  /** Number: 1 if the e-mail address is verified, else 0. */
  ZOOM_S2S_USER_VERIFIED = 24,
  /** List of texts: IDs of the user's groups. */
  ZOOM_S2S_USER_GROUP_IDS = 25,
  /** List of texts: IDs of the user's IM groups. */
  ZOOM_S2S_USER_IM_GROUP_IDS = 26,
  /** List of texts: IDs of the user's divisions. */
  ZOOM_S2S_USER_DIVISION_IDS = 27,
  /** List of entries with the keys key, name, value, where the query asked for it. */
  ZOOM_S2S_USER_CUSTOM_ATTRIBUTES = 28,
  /** List of entries with the keys license_type, license_option (a number), subscription_id. */
  ZOOM_S2S_USER_LICENSE_INFO_LIST = 29,
};

/** How a field of a user is kept, and so which functions read it. */
enum zoom_s2s_field_kind {
  /** zoom_s2s_users_page_text. */
  ZOOM_S2S_KIND_TEXT = 1,
  /** zoom_s2s_users_page_number. */
  ZOOM_S2S_KIND_NUMBER = 2,
  /** zoom_s2s_users_page_list_count, _list_has, _list_text, _list_number. */
  ZOOM_S2S_KIND_LIST = 3,
};

/**
 * What a client counts, for zoom_s2s_client_stat. All count from the making of the client; a forked
 * child goes on from its parent's numbers.
 */
enum zoom_s2s_stat {
  /** Requests sent to the token endpoint, retries included. */
  ZOOM_S2S_STAT_TOKEN_REQUESTS = 1,
  /** Tokens obtained by this client, by request or (JWT) by signing. */
  ZOOM_S2S_STAT_TOKENS_OBTAINED = 2,
  /** Token refreshes that failed while a live token was still there to go on with. */
  ZOOM_S2S_STAT_REFRESHES_FAILED = 3,
  /** Tokens that the API refused (HTTP 401 or code 124) or the caller rejected. */
  ZOOM_S2S_STAT_TOKENS_REJECTED = 4,
  /**
   * Calls that had to wait because tokens were refused in quick succession: another process
   * probably uses the same credentials without sharing the token.
   */
  ZOOM_S2S_STAT_TUG_OF_WAR = 5,
  /** Requests sent to the API, retries included. */
  ZOOM_S2S_STAT_API_REQUESTS = 6,
  /** Requests sent again after a failure, to the API or the token endpoint. */
  ZOOM_S2S_STAT_RETRIES = 7,
  /** Answers that said a rate limit was met (HTTP 429). */
  ZOOM_S2S_STAT_RATE_LIMITED = 8,
  /** Connections opened. */
  ZOOM_S2S_STAT_CONNECTIONS = 9,
  /** Host names looked up. */
  ZOOM_S2S_STAT_DNS_LOOKUPS = 10,
  /** Times the trusted certificates were read. */
  ZOOM_S2S_STAT_TRUST_STORE_READS = 11,
  /** Threads started, each to open one connection. */
  ZOOM_S2S_STAT_HELPER_THREADS = 12,
  /** Operations on the token store: looks, locks, saves, unlocks. */
  ZOOM_S2S_STAT_STORE_OPERATIONS = 13,
  /** Times the token store could not be used; zoom_s2s_client_status_json says why the last one was. */
  ZOOM_S2S_STAT_STORE_FAILURES = 14,
  /** Tokens taken over from the token store, fetched by another process. */
  ZOOM_S2S_STAT_TOKENS_ADOPTED = 15,
  /**
   * Tokens fetched without the token store, because it could not be used: others do not learn of
   * them.
   */
  ZOOM_S2S_STAT_FETCHED_ALONE = 16,
};


/* The library ------------------------------------------------------------------------------------- */

/**
 * Number of the binary interface that this header describes. It grows by one when something is
 * added; the SONAME changes only if something were ever taken away or changed.
 */
#define ZOOM_S2S_ABI 2

/** Version of the library that runs, such as "0.1.0". Static. */
const char *zoom_s2s_version(void);

/**
 * Number of the binary interface of the library that runs. A program built with this header needs at
 * least ZOOM_S2S_ABI; whoever loads the library at run time should compare.
 */
int32_t zoom_s2s_abi(void);

/**
 * What the library was built with, words separated by blanks: one for each kind of token store that
 * zoom_s2s_config_set_token_store takes. "store:memory store:file store:redis", the last one unless
 * the library was built without it; new words may be added anywhere. Static.
 */
const char *zoom_s2s_features(void);

/**
 * The name of a status without its prefix, such as "NETWORK" for ZOOM_S2S_NETWORK; "" for a number
 * without meaning. Static.
 */
const char *zoom_s2s_status_name(int32_t status);

/**
 * Zoom's name of a field, such as "email" for ZOOM_S2S_USER_EMAIL; "" for a number without meaning.
 * The numbers run from 1 without gaps, so that all fields can be walked through. Static.
 */
const char *zoom_s2s_user_field_name(int32_t field);

/** The number of the field with this name; 0 if there is none. NULL: 0. */
int32_t zoom_s2s_user_field_number(const char *name);

/** How a field is kept, see zoom_s2s_field_kind; 0 for a number without meaning. */
int32_t zoom_s2s_user_field_kind(int32_t field);

/**
 * The keys of a list field's entries, index from 0: "" after the last one, and for lists of texts.
 * Static.
 */
const char *zoom_s2s_user_field_entry_key(int32_t field, size_t index);

/**
 * The name of a counter as the status snapshot shows it, such as "token_requests"; "" for a number
 * without meaning. The numbers run from 1 without gaps. Static.
 */
const char *zoom_s2s_stat_name(int32_t stat);


/* Errors ------------------------------------------------------------------------------------------ */

/**
 * What went wrong in one call, in words and numbers. No secret and no token is part of it.
 *
 * Threads: any number at a time. Lifetime: until zoom_s2s_error_free; texts taken from it live as
 * long as it. It needs no other object to stay alive.
 */
typedef struct zoom_s2s_error zoom_s2s_error;

/** Frees an error. NULL is fine. */
void zoom_s2s_error_free(zoom_s2s_error *error);

/** The status that the call returned; see zoom_s2s_status. NULL: ZOOM_S2S_OK. */
int32_t zoom_s2s_error_status(const zoom_s2s_error *error);

/**
 * Everything that a person needs, over several lines: what happened, what to do next, and Zoom's
 * tracking ID where the answer came from Zoom. This is the text to print or to log. NULL: "".
 */
const char *zoom_s2s_error_text(const zoom_s2s_error *error);

/** What happened, in one line. NULL: "". */
const char *zoom_s2s_error_message(const zoom_s2s_error *error);

/** What to do next, in one or more lines; "" where there is nothing to add. NULL: "". */
const char *zoom_s2s_error_hint(const zoom_s2s_error *error);

/** HTTP status of the answer behind the error; 0 if there was none. NULL: 0. */
int32_t zoom_s2s_error_http_status(const zoom_s2s_error *error);

/**
 * Zoom's own error code from the answer's body, such as 124, 300 or 1001; 0 if there was none. NULL:
 * 0.
 */
int64_t zoom_s2s_error_zoom_code(const zoom_s2s_error *error);

/**
 * The OAuth error code of the token endpoint, such as invalid_client (RFC 6749, 5.2); "" if there
 * was none. NULL: "".
 */
const char *zoom_s2s_error_oauth_error(const zoom_s2s_error *error);

/** How long to wait before trying again, in milliseconds; -1 if that is not known. NULL: -1. */
int64_t zoom_s2s_error_retry_after_ms(const zoom_s2s_error *error);

/** 1 if the same call may succeed later without anybody changing anything, else 0. NULL: 0. */
int32_t zoom_s2s_error_is_retryable(const zoom_s2s_error *error);

/**
 * 1 if Zoom may have carried the request out although it failed here, else 0: the connection broke
 * after the request was sent and before the answer was whole. NULL: 0.
 */
int32_t zoom_s2s_error_in_doubt(const zoom_s2s_error *error);

/**
 * Value of Zoom's x-zm-trackingid header, which Zoom's support asks for; "" if there was none. NULL:
 * "".
 */
const char *zoom_s2s_error_tracking_id(const zoom_s2s_error *error);

/**
 * The scopes named by a missing-scope answer, in Zoom's spelling, separated by blanks; else "".
 * NULL: "".
 */
const char *zoom_s2s_error_missing_scopes(const zoom_s2s_error *error);

/** 1 if the error carries the body of an answer, which may be empty, else 0. NULL: 0. */
int32_t zoom_s2s_error_has_body(const zoom_s2s_error *error);

/**
 * The body of the API's answer after decompression, and its length in bytes to *length (nullable).
 * Any bytes, not necessarily UTF-8: go by the length. At most the first 1048576 bytes of it, and if
 * it repeats the token, without that. "" and 0 if there is none. NULL: "" and 0.
 */
const char *zoom_s2s_error_body(const zoom_s2s_error *error, size_t *length);


/* Texts ------------------------------------------------------------------------------------------- */

/**
 * A text that a call made for you.
 *
 * Threads: any number at a time. Lifetime: until zoom_s2s_text_free. It needs no other object to
 * stay alive.
 */
typedef struct zoom_s2s_text zoom_s2s_text;

/**
 * The text, and its length in bytes to *length (nullable). It lives as long as the object. NULL: ""
 * and 0.
 */
const char *zoom_s2s_text_value(const zoom_s2s_text *text, size_t *length);

/** Frees a text. NULL is fine. */
void zoom_s2s_text_free(zoom_s2s_text *text);


/* Config: settings -------------------------------------------------------------------------------- */

/**
 * Credentials and settings of a client. What is not set has a default. An argument that is NULL,
 * empty or out of range is refused by its function; everything else, missing credentials included,
 * by zoom_s2s_client_new, as ZOOM_S2S_CONFIG.
 *
 * Threads: one at a time; a second one gets ZOOM_S2S_INVALID_ARGUMENT. Lifetime: until
 * zoom_s2s_config_free. Any number of clients may be made from it, and outlive it.
 */
typedef struct zoom_s2s_config zoom_s2s_config;

/**
 * A config without credentials, with defaults for everything else. Set account ID, client ID and
 * client secret, or, for the retired JWT way, API key and API secret.
 *
 * Hands out *config, which you free. Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_config_new(zoom_s2s_config **config, zoom_s2s_error **error);

/**
 * A config from environment variables: ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET, each
 * alternatively with _FILE behind its name, naming a file that holds the value; and every setting
 * that has a variable:
 *
 *     ZOOM_S2S_CLOUD               commercial or government
 *     ZOOM_S2S_OAUTH_URL           see zoom_s2s_config_set_oauth_url
 *     ZOOM_S2S_API_URL             see zoom_s2s_config_set_api_url
 *     ZOOM_S2S_REGIONAL            1 or 0
 *     ZOOM_S2S_TIMEOUT_MS          milliseconds
 *     ZOOM_S2S_CONNECT_TIMEOUT_MS  milliseconds
 *     ZOOM_S2S_CA_FILE             a PEM file
 *     ZOOM_S2S_CA_ONLY             1 or 0
 *     ZOOM_S2S_TOKEN_STORE         see zoom_s2s_config_set_token_store
 *
 * An empty variable counts as not set. What is set afterwards replaces what the environment said.
 *
 * Hands out *config, which you free. Errors: ZOOM_S2S_CONFIG naming the variables that are missing
 * or wrong, ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_config_from_env(zoom_s2s_config **config, zoom_s2s_error **error);

/**
 * Like zoom_s2s_config_from_env, with the credentials of a retired JWT app: ZOOM_API_KEY and
 * ZOOM_API_SECRET, or each with _FILE behind its name. See zoom_s2s_config_set_api_key.
 *
 * Hands out *config, which you free. Errors: as zoom_s2s_config_from_env.
 */
int32_t zoom_s2s_config_jwt_from_env(zoom_s2s_config **config, zoom_s2s_error **error);

/**
 * Which of Zoom's clouds the account lives in, see zoom_s2s_cloud: it decides which hosts are the
 * default. Default: commercial.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_config_set_cloud(zoom_s2s_config *config, int32_t cloud, zoom_s2s_error **error);

/**
 * The host of the token endpoint, without /oauth/token. Default: https://zoom.us, or the cloud's
 * own.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_config_set_oauth_url(zoom_s2s_config *config,
                                      const char *url,
                                      zoom_s2s_error **error);

/**
 * The base of the API, with its /v2. Default: https://api.zoom.us/v2, or the cloud's own.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_config_set_api_url(zoom_s2s_config *config,
                                    const char *url,
                                    zoom_s2s_error **error);

/**
 * 1: send API requests to the nearer host that the token names, such as api-eu.zoom.us, if it is
 * https inside the same cloud's domain. Default: 0, because firewalls often allow only api.zoom.us.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_config_set_regional(zoom_s2s_config *config,
                                     int32_t regional,
                                     zoom_s2s_error **error);

/**
 * The deadline of each call in milliseconds, above 0: waiting for a token, retries and the whole
 * answer included. More than a year counts as a year. Default: 30000.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_config_set_timeout_ms(zoom_s2s_config *config,
                                       int64_t timeout_ms,
                                       zoom_s2s_error **error);

/**
 * Longest time for opening one connection in milliseconds, above 0: name, TCP, proxy and TLS.
 * Default: 10000.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_config_set_connect_timeout_ms(zoom_s2s_config *config,
                                               int64_t timeout_ms,
                                               zoom_s2s_error **error);

/**
 * A PEM file of certificate authorities to trust besides the system's, such as that of a proxy that
 * inspects TLS.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_config_set_ca_file(zoom_s2s_config *config,
                                    const char *path,
                                    zoom_s2s_error **error);

/**
 * 1: trust the authorities of the CA file only, not the system's; needs a CA file. Default: 0.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_config_set_ca_only(zoom_s2s_config *config,
                                    int32_t ca_only,
                                    zoom_s2s_error **error);

/**
 * An HTTP proxy for all https connections: http://[user:password@]host[:port]. Default: what
 * HTTPS_PROXY or ALL_PROXY says, with NO_PROXY exempting hosts; never HTTP_PROXY. Of this and
 * zoom_s2s_config_set_no_proxy the last call counts.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_config_set_proxy(zoom_s2s_config *config, const char *url, zoom_s2s_error **error);

/**
 * Connects directly, whatever the environment says of proxies.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_config_set_no_proxy(zoom_s2s_config *config, zoom_s2s_error **error);

/**
 * Where the token is kept, so that others can use the same one. Default: "memory:". Also the variable
 * ZOOM_S2S_TOKEN_STORE, see zoom_s2s_config_from_env.
 *
 *     memory:                     one token per app and process
 *     file:PATH                   for the processes of one host: file:/run/app/zoom-token. Only the
 *                                 file's owner can read it; file:PATH?mode=0640&group=NAME lets
 *                                 the members of a group share it. Lock files lie beside it.
 *     redis://HOST                Redis or Valkey, for many hosts, in full
 *                                 redis://[user[:password]@]host[:port][/db]; port 6379, db 0
 *     rediss://HOST               the same over TLS, trusting whom the client trusts
 *                                 (zoom_s2s_config_set_ca_file)
 *     unix:/path/of/redis.sock    Redis or Valkey on this host
 *
 * Options come last, after a ? and with & between them; in values, user and password write
 * : / ? # @ & % as %3A %2F %3F %23 %40 %26 %25.
 *
 *     strict                      file, Redis: no going on without the store, see below
 *     password_file=PATH          Redis: holds the password, and is read at each new connection. Use
 *                                 it, or the variable, rather than a URL with the password in it
 *                                 where others could see that: on a command line, in a repository.
 *     prefix=TEXT                 Redis: what its keys begin with; default zoom-s2s
 *     db=NUMBER, user=NAME        Redis: for unix:, whose URL has no other place for them
 *
 * The store is asked only when a client holds no token that will do, or Zoom refused the one it
 * holds: a few operations per process and hour. Whoever finds the token old renews it for all; the
 * others go on with the old one while it lives, and wait for the new one when it does not. What lies
 * in a file is JSON that other programs of the same owner or group may read; what lies in Redis is
 * sealed under a key made of the client secret. JWT credentials use no store.
 *
 * While the store cannot be used, clients go on without it: with the token they hold, and when that
 * is old, with one they fetch for themselves. That is told in the log (13), by
 * ZOOM_S2S_STAT_STORE_FAILURES and ZOOM_S2S_STAT_FETCHED_ALONE, and in
 * zoom_s2s_client_status_json under store_error. With strict, calls that need a new token fail with
 * ZOOM_S2S_STORE instead; a token that lives is used either way.
 *
 * The text is copied. The URL is checked by zoom_s2s_client_new, which opens and sends nothing: a URL
 * that cannot be used is ZOOM_S2S_CONFIG there, naming token_store or the variable and never quoting
 * the URL. zoom_s2s_features tells which stores a library was built with. NULL is refused.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_config_set_token_store(zoom_s2s_config *config,
                                        const char *url,
                                        zoom_s2s_error **error);

/**
 * Longest answer taken, in bytes above 0 after decompression; a longer one is ZOOM_S2S_TOO_LARGE.
 * Default: 67108864 (64 MiB).
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_config_set_body_limit(zoom_s2s_config *config,
                                       int64_t limit,
                                       zoom_s2s_error **error);

/**
 * A name for your program, put before the library's own in User-Agent, such as "report/1.4".
 * Printable ASCII.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_config_set_user_agent(zoom_s2s_config *config,
                                       const char *name,
                                       zoom_s2s_error **error);

/** Frees a config. NULL is fine. */
void zoom_s2s_config_free(zoom_s2s_config *config);


/* Config: credentials ----------------------------------------------------------------------------- */

/**
 * The account ID, from the credentials page of the Server-to-Server OAuth app. See
 * https://developers.zoom.us/docs/internal-apps/s2s-oauth/.
 *
 * The text is copied; blanks around it are dropped. Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_config_set_account_id(zoom_s2s_config *config,
                                       const char *account_id,
                                       zoom_s2s_error **error);

/**
 * The client ID, from the same page.
 *
 * The text is copied; blanks around it are dropped. Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_config_set_client_id(zoom_s2s_config *config,
                                      const char *client_id,
                                      zoom_s2s_error **error);

/**
 * The client secret, from the same page.
 *
 * The text is copied; blanks around it are dropped, and the copy is wiped when it is freed. Errors:
 * ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_config_set_client_secret(zoom_s2s_config *config,
                                          const char *client_secret,
                                          zoom_s2s_error **error);

/**
 * The file that holds the account ID. Files are read when the client is made, again at every token
 * request, and once more after the token endpoint refused the secret: a rotated secret needs no
 * restart.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_config_set_account_id_file(zoom_s2s_config *config,
                                            const char *path,
                                            zoom_s2s_error **error);

/**
 * The file that holds the client ID; see zoom_s2s_config_set_account_id_file.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_config_set_client_id_file(zoom_s2s_config *config,
                                           const char *path,
                                           zoom_s2s_error **error);

/**
 * The file that holds the client secret, such as a mounted Kubernetes or Docker secret; see
 * zoom_s2s_config_set_account_id_file.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_config_set_client_secret_file(zoom_s2s_config *config,
                                               const char *path,
                                               zoom_s2s_error **error);

/**
 * The API key of a JWT app. With it and the API secret the client signs its tokens itself (HS256),
 * as programs did before Zoom's API stopped accepting that on 2023-09-08: it is here so that a
 * migration can be compared with what it replaces, against the sandbox. Which kind of credential was
 * set last decides.
 *
 * The text is copied; blanks around it are dropped. Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_config_set_api_key(zoom_s2s_config *config,
                                    const char *api_key,
                                    zoom_s2s_error **error);

/**
 * The API secret of a JWT app; see zoom_s2s_config_set_api_key.
 *
 * The text is copied; blanks around it are dropped, and the copy is wiped when it is freed. Errors:
 * ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_config_set_api_secret(zoom_s2s_config *config,
                                       const char *api_secret,
                                       zoom_s2s_error **error);

/**
 * The file that holds the API key; see zoom_s2s_config_set_account_id_file.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_config_set_api_key_file(zoom_s2s_config *config,
                                         const char *path,
                                         zoom_s2s_error **error);

/**
 * The file that holds the API secret; see zoom_s2s_config_set_account_id_file.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_config_set_api_secret_file(zoom_s2s_config *config,
                                            const char *path,
                                            zoom_s2s_error **error);


/* Client ------------------------------------------------------------------------------------------ */

/**
 * A client for one app of one Zoom account: a token that is renewed and shared, a pool of
 * connections, and the settings.
 *
 * Each call has one deadline (zoom_s2s_config_set_timeout_ms), which covers everything the call
 * does: waiting for a token, retries, the whole answer.
 *
 * Threads: any number at a time; make one client per app and share it. Lifetime: until
 * zoom_s2s_client_free, which must not overlap with a call on it; everything made from it outlives
 * it.
 */
typedef struct zoom_s2s_client zoom_s2s_client;

/**
 * Makes a client. All settings are checked, and nothing is sent yet. The config may be freed
 * afterwards, or make more clients.
 *
 * Hands out *client, which you free. Errors: ZOOM_S2S_CONFIG naming the setting, or ZOOM_S2S_LOG;
 * ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_client_new(const zoom_s2s_config *config,
                            zoom_s2s_client **client,
                            zoom_s2s_error **error);

/**
 * Makes a client from the environment alone: zoom_s2s_config_from_env and zoom_s2s_client_new in
 * one.
 *
 * Hands out *client, which you free. Errors: ZOOM_S2S_CONFIG naming the variables that are missing
 * or wrong, ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_client_from_env(zoom_s2s_client **client, zoom_s2s_error **error);

/**
 * Ends every call now pending on this client, in whatever it waits: they return ZOOM_S2S_CANCELLED.
 * Calls made afterwards work as ever; the token is kept. A call that begins at the same moment may
 * or may not be ended. From any thread; not from a signal handler.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_client_cancel(const zoom_s2s_client *client, zoom_s2s_error **error);

/**
 * Ends every pending call and refuses all later ones with ZOOM_S2S_SHUTDOWN. From any thread, also
 * again; not from a signal handler. The client is still to be freed.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_client_shutdown(const zoom_s2s_client *client, zoom_s2s_error **error);

/**
 * How often something has happened since the client was made; see zoom_s2s_stat. -1 for a number
 * without meaning. NULL: -1.
 */
int64_t zoom_s2s_client_stat(const zoom_s2s_client *client, int32_t stat);

/**
 * The client's state as one JSON object, for people and monitoring: version, addresses and the
 * proxies on the way to them, token store and why it could not be used when it was last asked, token
 * age and expiry, counters, last warning, and clock_offset_ms: how far Zoom's clock is ahead of this
 * machine's, to about a second, null before the first answer. Members are only ever added. It holds
 * no secret and no token.
 *
 * Hands out *text, which you free. Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_client_status_json(const zoom_s2s_client *client,
                                    zoom_s2s_text **text,
                                    zoom_s2s_error **error);

/**
 * Frees a client. Its idle connections are closed; in a forked child, only the child's own. NULL is
 * fine.
 */
void zoom_s2s_client_free(zoom_s2s_client *client);


/* Token ------------------------------------------------------------------------------------------- */

/**
 * An access token, for programs that make their HTTP requests themselves.
 *
 * Threads: any number at a time. Lifetime: until zoom_s2s_token_free, which wipes it; texts taken
 * from it live as long as it. It outlives its client. Take one for each request or batch of
 * requests, not one for the program's life: it expires within the hour.
 */
typedef struct zoom_s2s_token zoom_s2s_token;

/**
 * A token: the held one, or a new one when there is none or it is about to expire. All threads and
 * clients of the same app in this process share it, and one of them asks for it; with a token store
 * (zoom_s2s_config_set_token_store), all processes that use the store.
 *
 * Hands out *token, which you free. Errors: ZOOM_S2S_CREDENTIALS; ZOOM_S2S_CONFIG if a credentials
 * file cannot be read; ZOOM_S2S_NETWORK, ZOOM_S2S_TLS, ZOOM_S2S_RATE_LIMITED, ZOOM_S2S_SERVER and
 * ZOOM_S2S_BAD_RESPONSE from the way to the token endpoint; ZOOM_S2S_UNAUTHORIZED if tokens are
 * refused in quick succession; ZOOM_S2S_STORE if a strict token store cannot be used;
 * ZOOM_S2S_TIMEOUT, ZOOM_S2S_CANCELLED, ZOOM_S2S_SHUTDOWN, ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_client_token(const zoom_s2s_client *client,
                              zoom_s2s_token **token,
                              zoom_s2s_error **error);

/**
 * A new token although the held one is good: scopes added to an app appear only on tokens issued
 * afterwards. Callers that do this at the same time share one request; there is at most one in 5
 * seconds, and later callers wait for their turn within their deadline.
 *
 * Hands out *token, which you free. Errors: as zoom_s2s_client_token.
 */
int32_t zoom_s2s_client_refresh_token(const zoom_s2s_client *client,
                                      zoom_s2s_token **token,
                                      zoom_s2s_error **error);

/**
 * Copies the token itself with its NUL into your buffer, asking for a new one where
 * zoom_s2s_client_token would, and without allocating when a token is held. Wipe the buffer when you
 * are done (explicit_bzero); zoom_s2s_token_free wipes by itself.
 *
 * size is the buffer's in bytes. *needed (nullable) gets the number of bytes that it takes with the
 * NUL; a buffer of NULL with a size of 0 only asks for that. A buffer that is too small is
 * ZOOM_S2S_INVALID_ARGUMENT and becomes the empty text. Zoom does not say how long tokens are, and
 * the next one may be longer than the one that was measured: pass 4096 bytes at once, which have
 * been enough. Other errors: as zoom_s2s_client_token.
 */
int32_t zoom_s2s_client_token_copy(const zoom_s2s_client *client,
                                   char *buffer,
                                   size_t size,
                                   size_t *needed,
                                   zoom_s2s_error **error);

/**
 * Tells the client that Zoom refused the token with this value (HTTP 401 or code 124) in a request
 * that the program made itself. The next zoom_s2s_client_token gives a better one, or the error that
 * says why there is none.
 *
 * value is the token in any of its forms: zoom_s2s_token_value, _bearer or _header. Rejecting one
 * that has been replaced meanwhile does nothing, so every thread that met the refusal may say so.
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_client_reject_token(const zoom_s2s_client *client,
                                     const char *value,
                                     zoom_s2s_error **error);

/**
 * Tells Zoom to forget the held token, and forgets it here. Does nothing if none is held. Everybody
 * who shares the token loses it; the next call asks for another one.
 *
 * Errors: as zoom_s2s_client_token; ZOOM_S2S_INVALID_ARGUMENT with JWT credentials, which cannot be
 * revoked.
 */
int32_t zoom_s2s_client_revoke_token(const zoom_s2s_client *client, zoom_s2s_error **error);

/** The token itself. NULL: "". */
const char *zoom_s2s_token_value(const zoom_s2s_token *token);

/** The value of the Authorization header: "Bearer ...". NULL: "". */
const char *zoom_s2s_token_bearer(const zoom_s2s_token *token);

/**
 * The whole header line, without a line end, as libcurl's CURLOPT_HTTPHEADER wants it:
 * "Authorization: Bearer ...". NULL: "".
 */
const char *zoom_s2s_token_header(const zoom_s2s_token *token);

/**
 * When the token expires by this machine's clock, in milliseconds since 1970-01-01 UTC. The client
 * replaces it minutes before that. NULL: 0.
 */
int64_t zoom_s2s_token_expires_at_ms(const zoom_s2s_token *token);

/** How long the token is still good, in milliseconds; 0 once it has expired. NULL: 0. */
int64_t zoom_s2s_token_expires_in_ms(const zoom_s2s_token *token);

/**
 * The scopes as the token endpoint listed them, separated by blanks; "" if it listed none (as it may
 * just after an app was made), and for JWTs, which have none. NULL: "".
 */
const char *zoom_s2s_token_scope(const zoom_s2s_token *token);

/**
 * 1 if the token endpoint listed this scope, or a classic one that includes it, else 0: the classic
 * user:read:admin includes the granular user:read:list_users:admin, but not the other way round. See
 * https://developers.zoom.us/docs/integrations/oauth-scopes-granular/. Either NULL: 0.
 */
int32_t zoom_s2s_token_has_scope(const zoom_s2s_token *token,
                                 const char *scope);

/** Wipes and frees a token. NULL is fine. */
void zoom_s2s_token_free(zoom_s2s_token *token);


/* Listing users: the query ------------------------------------------------------------------------ */

/**
 * Which users to list, and how. What is not set is left to Zoom's default: the active users.
 *
 * Threads: one at a time; a second one gets ZOOM_S2S_INVALID_ARGUMENT. Lifetime: until
 * zoom_s2s_users_query_free. It may be used for any number of listings, and is not needed once
 * zoom_s2s_client_list_users has returned.
 */
typedef struct zoom_s2s_users_query zoom_s2s_users_query;

/**
 * A query without settings.
 *
 * Hands out *query, which you free. Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_users_query_new(zoom_s2s_users_query **query, zoom_s2s_error **error);

/**
 * Which users, see zoom_s2s_user_status. Default: active.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_users_query_set_status(zoom_s2s_users_query *query,
                                        int32_t status,
                                        zoom_s2s_error **error);

/**
 * Users per page, 1 to 2000. Default: 300. Zoom may send fewer: its documents disagree whether more
 * than 300 are allowed.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_users_query_set_page_size(zoom_s2s_users_query *query,
                                           int32_t users,
                                           zoom_s2s_error **error);

/**
 * Only users with this role.
 *
 * The text is copied. Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_users_query_set_role_id(zoom_s2s_users_query *query,
                                         const char *role_id,
                                         zoom_s2s_error **error);

/**
 * Asks for additional members of each user, see zoom_s2s_include_fields; may be called for several.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_users_query_add_include_fields(zoom_s2s_users_query *query,
                                                int32_t fields,
                                                zoom_s2s_error **error);

/**
 * Only users with this add-on licence, see zoom_s2s_license.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_users_query_set_license(zoom_s2s_users_query *query,
                                         int32_t add_on,
                                         zoom_s2s_error **error);

/**
 * The deadline of each page's request in milliseconds, instead of the client's.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_users_query_set_timeout_ms(zoom_s2s_users_query *query,
                                            int64_t timeout_ms,
                                            zoom_s2s_error **error);

/**
 * How often one status is listed at most, 1 to 5, while the account changes under the listing.
 * Default: 3. What remains missing after the last pass ends in ZOOM_S2S_INCOMPLETE.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_users_query_set_max_passes(zoom_s2s_users_query *query,
                                            int32_t passes,
                                            zoom_s2s_error **error);

/** Frees a query. NULL is fine. */
void zoom_s2s_users_query_free(zoom_s2s_users_query *query);


/* Listing users: a page --------------------------------------------------------------------------- */

/**
 * A page of users. Rows are counted from 0, fields are named by zoom_s2s_user_field.
 *
 * A field that is absent, null, or of a type that cannot be converted without loss has no value: "",
 * or your fallback, and 0 from zoom_s2s_users_page_has. The same goes for a row beyond the page and
 * for a number that is no field. What Zoom really sent is in zoom_s2s_users_page_user_json.
 *
 * Threads: any number at a time. Lifetime: until zoom_s2s_users_page_free; all texts taken from it
 * live as long as it. It outlives its pager and its client.
 */
typedef struct zoom_s2s_users_page zoom_s2s_users_page;

/**
 * One user, by ID or e-mail address, as a page with one row. See
 * https://developers.zoom.us/docs/api/users/#tag/users/get/users/{userId}; it needs the scope
 * user:read:user:admin (classic: user:read:admin).
 *
 * Hands out *page, which you free. Errors: ZOOM_S2S_NOT_FOUND if there is no such user, and those of
 * zoom_s2s_client_send.
 */
int32_t zoom_s2s_client_user(const zoom_s2s_client *client,
                             const char *id_or_email,
                             zoom_s2s_users_page **page,
                             zoom_s2s_error **error);

/** How many users are on this page: those that the listing had not delivered before. NULL: 0. */
size_t zoom_s2s_users_page_count(const zoom_s2s_users_page *page);

/**
 * 1 if the field has a value: it was sent, is not null, and could be read as its kind; else 0. NULL:
 * 0.
 */
int32_t zoom_s2s_users_page_has(const zoom_s2s_users_page *page,
                                size_t row,
                                int32_t field);

/**
 * The value of a text field, and its length in bytes to *length (nullable); "" and 0 if it has none,
 * and for numbers and lists. A number or boolean that Zoom sent in place of a text is given as in
 * the JSON. NULL: "" and 0.
 */
const char *zoom_s2s_users_page_text(const zoom_s2s_users_page *page,
                                     size_t row,
                                     int32_t field,
                                     size_t *length);

/**
 * The value of a number field, or of a text field whose text is a whole number: always exact;
 * fallback if it has none, is not whole, or beyond 64 bits. A boolean that Zoom sent in place of a
 * number counts as 0 or 1. NULL: fallback.
 */
int64_t zoom_s2s_users_page_number(const zoom_s2s_users_page *page,
                                   size_t row,
                                   int32_t field,
                                   int64_t fallback);

/** How many entries a list field has; 0 if it has no value, or is not a list. NULL: 0. */
size_t zoom_s2s_users_page_list_count(const zoom_s2s_users_page *page, size_t row, int32_t field);

/**
 * A text in a list: of entry index, counted from 0, the member key, and its length in bytes to
 * *length (nullable). For lists of texts key is "" or NULL; for the others one of those that
 * zoom_s2s_user_field_entry_key lists. Numbers are given as in the JSON. "" and 0 if there is none.
 * page NULL: "" and 0.
 */
const char *zoom_s2s_users_page_list_text(const zoom_s2s_users_page *page,
                                          size_t row,
                                          int32_t field,
                                          size_t index,
                                          const char *key,
                                          size_t *length);

/**
 * Like zoom_s2s_users_page_list_text, for a member that is a whole number, exactly; fallback if
 * there is no such member, or it is no whole number. page NULL: fallback.
 */
int64_t zoom_s2s_users_page_list_number(const zoom_s2s_users_page *page,
                                        size_t row,
                                        int32_t field,
                                        size_t index,
                                        const char *key,
                                        int64_t fallback);

/**
 * 1 if entry index of a list field has the member key, else 0; see zoom_s2s_users_page_list_text.
 * page NULL: 0.
 */
int32_t zoom_s2s_users_page_list_has(const zoom_s2s_users_page *page,
                                     size_t row,
                                     int32_t field,
                                     size_t index,
                                     const char *key);

/**
 * A text or number field of all rows at once, for languages in which each call costs.
 *
 * *texts gets the rows' texts one after the other, each with a NUL at its end; *offsets the place in
 * bytes of each row's text, and behind the last one the length of all together:
 * zoom_s2s_users_page_count + 1 numbers, of which row r is from offsets[r] to offsets[r + 1] - 1.
 * Split at the NULs, or go by the offsets. *present gets a text of '1' and '0', one a row: whether
 * it has a value (and a NUL); without one its text is empty. Numbers are decimal. Each of the three
 * may be NULL; all live as long as the page.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT, also for lists.
 */
int32_t zoom_s2s_users_page_column(const zoom_s2s_users_page *page,
                                   int32_t field,
                                   const char **texts,
                                   const int64_t **offsets,
                                   const char **present,
                                   zoom_s2s_error **error);

/** The token that asks for the next page; "" on the last one. The pager takes care of it. NULL: "". */
const char *zoom_s2s_users_page_next_page_token(const zoom_s2s_users_page *page);

/** How many users the whole listing has, where Zoom said so, else -1. NULL: -1. */
int64_t zoom_s2s_users_page_total_records(const zoom_s2s_users_page *page);

/**
 * How many users Zoom puts on a page, where it said so, else -1. May be less than was asked for.
 * NULL: -1.
 */
int64_t zoom_s2s_users_page_page_size(const zoom_s2s_users_page *page);

/** How many pages the listing has, where Zoom said so, else -1. NULL: -1. */
int64_t zoom_s2s_users_page_page_count(const zoom_s2s_users_page *page);

/**
 * The number of this page, where Zoom said so, else -1. Deprecated by Zoom: go by the pager. NULL:
 * -1.
 */
int64_t zoom_s2s_users_page_page_number(const zoom_s2s_users_page *page);

/**
 * The page exactly as received, after decompression, and its length in bytes to *length (nullable).
 * It also holds the users that were delivered before. The first call makes a copy. NULL: "" and 0.
 */
const char *zoom_s2s_users_page_json(const zoom_s2s_users_page *page, size_t *length);

/**
 * The JSON of one user, exactly as received, and its length in bytes to *length (nullable). The
 * first call makes a copy of all users of the page. "" and 0 beyond the last row. NULL: "" and 0.
 */
const char *zoom_s2s_users_page_user_json(const zoom_s2s_users_page *page,
                                          size_t row,
                                          size_t *length);

/**
 * The JSON of any member of a user, also of those that have no field here, exactly as received:
 * texts in their quotes, null as null. *text is NULL, and the status ZOOM_S2S_OK, if there is no
 * such member or row. Reads the user's JSON at each call.
 *
 * Hands out *text, which you free. Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_users_page_member_json(const zoom_s2s_users_page *page,
                                        size_t row,
                                        const char *name,
                                        zoom_s2s_text **text,
                                        zoom_s2s_error **error);

/** Frees a page; its memory serves the next one of its client. NULL is fine. */
void zoom_s2s_users_page_free(zoom_s2s_users_page *page);


/* Listing users: the pager ------------------------------------------------------------------------ */

/**
 * A listing of users, page by page.
 *
 * Complete, or an error. Zoom pages by position, so that whoever is added or deleted meanwhile
 * shifts the others past the reader. A status is therefore listed again, for newcomers only, until
 * Zoom's own total agrees; if it never does, ZOOM_S2S_INCOMPLETE comes after everything else. Nobody
 * is delivered twice, and whoever was in the account under one status all the time is delivered
 * once. That takes eight bytes of memory a user.
 *
 * The limit: if somebody is deleted behind the reader and somebody is added, both between the same
 * two pages, Zoom's total stays as it was, and one user may be missed without a trace. Somebody who
 * is seen while pending comes again if he accepts meanwhile: pending users have no ID to know them
 * by.
 *
 * Threads: one at a time; a second one gets ZOOM_S2S_INVALID_ARGUMENT. Lifetime: until
 * zoom_s2s_users_pager_free, which may come before the last page. It goes on working when its client
 * has been freed.
 */
typedef struct zoom_s2s_users_pager zoom_s2s_users_pager;

/**
 * Begins a listing of users. Nothing is sent yet. query says which; NULL lists what Zoom lists by
 * default, the active users. See https://developers.zoom.us/docs/api/users/#tag/users/get/users; it
 * needs the scope user:read:list_users:admin (classic: user:read:admin).
 *
 * Hands out *pager, which you free. Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_client_list_users(const zoom_s2s_client *client,
                                   const zoom_s2s_users_query *query,
                                   zoom_s2s_users_pager **pager,
                                   zoom_s2s_error **error);

/**
 * Fetches the next page, with the users that were not delivered before. After the last one *page is
 * NULL and the status ZOOM_S2S_OK. The first page of a status comes even if it is empty; later ones
 * only if they bring somebody. After an error, also ZOOM_S2S_TIMEOUT or ZOOM_S2S_CANCELLED, every
 * further call returns that same error: what came before was delivered, and what is missing will not
 * come. Begin a new listing. (A mistake in the arguments of a call is forgotten with it.)
 *
 * Hands out *page, which you free. Errors: those of zoom_s2s_client_send, and ZOOM_S2S_INCOMPLETE.
 */
int32_t zoom_s2s_users_pager_next(zoom_s2s_users_pager *pager,
                                  zoom_s2s_users_page **page,
                                  zoom_s2s_error **error);

/**
 * The status that the next page will be of, see zoom_s2s_user_status; after the last page, the
 * status of that one. NULL: 0.
 */
int32_t zoom_s2s_users_pager_status(const zoom_s2s_users_pager *pager);

/**
 * How many users Zoom said there are under the status of the last page; -1 before the first page,
 * and if Zoom does not tell. NULL: -1.
 */
int64_t zoom_s2s_users_pager_total_records(const zoom_s2s_users_pager *pager);

/** 1 if something showed that the account changed while it was listed, else 0. NULL: 0. */
int32_t zoom_s2s_users_pager_changed(const zoom_s2s_users_pager *pager);

/**
 * 1 if the listing has come to its end and Zoom stated totals to check every status against, else 0.
 * NULL: 0.
 */
int32_t zoom_s2s_users_pager_checked(const zoom_s2s_users_pager *pager);

/** Frees a pager. NULL is fine. */
void zoom_s2s_users_pager_free(zoom_s2s_users_pager *pager);


/* Any endpoint: the request ----------------------------------------------------------------------- */

/**
 * A request to any endpoint of Zoom's API, sent by zoom_s2s_client_send or, page after page, by
 * zoom_s2s_client_pages. Mistakes in it are reported when it is sent.
 *
 * Threads: one at a time; a second one gets ZOOM_S2S_INVALID_ARGUMENT. Lifetime: until
 * zoom_s2s_request_free. It may be sent any number of times, and is not needed once
 * zoom_s2s_client_send or zoom_s2s_client_pages has returned.
 */
typedef struct zoom_s2s_request zoom_s2s_request;

/**
 * A request with this method and path.
 *
 * method is GET, HEAD, POST, PUT, PATCH or DELETE, in capitals. path is below the API's base and
 * begins with a slash, as in Zoom's documents, such as "/users/{userId}/meetings", with names in
 * braces that zoom_s2s_request_set_segment fills in; parameters go into zoom_s2s_request_add_query.
 *
 * GET, HEAD, PUT and DELETE are sent again where that may help; POST and PATCH only where Zoom
 * surely has not carried them out.
 *
 * Hands out *request, which you free. Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_request_new(const char *method,
                             const char *path,
                             zoom_s2s_request **request,
                             zoom_s2s_error **error);

/**
 * Fills in {name} in the path. The value is percent-encoded and stays one segment, whatever it
 * holds; empty, "." and ".." are refused. A second call with the same name replaces the value. Zoom
 * wants meeting UUIDs that begin with / or hold // encoded twice: give such a value encoded once.
 *
 * The texts are copied. Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_request_set_segment(zoom_s2s_request *request,
                                     const char *name,
                                     const char *value,
                                     zoom_s2s_error **error);

/**
 * Adds a query parameter; both are percent-encoded. May be called again with the same name.
 *
 * The texts are copied; the value may be empty. Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_request_add_query(zoom_s2s_request *request,
                                   const char *name,
                                   const char *value,
                                   zoom_s2s_error **error);

/**
 * Adds a header. Those that the client sets itself are refused when it is sent: Authorization, Host,
 * Connection, Content-Length, Transfer-Encoding, Accept-Encoding, Content-Type, Expect.
 *
 * The texts are copied; the value may be empty. Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_request_add_header(zoom_s2s_request *request,
                                    const char *name,
                                    const char *value,
                                    zoom_s2s_error **error);

/**
 * The body: length bytes from body, which may be NULL if there are none, and their media type, such
 * as "application/json", which is needed in any case. A second call replaces the first.
 *
 * Both are copied. Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_request_set_body(zoom_s2s_request *request,
                                  const char *body,
                                  size_t length,
                                  const char *content_type,
                                  zoom_s2s_error **error);

/**
 * The deadline of this request in milliseconds, above 0, instead of the client's; of each page's,
 * where it is paged.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_request_set_timeout_ms(zoom_s2s_request *request,
                                        int64_t timeout_ms,
                                        zoom_s2s_error **error);

/** Frees a request. NULL is fine. */
void zoom_s2s_request_free(zoom_s2s_request *request);


/* Any endpoint: the response ---------------------------------------------------------------------- */

/**
 * A successful answer (HTTP 2xx); any other is an error that carries the body.
 *
 * Threads: any number at a time. Lifetime: until zoom_s2s_response_free; texts taken from it live as
 * long as it. It outlives its client and request.
 */
typedef struct zoom_s2s_response zoom_s2s_response;

/**
 * Sends a request to any endpoint of the API. Token, retries, limits and deadline are those of every
 * call.
 *
 * Hands out *response, which you free. Errors: for an HTTP status outside 2xx the one that fits it,
 * with the body (zoom_s2s_error_body): ZOOM_S2S_UNAUTHORIZED, ZOOM_S2S_MISSING_SCOPE,
 * ZOOM_S2S_FORBIDDEN, ZOOM_S2S_NOT_FOUND, ZOOM_S2S_RATE_LIMITED, ZOOM_S2S_SERVER, ZOOM_S2S_REJECTED,
 * and ZOOM_S2S_BAD_RESPONSE for a redirect; ZOOM_S2S_INVALID_ARGUMENT naming the mistake in the
 * request; those of zoom_s2s_client_token; ZOOM_S2S_NETWORK, ZOOM_S2S_TLS, ZOOM_S2S_BAD_RESPONSE,
 * ZOOM_S2S_TOO_LARGE. zoom_s2s_error_in_doubt tells whether Zoom may have carried it out all the
 * same.
 */
int32_t zoom_s2s_client_send(const zoom_s2s_client *client,
                             const zoom_s2s_request *request,
                             zoom_s2s_response **response,
                             zoom_s2s_error **error);

/** The HTTP status, 200 to 299. NULL: 0. */
int32_t zoom_s2s_response_status(const zoom_s2s_response *response);

/**
 * The body after decompression, and its length in bytes to *length (nullable). Any bytes, not
 * necessarily UTF-8: go by the length. "" and 0 where Zoom sent none. NULL: "" and 0.
 */
const char *zoom_s2s_response_body(const zoom_s2s_response *response, size_t *length);

/**
 * The value of the first header of this name, in any case of letters; "" if there is none, or it is
 * not printable ASCII. NULL: "".
 */
const char *zoom_s2s_response_header(const zoom_s2s_response *response, const char *name);

/** How many headers there are. NULL: 0. */
size_t zoom_s2s_response_header_count(const zoom_s2s_response *response);

/** The name of a header in lower case, index from 0; "" beyond the last. NULL: "". */
const char *zoom_s2s_response_header_name(const zoom_s2s_response *response, size_t index);

/** The value of a header, index from 0; "" beyond the last. NULL: "". */
const char *zoom_s2s_response_header_value(const zoom_s2s_response *response, size_t index);

/**
 * Value of Zoom's x-zm-trackingid header, which Zoom's support asks for; "" if there was none. NULL:
 * "".
 */
const char *zoom_s2s_response_tracking_id(const zoom_s2s_response *response);

/** Frees a response. NULL is fine. */
void zoom_s2s_response_free(zoom_s2s_response *response);


/* Any list: a page -------------------------------------------------------------------------------- */

/**
 * A page of entries of any list, as JSON. Entries are counted from 0.
 *
 * Threads: any number at a time. Lifetime: until zoom_s2s_entries_page_free; all texts taken from it
 * live as long as it. It outlives its pager and its client.
 */
typedef struct zoom_s2s_entries_page zoom_s2s_entries_page;

/** How many entries are on this page: those that the listing had not delivered before. NULL: 0. */
size_t zoom_s2s_entries_page_count(const zoom_s2s_entries_page *page);

/**
 * The JSON of one entry, exactly as received, and its length in bytes to *length (nullable); "" and
 * 0 beyond the last. The first call makes a copy of all entries of the page. NULL: "" and 0.
 */
const char *zoom_s2s_entries_page_entry_json(const zoom_s2s_entries_page *page,
                                             size_t index,
                                             size_t *length);

/**
 * The JSON of one member of an entry, exactly as received: texts in their quotes, null as null.
 * *text is NULL, and the status ZOOM_S2S_OK, if there is no such member or entry. Reads the entry's
 * JSON at each call.
 *
 * Hands out *text, which you free. Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_entries_page_member_json(const zoom_s2s_entries_page *page,
                                          size_t index,
                                          const char *name,
                                          zoom_s2s_text **text,
                                          zoom_s2s_error **error);

/** The token that asks for the next page; "" on the last one. The pager takes care of it. NULL: "". */
const char *zoom_s2s_entries_page_next_page_token(const zoom_s2s_entries_page *page);

/** How many entries the whole list has, where Zoom said so, else -1. NULL: -1. */
int64_t zoom_s2s_entries_page_total_records(const zoom_s2s_entries_page *page);

/**
 * The page exactly as received, after decompression, and its length in bytes to *length (nullable).
 * It also holds the entries that were delivered before. The first call makes a copy. NULL: "" and 0.
 */
const char *zoom_s2s_entries_page_json(const zoom_s2s_entries_page *page,
                                       size_t *length);

/** Frees a page; its memory serves the next one of its client. NULL is fine. */
void zoom_s2s_entries_page_free(zoom_s2s_entries_page *page);


/* Any list: the pager ----------------------------------------------------------------------------- */

/**
 * Any list that Zoom pages by next_page_token, page by page: meetings, recordings, groups' members
 * and so on. Complete, or an error, as zoom_s2s_users_pager. Entries on different pages are the same
 * if their JSON is; one that changes while the list is read again comes again.
 *
 * Threads: one at a time; a second one gets ZOOM_S2S_INVALID_ARGUMENT. Lifetime: until
 * zoom_s2s_entries_pager_free, which may come before the last page. It goes on working when its
 * client has been freed.
 */
typedef struct zoom_s2s_entries_pager zoom_s2s_entries_pager;

/**
 * Begins the list that this request asks for: a GET, with everything but next_page_token. key names
 * the array of entries in the answers, such as "meetings". Nothing is sent yet, and mistakes in the
 * request are reported with the first page. The request is copied.
 *
 * Hands out *pager, which you free. Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_client_pages(const zoom_s2s_client *client,
                              const zoom_s2s_request *request,
                              const char *key,
                              zoom_s2s_entries_pager **pager,
                              zoom_s2s_error **error);

/**
 * How often the list is read at most, 1 to 5, while it changes. Default: 3. Only before the first
 * page.
 *
 * Errors: ZOOM_S2S_INVALID_ARGUMENT.
 */
int32_t zoom_s2s_entries_pager_set_max_passes(zoom_s2s_entries_pager *pager,
                                              int32_t passes,
                                              zoom_s2s_error **error);

/**
 * Fetches the next page, with the entries that were not delivered before. After the last one *page
 * is NULL and the status ZOOM_S2S_OK. After an error every further call returns that same error:
 * what came before was delivered, and what is missing will not come. Begin a new listing.
 *
 * Hands out *page, which you free. Errors: those of zoom_s2s_client_send, and ZOOM_S2S_INCOMPLETE.
 */
int32_t zoom_s2s_entries_pager_next(zoom_s2s_entries_pager *pager,
                                    zoom_s2s_entries_page **page,
                                    zoom_s2s_error **error);

/**
 * How many entries Zoom said there are; -1 before the first page, and if Zoom does not tell. NULL:
 * -1.
 */
int64_t zoom_s2s_entries_pager_total_records(const zoom_s2s_entries_pager *pager);

/** 1 if something showed that the list changed while it was read, else 0. NULL: 0. */
int32_t zoom_s2s_entries_pager_changed(const zoom_s2s_entries_pager *pager);

/** 1 if the list has come to its end and Zoom stated a total to check it against, else 0. NULL: 0. */
int32_t zoom_s2s_entries_pager_checked(const zoom_s2s_entries_pager *pager);

/** Frees a pager. NULL is fine. */
void zoom_s2s_entries_pager_free(zoom_s2s_entries_pager *pager);

#ifdef __cplusplus
}
#endif

#endif /* ZOOM_S2S_H */
