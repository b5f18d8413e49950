<?php
// About 0.5 ms of what pages do: arrays, JSON, regular expressions.
$rows = [];
for ($i = 0; $i < 150; $i++) {
    $rows[] = ['id' => $i, 'name' => "name $i", 'tags' => ['a' . $i % 7, 'b' . $i % 5], 'price' => $i * 1.1];
}
usort($rows, fn ($a, $b) => $b['price'] <=> $a['price']);
$json = json_encode($rows);
$back = json_decode($json, true);
$found = 0;
foreach ($back as $row) {
    $found += preg_match('/^name (\d+)$/', $row['name'], $match) ? (int) $match[1] : 0;
}
echo preg_replace_callback('/[aeiou]/', fn ($m) => strtoupper($m[0]), substr($json, 0, 2000)), $found, "\n";
