<?php
/* Shows who answers: reload, and the pid changes while opcache's count of hits goes on. */
$opcache = function_exists('opcache_get_status') ? opcache_get_status(false) : false;
$facts = [
    'worker' => getmypid(),
    'user' => function_exists('posix_geteuid') ? posix_getpwuid(posix_geteuid())['name'] : get_current_user(),
    'PHP' => PHP_VERSION . ' (' . PHP_SAPI . ')',
    'opcache hits' => $opcache ? $opcache['opcache_statistics']['hits'] : 'opcache is off',
    'front end' => $_SERVER['SERVER_SOFTWARE'],
];
?>
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>fpm4j</title>
<h1>Served by fpm4j</h1>
<table>
<?php foreach ($facts as $name => $value): ?>
  <tr><th><?= $name ?></th><td><?= htmlspecialchars((string) $value) ?></td></tr>
<?php endforeach ?>
</table>
</html>
