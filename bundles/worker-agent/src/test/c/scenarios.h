/* The scenarios, each a claim about the agent; a scenario that returns has held. */
#ifndef FPM4J_SCENARIOS_H
#define FPM4J_SCENARIOS_H

struct scenario {
    const char *claim;
    void (*run)(void);
};

extern const struct scenario life_scenarios[], request_scenarios[], keep_alive_scenarios[], setup_scenarios[],
    access_scenarios[], scoreboard_scenarios[], intercept_scenarios[], relay_scenarios[];

#endif
