<?php
// Takes the milliseconds of the query string by the clock. A signal may cut a usleep() short: with
// one long sleep an interrupted request would look like one that was served.
$end = microtime(true) + (int) $_SERVER['QUERY_STRING'] / 1000;
while (($left = $end - microtime(true)) > 0) {
    usleep((int) min(10000, $left * 1e6 + 1));
}
echo "done\n";
