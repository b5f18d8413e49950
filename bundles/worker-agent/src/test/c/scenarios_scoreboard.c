/* The scoreboard as workers see it: what they can write of it and what they cannot. */
#include "harness.h"
#include "scenarios.h"

#include <string.h>

/* Writes into its own memory as a script with a hole to write through would: "READ-ONLY PART,ITS OWN SLOT". */
static const char *const WRITE_MEMORY =
    "<?php $memory = fopen('/proc/self/mem', 'r+');"
    "foreach (file('/proc/self/maps') as $line) {"
    "  if (strpos($line, '.scoreboard') !== false) {"
    "    [$range, $access, $offset] = explode(' ', $line);"
    "    fseek($memory, hexdec(explode('-', $range)[0]) + 132);"
    "    printf('%s@%s:%s ', $access, $offset, @fwrite($memory, 'XXXX') === 4 ? 'written' : 'refused');"
    "  }"
    "}";

static void worker_can_write_its_slot_and_the_shared_pages_alone(void)
{
    struct pool pool;
    char text[1024];
    pool_boot_php(&pool, false);
    pool_fork(&pool, 2, false);
    int fd = client_connect(&pool);
    client_request(fd, pool_script(&pool, "memory.php", WRITE_MEMORY), "", "", false);
    EXPECT(client_response(fd, text, sizeof(text)), "an answer");
    const char *expected = "r--s@00000000:refused rw-s@00001000:written r--s@00004000:refused rw-s@00006000:written "
                           "r--s@00007000:refused ";
    EXPECT(strstr(text, expected) != NULL, "got \"%s\"", text);
    EXPECT(atomic_load(&pool.header->max_requests) == 0, "the settings are what they were");
    pool_end(&pool);
}

const struct scenario scoreboard_scenarios[] = {
    {"worker_can_write_its_slot_and_the_shared_pages_alone", worker_can_write_its_slot_and_the_shared_pages_alone},
    {0}};
