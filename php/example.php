<?php
// Prints the users of the account, one a line: php example.php [active|inactive|pending|all]
require __DIR__ . '/zoom_s2s.php';

try {
    $zoom = ZoomS2S\Client::fromEnv();
    foreach ($zoom->users($argv[1] ?? 'active') as $user) {
        echo $user['email'], "\t", $user['id'] ?? '(pending)', "\n";
    }
} catch (ZoomS2S\Error $error) {
    fwrite(STDERR, $error->getMessage() . "\n");
    exit(1);
}
