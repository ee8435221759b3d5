/* The yardstick: lists the users with libcurl and yyjson, the fastest parser in C, which parses in place. */

#include "curl_users.h"

#include <yyjson.h>

/* yyjson's own advice for many documents in turn: memory that is kept from one to the next. */
static yyjson_doc *parse(struct body *body)
{
    static yyjson_alc *memory;
    if (!memory)
        memory = yyjson_alc_dyn_new();
    return yyjson_read_opts(body->bytes, body->length, YYJSON_READ_INSITU, memory, NULL);
}

static int copy(yyjson_val *text, char *into, size_t size)
{
    if (!yyjson_is_str(text) || yyjson_get_len(text) >= size)
        return 0;
    memcpy(into, yyjson_get_str(text), yyjson_get_len(text) + 1);
    return 1;
}

static int take_token(struct body *body, char *token, size_t size)
{
    yyjson_doc *doc = parse(body);
    int done = copy(yyjson_obj_get(yyjson_doc_get_root(doc), "access_token"), token, size);
    yyjson_doc_free(doc);
    return done;
}

static int take_page(struct body *body, struct sum *sum, char *next, size_t size)
{
    yyjson_doc *doc = parse(body);
    yyjson_val *root = yyjson_doc_get_root(doc), *user;
    yyjson_val *users = yyjson_obj_get(root, "users");
    yyjson_arr_iter each = yyjson_arr_iter_with(users);
    int done = yyjson_is_arr(users) && copy(yyjson_obj_get(root, "next_page_token"), next, size);

    while ((user = yyjson_arr_iter_next(&each))) {
        sum->users++;
        sum->checksum += yyjson_get_len(yyjson_obj_get(user, "email"));
        sum->checksum += yyjson_get_len(yyjson_obj_get(user, "id"));
        sum->checksum += (unsigned long)yyjson_get_sint(yyjson_obj_get(user, "type"));
    }
    yyjson_doc_free(doc);
    return done;
}
