<?php
// Prints e-mail address and ID of every active user of a Zoom account.
declare(strict_types=1);
require __DIR__ . '/../../php/zoom_s2s.php';

try {
    foreach (ZoomS2S\Client::fromEnv()->users() as $user) {
        echo $user['email'], "\t", $user['id'], "\n";
    }
} catch (ZoomS2S\Error $error) {
    fwrite(STDERR, $error->getMessage() . "\n");
    exit(1);
}
