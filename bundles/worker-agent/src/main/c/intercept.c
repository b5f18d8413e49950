#include "intercept.h"

#include "access.h"
#include "followed.h"
#include "handover.h"
#include "real.h"
#include "relay.h"
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

/* On a connection that lives on, which the master could not leave at the right byte and before the next request. */
static enum intercepted pass_on(int fd, uint16_t id, const struct params *params)
{
    int master = handover_ask(id, page_uri(params), params);
    enum relayed relayed = RELAYED_NOTHING;
    if (master >= 0) {
        relayed = relay_answer(master, fd);
        real()->close(master);
    }
    if (relayed == RELAYED_NOTHING) {
        reply_unavailable(&reply, id);
        return answer(fd);
    }
    return relayed == RELAYED_WHOLE ? INTERCEPT_ANSWERED : INTERCEPT_CUT;
}

enum page intercept_page(const struct params *params)
{
    const struct settings *settings = settings_now();
    const char *uri = settings->ping_path[0] == '\0' && settings->status_path[0] == '\0' ? NULL : page_uri(params);
    if (uri == NULL || *uri == '\0') {
        return PAGE_NONE;
    }
    if (strcmp(uri, settings->ping_path) == 0) {
        return settings->ping_response[0] != '\0' ? PAGE_OF_WORKER : PAGE_OF_MASTER;
    }
    return strcmp(uri, settings->status_path) == 0 ? PAGE_OF_MASTER : PAGE_NONE;
}

static enum intercepted leave_to_master(int fd, uint16_t id, const struct params *params, const uint8_t *rest,
                                        size_t rest_length)
{
    if (handover_send(fd, id, page_uri(params), params, rest, rest_length)) {
        access_answered_elsewhere(200);
        return INTERCEPT_HANDED_OVER;
    }
    reply_unavailable(&reply, id);
    return answer(fd);
}

enum intercepted intercept_request(int fd, enum page page, uint16_t request_id, const struct params *params,
                                   const uint8_t *rest, size_t rest_length, enum afterwards afterwards)
{
    int kept = errno;
    enum intercepted done;
    followed_unseen();
    if (page == PAGE_OF_WORKER) {
        reply_build(&reply, request_id, "Content-type: text/plain;charset=UTF-8\r\n" NEVER_CACHED,
                    is_head(params) ? "" : settings_now()->ping_response);
        done = answer(fd);
    } else if (afterwards == CONNECTION_LIVES_ON) {
        done = pass_on(fd, request_id, params);
    } else {
        done = leave_to_master(fd, request_id, params, rest, rest_length);
    }
    errno = kept;
    return done;
}
