/* driver: lists the scenarios; driver CLAIM: runs one. Status 0 held, 1 failed, 77 cannot run here. */
#include "harness.h"
#include "scenarios.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    const struct scenario *const groups[] = {life_scenarios, request_scenarios, keep_alive_scenarios, setup_scenarios,
                                             access_scenarios, scoreboard_scenarios, intercept_scenarios,
                                             relay_scenarios};
    sigset_t none;
    for (int signo = 1; signo < SIGRTMIN; signo++) {
        signal(signo, SIG_DFL); /* what a shell, nohup or a JVM ignores or blocks, programs would inherit */
    }
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setpgid(0, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        for (const struct scenario *s = groups[i]; s->claim != NULL; s++) {
            if (argc == 1) {
                printf("%s\n", s->claim);
            } else if (strcmp(argv[1], s->claim) == 0) {
                s->run();
                return 0;
            }
        }
    }
    return argc == 1 ? 0 : 2;
}
