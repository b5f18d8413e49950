#include "agent.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * The kernel shows the memory in which it put argv and the environment. We overwrite it, so first the strings move:
 * into one block in the same order, because programs that set their own title (Perl's $0) look for adjacent strings.
 * Only the pointers in the argv and envp arrays change, the arrays stay where main() will be told they are.
 */
static char *area;
static size_t area_bytes;

void title_adopt_area(int argc, char **argv, char **envp)
{
    if (argc < 1 || argv[0] == NULL) {
        return;
    }
    char *end = argv[0];
    for (int i = 0; i < argc && argv[i] == end; i++) {
        end += strlen(end) + 1;
    }
    for (int i = 0; envp[i] != NULL; i++) {
        if (envp[i] == end) {
            end += strlen(end) + 1;
        }
    }
    size_t bytes = (size_t)(end - argv[0]);
    char *copy = malloc(bytes);
    if (copy == NULL) {
        return;
    }
    char *first = argv[0];
    memcpy(copy, first, bytes);
    for (int i = 0; i < argc; i++) {
        if (argv[i] >= first && argv[i] < end) {
            argv[i] = copy + (argv[i] - first);
        }
    }
    for (int i = 0; envp[i] != NULL; i++) {
        if (envp[i] >= first && envp[i] < end) {
            envp[i] = copy + (envp[i] - first);
        }
    }
    if (program_invocation_name >= first && program_invocation_name < end) {
        program_invocation_name = copy + (program_invocation_name - first);
    }
    if (program_invocation_short_name >= first && program_invocation_short_name < end) {
        program_invocation_short_name = copy + (program_invocation_short_name - first);
    }
    area = first;
    area_bytes = bytes;
}

void title_set(const char *title)
{
    if (area == NULL || title[0] == '\0') {
        return;
    }
    size_t length = strlen(title);
    if (length > area_bytes - 1) {
        length = area_bytes - 1;
    }
    memcpy(area, title, length);
    memset(area + length, 0, area_bytes - length);
}
