/* Lists the users with libcurl and cJSON, the parser that most C programs have. */

#include "curl_users.h"

#include <cjson/cJSON.h>

static int copy(const cJSON *text, char *into, size_t size)
{
    if (!cJSON_IsString(text) || strlen(text->valuestring) >= size)
        return 0;
    strcpy(into, text->valuestring);
    return 1;
}

static size_t length(const cJSON *text)
{
    return cJSON_IsString(text) ? strlen(text->valuestring) : 0;
}

static int take_token(struct body *body, char *token, size_t size)
{
    cJSON *root = cJSON_ParseWithLength(body->bytes, body->length);
    int done = copy(cJSON_GetObjectItemCaseSensitive(root, "access_token"), token, size);
    cJSON_Delete(root);
    return done;
}

static int take_page(struct body *body, struct sum *sum, char *next, size_t size)
{
    cJSON *root = cJSON_ParseWithLength(body->bytes, body->length);
    const cJSON *users = cJSON_GetObjectItemCaseSensitive(root, "users"), *user;
    int done = cJSON_IsArray(users)
               && copy(cJSON_GetObjectItemCaseSensitive(root, "next_page_token"), next, size);

    cJSON_ArrayForEach(user, users) {
        const cJSON *type = cJSON_GetObjectItemCaseSensitive(user, "type");
        sum->users++;
        sum->checksum += length(cJSON_GetObjectItemCaseSensitive(user, "email"));
        sum->checksum += length(cJSON_GetObjectItemCaseSensitive(user, "id"));
        /* Not valueint, which ends at INT_MAX. */
        sum->checksum += cJSON_IsNumber(type) ? (unsigned long)type->valuedouble : 0;
    }
    cJSON_Delete(root);
    return done;
}
