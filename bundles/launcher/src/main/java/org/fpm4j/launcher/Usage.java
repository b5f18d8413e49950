package org.fpm4j.launcher;

/** What {@code fpm4j help} and {@code fpm4j version} print. */
final class Usage {

  static final String TEXT =
      """
      Usage: fpm4j COMMAND [--run DIR] [options]

      The master
        run     [--etc DIR] [-y FILE] [-R]           run it in the foreground, log on standard error
                [--stop-timeout S]                   TERM lets requests finish for so long; a second
                                                     one, or without this any, ends them
        start   [--etc DIR] [-y FILE] [-R] [--timeout S]
                                                     run it in the background, wait until it is ready
        stop    [--graceful] [--timeout S]           TERM it, or QUIT: let requests finish; wait

      A running master
        status  [--json]                             what it runs
        pools, workers [POOL] [--json]               the pools; what each worker does
        stack   [--pool POOL] [PID] [--json]         where the workers' PHP code is now
        profile --pool POOL [--seconds N] [--hz N] [--out DIR]
                                                     sample it, draw a flame graph
        events  [POOL] [--json]                      what happens, until ctrl-C
        reload  [POOL]                               a new generation for one pool or all
        retire  POOL PID, kill POOL PID              end a worker after its request, or at once
        drain   POOL, resume POOL                    take no requests, let clients wait; go on
        set     POOL|--global KEY VALUE              change a directive in its file
        unset   POOL|--global KEY                    take a directive out of its file
        reread, reopen-logs, reset-maxima POOL
        request --pool NAME SCRIPT                   ask a worker for a page, as a web server does
        request --listen ADDRESS SCRIPT              the same, of any FastCGI program
                [--uri URI] [--method M] [--data TEXT|@FILE|-] [--timeout S]
                [--keep]                             leave the connection open until input ends
        ...                                          any other word is asked of the master

      Without a master
        check   [-tt] [-R] [-p PREFIX] [--etc DIR | -y FILE]
                                                     test a configuration, -tt: and show it all
        -t, -tt                                      the same as php-fpm spells it
        jmx-user NAME monitor|control [--etc DIR | --file FILE]
                                                     let a user in by remote JMX; the password is
                                                     asked for, or the first line of the input
        jmx-user --remove NAME                       let a user in no more
        archive                                      make the class archive that halves the start
        version, help

      --etc DIR  configuration directory, <installation>/etc unless said otherwise
      --run DIR  sockets, lock and scoreboards; /run/fpm4j for root, else $XDG_RUNTIME_DIR/fpm4j,
                 else /tmp/fpm4j-UID; made with mode 0700, refused if others own or may write to it
      -y FILE    a php-fpm.conf; without --etc nothing else configures the master
      -R         pools may run as root
      S          seconds, 60 unless said otherwise

      Environment: JAVA_HOME (else java on PATH, 17 or newer), FPM4J_JAVA_OPTS (for the master's JVM)

      Exit codes: 0 done, 1 failed, 3 no master runs there, 64 wrong command line,
        70 the master failed or cannot start, 78 wrong configuration
      """;

  private Usage() {}

  static String version() {
    return "fpm4j " + Usage.class.getPackage().getImplementationVersion() + "\n";
  }
}
