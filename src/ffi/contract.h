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
