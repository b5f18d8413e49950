#include "slot.h"

#include "agent.h"

#include <dlfcn.h>
#include <string.h>
#include <time.h>

static uint64_t request_start_ns;
static uint64_t last_cpu_ns;
static size_t (*memory_peak)(bool); /* PHP's, when the program is PHP */

/* The worker is the only writer, so a load and a store make an increment; no reader sees half of one. */
static void put(_Atomic uint64_t *field, uint64_t value)
{
    atomic_store_explicit(field, value, memory_order_relaxed);
}

static void add_one(_Atomic uint64_t *field)
{
    put(field, atomic_load_explicit(field, memory_order_relaxed) + 1);
}

static void set_stage(enum stage stage, uint64_t now)
{
    put(&agent.slot->stage_since_ns, now);
    atomic_store_explicit(&agent.slot->stage, stage, memory_order_release);
}

static void set_flag(enum connection_flag flag, bool on)
{
    uint32_t flags = atomic_load_explicit(&agent.slot->flags, memory_order_relaxed);
    flags = on ? flags | flag : flags & ~(uint32_t)flag;
    atomic_store_explicit(&agent.slot->flags, flags, memory_order_relaxed);
}

static void put_text(const struct request_text *text)
{
    struct scoreboard_slot *slot = agent.slot;
    uint32_t seq = atomic_load_explicit(&slot->text_seq, memory_order_relaxed) | 1;
    atomic_store_explicit(&slot->text_seq, seq, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    memcpy(slot->method, text->method, sizeof(slot->method));
    memcpy(slot->uri, text->uri, sizeof(slot->uri));
    memcpy(slot->query, text->query, sizeof(slot->query));
    memcpy(slot->script, text->script, sizeof(slot->script));
    memcpy(slot->user, text->user, sizeof(slot->user));
    put(&slot->content_length, text->content_length);
    atomic_store_explicit(&slot->text_seq, seq + 1, memory_order_release);
}

void slot_start(uint64_t start_ns)
{
    static const struct request_text none;
    struct scoreboard_slot *slot = agent.slot;
    *(void **)&memory_peak = dlsym(RTLD_DEFAULT, "zend_memory_peak_usage");
    request_start_ns = 0;
    last_cpu_ns = 0;
    set_stage(STAGE_ACCEPTING, start_ns);
    atomic_store_explicit(&slot->flags, 0, memory_order_relaxed);
    put(&slot->start_ns, start_ns);
    put(&slot->accepted, 0);
    put(&slot->requests, 0);
    put(&slot->request_start_ns, 0);
    put(&slot->last_duration_ns, 0);
    put(&slot->last_cpu_ns, 0);
    put(&slot->last_memory_bytes, 0);
    put_text(&none);
    atomic_store_explicit(&slot->pid, agent.pid, memory_order_release);
}

void slot_accepting(uint64_t now)
{
    if (agent.slot != NULL) {
        set_stage(STAGE_ACCEPTING, now);
    }
}

static void begin(uint64_t now)
{
    request_start_ns = now;
    put(&agent.slot->request_start_ns, now);
    add_one(&agent.slot->accepted);
    add_one(&agent.slot->total_accepted);
    set_stage(STAGE_READING_HEADERS, now);
}

void slot_connected(uint64_t now)
{
    if (agent.slot != NULL) {
        add_one(&agent.slot->connections);
        begin(now);
    }
}

void slot_request_began(uint64_t now)
{
    if (agent.slot != NULL) {
        set_flag(FLAG_KEPT_ALIVE_IDLE, false);
        begin(now);
    }
}

void slot_info(const struct request_text *text)
{
    if (agent.slot != NULL) {
        put_text(text);
        atomic_store_explicit(&agent.slot->stage, STAGE_INFO, memory_order_release);
    }
}

void slot_executing(uint64_t now)
{
    if (agent.slot != NULL) {
        set_stage(STAGE_EXECUTING, now);
    }
}

/* Log-linear: exact to 63 us, then 32 buckets per power of two. */
static uint32_t bucket_of(uint64_t us)
{
    if (us < 64) {
        return (uint32_t)us;
    }
    uint32_t log = 63 - (uint32_t)__builtin_clzll(us);
    uint32_t bucket = 64 + (log - 6) * 32 + (uint32_t)(us >> (log - 5) & 31);
    return bucket < DURATION_BUCKETS ? bucket : DURATION_BUCKETS - 1;
}

void slot_finished(uint64_t now)
{
    struct scoreboard_slot *slot = agent.slot;
    if (slot == NULL) {
        return;
    }
    struct timespec cpu;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    uint64_t cpu_ns = (uint64_t)cpu.tv_sec * 1000000000u + (uint64_t)cpu.tv_nsec;
    uint64_t duration = now - request_start_ns;
    put(&slot->last_duration_ns, duration);
    put(&slot->last_cpu_ns, cpu_ns - last_cpu_ns);
    put(&slot->last_memory_bytes, memory_peak != NULL ? memory_peak(true) : 0);
    put(&slot->total_duration_us,
        atomic_load_explicit(&slot->total_duration_us, memory_order_relaxed) + duration / 1000);
    put(&slot->last_finish_ns, now);
    add_one(&slot->requests);
    add_one(&slot->total_requests);
    atomic_fetch_add_explicit(&shared_pages()->duration_counts[bucket_of(duration / 1000)], 1, memory_order_relaxed);
    last_cpu_ns = cpu_ns;
    set_stage(STAGE_FINISHED, now);
}

void slot_kept_alive_idle(bool idle, uint64_t now)
{
    if (agent.slot != NULL) {
        set_flag(FLAG_KEPT_ALIVE_IDLE, idle);
        set_stage(STAGE_READING_HEADERS, now);
    }
}

void slot_retiring(void)
{
    if (agent.slot != NULL) {
        set_flag(FLAG_RETIRING, true);
    }
}
