#include "params.h"

#include <string.h>

void params_reset(struct params *params)
{
    struct wishes *wishes = params->wishes;
    memset(params, 0, sizeof(*params));
    params->wishes = wishes;
}

#define WANTED_NAME_MAX 18

static struct ini_text php_value, php_admin_value;
static struct script_params script;

const struct script_params *params_script(void)
{
    return &script;
}

const struct ini_text *params_php_value(const struct params *params)
{
    if (!params->has_value) {
        php_value.length = 0;
    }
    return &php_value;
}

const struct ini_text *params_php_admin_value(const struct params *params)
{
    if (!params->has_admin_value) {
        php_admin_value.length = 0;
    }
    return &php_admin_value;
}

struct wanted {
    uint8_t length;
    char name[WANTED_NAME_MAX + 1];
    uint16_t sent; /* of enum sent_param, 0: nobody asks */
    uint16_t offset;
    uint16_t size; /* 0: a path of the script, which lies outside */
};

#define INTO(field) offsetof(struct params, field), sizeof(((struct params *)0)->field)

static const struct wanted wanted[] = {
    {14, "REQUEST_METHOD", SENT_METHOD, INTO(text.method)},
    {11, "SCRIPT_NAME", SENT_SCRIPT_NAME, INTO(text.uri)},
    {11, "REQUEST_URI", 0, INTO(request_uri)},
    {12, "QUERY_STRING", 0, INTO(text.query)},
    {15, "SCRIPT_FILENAME", SENT_SCRIPT_FILENAME, 0, 0},
    {11, "REMOTE_USER", 0, INTO(text.user)},
    {18, "HTTP_AUTHORIZATION", 0, INTO(authorization)},
    {14, "CONTENT_LENGTH", 0, INTO(content_length)},
    {15, "PATH_TRANSLATED", SENT_PATH_TRANSLATED, 0, 0},
    {12, "REDIRECT_URL", SENT_REDIRECT_URL, INTO(redirect_url)},
    {9, "PATH_INFO", SENT_PATH_INFO, INTO(path_info)},
};

static bool is_name(const struct params *params, const char *name)
{
    return params->name_length == strlen(name) && memcmp(params->name, name, params->name_length) == 0;
}

static void take_ini_text(struct params *params, struct ini_text *text)
{
    memset(text, 0, sizeof(*text));
    text->length = params->value_length;
    params->target = text->bytes;
    params->target_size = sizeof(text->bytes);
}

/* Thousands of bytes, so only what is sent is written; take_value() ends the text. */
static void take_script_path(struct params *params, char *path)
{
    path[0] = '\0';
    params->target = path;
    params->target_size = SCRIPT_PATH_BYTES;
}

static void take_wanted(struct params *params, const struct wanted *one)
{
    params->sent |= one->sent;
    if (one->sent == SENT_SCRIPT_FILENAME) {
        take_script_path(params, script.filename);
        return;
    }
    if (one->sent == SENT_PATH_TRANSLATED) {
        take_script_path(params, script.translated);
        return;
    }
    if (one->sent == SENT_SCRIPT_NAME) {
        params->script_name_length = params->value_length;
    }
    params->target = (char *)params + one->offset;
    params->target_size = one->size;
    memset(params->target, 0, params->target_size);
}

/* Finds where the value of the name just read goes. A name sent twice: the last one counts, as in PHP. */
static void choose_target(struct params *params)
{
    params->target = NULL;
    params->wish = params->wishes == NULL || params->name_length > PARAM_NAME_MAX
                       ? NULL
                       : wishes_find(params->wishes, params->name, params->name_length);
    if (params->wish != NULL) {
        wish_begin(params->wishes, params->wish);
    }
    if (params->name_length < 9 || params->name_length > WANTED_NAME_MAX) {
        return;
    }
    if (is_name(params, "PHP_VALUE")) {
        params->has_value = true;
        take_ini_text(params, &php_value);
        return;
    }
    if (is_name(params, "PHP_ADMIN_VALUE")) {
        params->has_admin_value = true;
        take_ini_text(params, &php_admin_value);
        return;
    }
    char last = params->name[params->name_length - 1]; /* many names have one length, few end alike too */
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        if (wanted[i].length == params->name_length && wanted[i].name[params->name_length - 1] == last
            && memcmp(wanted[i].name, params->name, params->name_length) == 0) {
            take_wanted(params, &wanted[i]);
            return;
        }
    }
}

