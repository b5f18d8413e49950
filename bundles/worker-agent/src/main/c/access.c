#include "access.h"

#include "agent.h"
#include "answer.h"
#include "followed.h"
#include "real.h"
#include "settings.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

_Static_assert(ACCESS_RECORD_BYTES <= PIPE_BUF, "a longer write may be torn");
_Static_assert(sizeof(struct access_record) + METHOD_BYTES + URI_BYTES + QUERY_BYTES + SCRIPT_BYTES + USER_BYTES
                       + ACCESS_NAMES_BYTES + 2 * (WISHES_MAX * sizeof(struct access_value) + WISH_VALUE_BYTES)
                   <= ACCESS_RECORD_BYTES,
               "the longest record");

bool access_on;

static uint8_t client[16];
static char names[ACCESS_NAMES_BYTES];
static uint32_t names_seq = 1; /* of the settings the names are from; odd: none */
static struct wishes asked, told;
static struct answer answer;
static size_t rewritten; /* bytes already scanned that the program must write again */
static bool wants_cpu;
static uint64_t begin_user_us, begin_system_us;

bool access_create_pipe(void)
{
    int ends[2];
    return pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0 && descriptor_keep(FD_ACCESS_READ, ends[0]) >= 0
           && descriptor_keep(FD_ACCESS, ends[1]) >= 0;
}

void access_note_peer(const struct sockaddr_storage *peer)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    memset(client, 0, sizeof(client));
    if (peer->ss_family == AF_INET6) {
        memcpy(client, &((const struct sockaddr_in6 *)peer)->sin6_addr, sizeof(client));
    } else if (peer->ss_family == AF_INET) {
        memcpy(client, mapped, sizeof(mapped));
        memcpy(client + sizeof(mapped), &((const struct sockaddr_in *)peer)->sin_addr, 4);
    }
}

static void wish_for(struct wishes *wishes, const char *name, size_t length)
{
    if (length > 0 && length <= UINT8_MAX && wishes->count < WISHES_MAX) {
        wishes->wish[wishes->count++] = (struct wish){.name = name, .name_length = (uint8_t)length};
    }
}

/* The list is read as what it is: bytes of a file others can write. */
static void take_names(const struct settings *settings)
{
    memcpy(names, settings->access_names, sizeof(names));
    names_seq = settings->seq;
    asked.count = told.count = 0;
    const char *end = names + sizeof(names);
    for (const char *p = names; p < end && *p != '\0';) {
        const char *name = p + 1;
        const char *stop = memchr(name, '\0', (size_t)(end - name));
        if (stop == NULL) {
            break;
        }
        wish_for(*p == 'e' ? &asked : &told, name, (size_t)(stop - name));
        p = stop + 1;
    }
}

static uint64_t micros(struct timeval time)
{
    return (uint64_t)time.tv_sec * 1000000u + (uint64_t)time.tv_usec;
}

static void cpu_now(uint64_t *user_us, uint64_t *system_us)
{
    struct rusage self, children;
    getrusage(RUSAGE_SELF, &self);
    getrusage(RUSAGE_CHILDREN, &children);
    *user_us = micros(self.ru_utime) + micros(children.ru_utime);
    *system_us = micros(self.ru_stime) + micros(children.ru_stime);
}

void access_begin(void)
{
    const struct settings *settings = settings_now();
    access_on = (settings->access_log & ACCESS_LOG_ON) != 0 && agent.slot != NULL && agent.fds[FD_ACCESS] >= 0;
    followed.scan.params.wishes = access_on ? &asked : NULL;
    if (!access_on) {
        return;
    }
    if (names_seq != settings->seq) {
        take_names(settings);
    }
    wishes_reset(&asked);
    answer_reset(&answer, &told);
    rewritten = 0;
    wants_cpu = (settings->access_log & ACCESS_LOG_CPU) != 0;
    if (wants_cpu) {
        cpu_now(&begin_user_us, &begin_system_us);
    }
}

void access_answering(const void *bytes, size_t length)
{
    if (answer.complete || bytes == NULL) {
        return;
    }
    size_t again = rewritten < length ? rewritten : length;
    rewritten -= again;
    answer_feed(&answer, (const uint8_t *)bytes + again, length - again);
}

void access_answered(size_t length, ssize_t written)
{
    rewritten += written < 0 ? length : length - (size_t)written;
}

void access_answered_elsewhere(uint32_t status)
{
    answer.status = status;
    answer.complete = true;
}

static char *put(char *into, const void *bytes, size_t length)
{
    memcpy(into, bytes, length);
    return into + length;
}

static char *put_values(char *into, uint8_t kind, const struct wishes *wishes, uint16_t *count)
{
    for (unsigned i = 0; i < wishes->count; i++) {
        const struct wish *wish = &wishes->wish[i];
        if (wish->found) {
            struct access_value head = {kind, wish->name_length, wish->length};
            into = put(into, &head, sizeof(head));
            into = put(into, wish->name, wish->name_length);
            into = put(into, wishes->values + wish->at, wish->length);
            (*count)++;
        }
    }
    return into;
}

static void count_dropped(void)
{
    _Atomic uint64_t *dropped = &agent.slot->access_dropped;
    atomic_store_explicit(dropped, atomic_load_explicit(dropped, memory_order_relaxed) + 1, memory_order_relaxed);
}

void access_finish(void)
{
    static char bytes[ACCESS_RECORD_BYTES];
    const struct request_text *text = &followed.scan.params.text;
    struct timespec wall;
    if (!access_on || agent.slot == NULL) {
        return;
    }
    clock_gettime(CLOCK_REALTIME, &wall);
    struct access_record record = {
        .version = ACCESS_VERSION,
        .pid = agent.pid,
        .status = answer.status,
        .finish_us = (uint64_t)wall.tv_sec * 1000000u + (uint64_t)wall.tv_nsec / 1000,
        .duration_ns = atomic_load_explicit(&agent.slot->last_duration_ns, memory_order_relaxed),
        .memory_bytes = atomic_load_explicit(&agent.slot->last_memory_bytes, memory_order_relaxed),
        .content_length = text->content_length,
        .method_bytes = (uint16_t)strnlen(text->method, sizeof(text->method)),
        .uri_bytes = (uint16_t)strnlen(text->uri, sizeof(text->uri)),
        .query_bytes = (uint16_t)strnlen(text->query, sizeof(text->query)),
        .script_bytes = (uint16_t)strnlen(text->script, sizeof(text->script)),
        .user_bytes = (uint16_t)strnlen(text->user, sizeof(text->user))};
    memcpy(record.client, client, sizeof(client));
    if (wants_cpu) {
        cpu_now(&record.user_us, &record.system_us);
        record.user_us -= begin_user_us;
        record.system_us -= begin_system_us;
    }
    char *end = bytes + sizeof(record);
    end = put(end, text->method, record.method_bytes);
    end = put(end, text->uri, record.uri_bytes);
    end = put(end, text->query, record.query_bytes);
    end = put(end, text->script, record.script_bytes);
    end = put(end, text->user, record.user_bytes);
    end = put_values(end, 'e', &asked, &record.values);
    end = put_values(end, 'o', &told, &record.values);
    record.length = (uint32_t)(end - bytes);
    memcpy(bytes, &record, sizeof(record));
    int kept = errno;
    if (real()->write(agent.fds[FD_ACCESS], bytes, record.length) < 0) {
        count_dropped(); /* nobody reads, and the pipe is full */
    }
    errno = kept;
}
