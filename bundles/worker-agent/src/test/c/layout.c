/* Prints what the agent compiles: every packet's type and length, every offset of the scoreboard. */
#include "../../main/c/control.h"
#include "../../main/c/scoreboard.h"

#include <stdio.h>

#define PACKET(name, type) printf("packet %s %d %zu\n", #name, CONTROL_##name, sizeof(struct type))
#define FIELD(part, name) printf("%s %s %zu\n", #part, #name, offsetof(struct scoreboard_##part, name))

int main(void)
{
    PACKET(HELLO, control_hello);
    PACKET(READY, control_head);
    PACKET(WORKER, control_worker);
    PACKET(EXITED, control_exited);
    PACKET(FORK_FAILED, control_fork_failed);
    PACKET(FDS, control_fds);
    PACKET(FAILED, control_failed);
    PACKET(STOPPED, control_head);
    PACKET(SPAWN, control_spawn);
    PACKET(STOP, control_head);
    PACKET(HANDOVER, control_head);
    PACKET(SIGNAL, control_signal);
    PACKET(DISOWN, control_disown);
    FIELD(header, magic);
    FIELD(header, version);
    FIELD(header, header_bytes);
    FIELD(header, slot_bytes);
    FIELD(header, slots);
    FIELD(header, length);
    FIELD(header, generation);
    FIELD(header, zygote_pid);
    FIELD(header, created_ns);
    FIELD(header, created_epoch_ms);
    FIELD(header, pool);
    FIELD(header, settings_seq);
    FIELD(header, max_requests);
    FIELD(header, keep_idle_ms);
    FIELD(header, allowed_count);
    FIELD(header, max_requests_jitter);
    FIELD(header, allowed_clients);
    FIELD(header, status_path);
    FIELD(header, ping_path);
    FIELD(header, ping_response);
    FIELD(header, access_log);
    FIELD(header, access_names);
    FIELD(header, max_worker_memory);
    FIELD(shared, last_yield_ns);
    FIELD(shared, duration_counts);
    FIELD(slot, stage);
    FIELD(slot, pid);
    FIELD(slot, text_seq);
    FIELD(slot, flags);
    FIELD(slot, start_ns);
    FIELD(slot, stage_since_ns);
    FIELD(slot, accepted);
    FIELD(slot, requests);
    FIELD(slot, request_start_ns);
    FIELD(slot, last_duration_ns);
    FIELD(slot, content_length);
    FIELD(slot, last_cpu_ns);
    FIELD(slot, last_memory_bytes);
    FIELD(slot, total_accepted);
    FIELD(slot, total_requests);
    FIELD(slot, connections);
    FIELD(slot, last_finish_ns);
    FIELD(slot, retire);
    FIELD(slot, method);
    FIELD(slot, uri);
    FIELD(slot, query);
    FIELD(slot, script);
    FIELD(slot, user);
    FIELD(slot, access_dropped);
    FIELD(slot, total_duration_us);
    return 0;
}
