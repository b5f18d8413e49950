#include "intercept.h"

#include "access.h"
#include "handover.h"
#include "real.h"
#include "reply.h"
#include "script.h"
#include "settings.h"

#include <errno.h>
#include <string.h>

#define NEVER_CACHED                                                                                                   \
    "Expires: Thu, 01 Jan 1970 00:00:00 GMT\r\n"                                                                       \
    "Cache-Control: no-cache, no-store, must-revalidate, max-age=0\r\n\r\n"

static struct reply reply;

static bool is_head(const struct params *params)
{
    return strcmp(params->text.method, "HEAD") == 0;
}

/* What php-fpm compares with its paths; NULL if it does not come to that, or if the text was cut. */
static const char *page_uri(const struct params *params)
{
    bool file = params_sent(params, SENT_SCRIPT_FILENAME), translated = params_sent(params, SENT_PATH_TRANSLATED);
    if (!params_sent(params, SENT_METHOD) || (!file && !translated)) {
        return NULL;
    }
    if (!script_fixes_path_info() && params_sent(params, SENT_PATH_INFO)) {
        return params->path_info;
    }
    if (script_fixes_path_info() && file && translated && params_sent(params, SENT_REDIRECT_URL)
        && strcmp(params_script()->filename, params_script()->translated) != 0) {
        return params->redirect_url;
    }
    return params_sent(params, SENT_SCRIPT_NAME) && params->script_name_length < URI_BYTES ? params->text.uri : NULL;
}

static enum intercepted answer(int fd)
{
    if (access_on) {
        access_answering(reply.bytes, reply.length);
    }
    reply_send(&reply, fd, true); /* a client that has gone is noticed by whoever reads next */
    return INTERCEPT_ANSWERED;
}

static enum intercepted ping(int fd, uint16_t id, const struct params *params, const char *response)
{
    reply_build(&reply, id, "Content-type: text/plain;charset=UTF-8\r\n" NEVER_CACHED,
                is_head(params) ? "" : response);
    return answer(fd);
}

static enum intercepted decide(int fd, uint16_t id, const struct params *params, const uint8_t *rest,
                               size_t rest_length)
{
    const struct settings *settings = settings_now();
    const char *uri = settings->ping_path[0] == '\0' && settings->status_path[0] == '\0' ? NULL : page_uri(params);
    bool wants_ping = uri != NULL && *uri != '\0' && strcmp(uri, settings->ping_path) == 0;
    if (wants_ping && settings->ping_response[0] != '\0') {
        return ping(fd, id, params, settings->ping_response);
    }
    if (wants_ping || (uri != NULL && *uri != '\0' && strcmp(uri, settings->status_path) == 0)) {
        if (handover_send(fd, id, uri, params, rest, rest_length)) {
            access_answered_elsewhere(200);
            return INTERCEPT_HANDED_OVER;
        }
        reply_unavailable(&reply, id);
        return answer(fd);
    }
    return INTERCEPT_NOT;
}

enum intercepted intercept_request(int fd, uint16_t request_id, const struct params *params, const uint8_t *rest,
                                   size_t rest_length)
{
    int kept = errno;
    enum intercepted done = decide(fd, request_id, params, rest, rest_length);
    errno = kept;
    return done;
}