/* Takes bytes of a length: one, or four when the first has its high bit set. Returns how many were taken. */
static size_t take_length(struct params *params, const uint8_t *bytes, size_t length, uint32_t *value)
{
    size_t at = 0;
    if (params->taken == 0 && length > 0 && bytes[0] < 0x80) {
        *value = bytes[0];
        params->phase++;
        return 1;
    }
    while (at < length) {
        params->length_bytes[params->taken++] = bytes[at++];
        const uint8_t *b = params->length_bytes;
        if (params->taken == sizeof(params->length_bytes)) {
            *value = (uint32_t)(b[0] & 0x7f) << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
            params->taken = 0;
            params->phase++;
            break;
        }
    }
    return at;
}

static size_t take_name(struct params *params, const uint8_t *bytes, size_t length)
{
    size_t step = params->name_length - params->taken;
    step = step < length ? step : length;
    if (params->name_length <= PARAM_NAME_MAX) {
        memcpy(params->name + params->taken, bytes, step);
    }
    params->taken += (uint32_t)step;
    if (params->taken == params->name_length) {
        choose_target(params);
        params->taken = 0;
        params->phase = PARAM_VALUE;
    }
    return step;
}

static size_t take_value(struct params *params, const uint8_t *bytes, size_t length)
{
    size_t step = params->value_length - params->taken;
    step = step < length ? step : length;
    if (params->target != NULL && params->taken < params->target_size - 1) {
        size_t room = params->target_size - 1 - params->taken;
        size_t kept = step < room ? step : room;
        memcpy(params->target + params->taken, bytes, kept);
        params->target[params->taken + kept] = '\0';
    }
    if (params->wish != NULL) {
        wish_add(params->wishes, params->wish, bytes, step);
    }
    params->taken += (uint32_t)step;
    if (params->taken == params->value_length) {
        params->taken = 0;
        params->phase = PARAM_NAME_LENGTH;
    }
    return step;
}

void params_feed(struct params *params, const uint8_t *bytes, size_t length)
{
    size_t at = 0;
    for (;;) {
        switch (params->phase) {
        case PARAM_NAME_LENGTH:
            if (at == length) {
                return;
            }
            at += take_length(params, bytes + at, length - at, &params->name_length);
            break;
        case PARAM_VALUE_LENGTH:
            if (at == length) {
                return;
            }
            at += take_length(params, bytes + at, length - at, &params->value_length);
            break;
        case PARAM_NAME: /* may be empty, and then ends without a byte */
            at += take_name(params, bytes + at, length - at);
            if (params->phase == PARAM_NAME) {
                return;
            }
            break;
        case PARAM_VALUE:
            at += take_value(params, bytes + at, length - at);
            if (params->phase == PARAM_VALUE) {
                return;
            }
            break;
        }
    }
}

static int base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* The user of "Basic <base64 of user:password>" (RFC 7617). The password is never stored. */
static void take_basic_user(const char *authorization, char *user)
{
    static const char scheme[6] = {'b', 'a', 's', 'i', 'c', ' '};
    for (size_t i = 0; i < sizeof(scheme); i++) {
        if ((authorization[i] | (i < 5 ? 0x20 : 0)) != scheme[i]) {
            return;
        }
    }
    uint32_t bits = 0;
    int have = 0;
    size_t written = 0;
    for (const char *p = authorization + sizeof(scheme); *p != '\0' && written < USER_BYTES - 1; p++) {
        int digit = base64_digit(*p);
        if (digit < 0) {
            break;
        }
        bits = bits << 6 | (uint32_t)digit;
        have += 6;
        if (have >= 8) {
            have -= 8;
            char c = (char)(bits >> have & 0xff);
            if (c == ':') {
                return;
            }
            user[written++] = c;
        }
    }
    if (written < USER_BYTES - 1) {
        memset(user, 0, USER_BYTES); /* no colon: not a user, as in PHP */
    }
}

void params_finish(struct params *params)
{
    struct request_text *text = &params->text;
    if (params_sent(params, SENT_SCRIPT_FILENAME)) {
        memcpy(text->script, script.filename, strnlen(script.filename, sizeof(text->script) - 1));
    }
    if (text->uri[0] == '\0') {
        memcpy(text->uri, params->request_uri, sizeof(text->uri));
        char *query = memchr(text->uri, '?', sizeof(text->uri));
        if (query != NULL) {
            memset(query, 0, (size_t)(text->uri + sizeof(text->uri) - query));
        }
    }
    if (text->user[0] == '\0') {
        take_basic_user(params->authorization, text->user);
    }
    memset(params->authorization, 0, sizeof(params->authorization));
    text->content_length = 0;
    for (const char *p = params->content_length; *p >= '0' && *p <= '9' && p < params->content_length + 18; p++) {
        text->content_length = text->content_length * 10 + (uint64_t)(*p - '0');
    }
}
