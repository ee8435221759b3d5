<?php
// A page that shows the users of the account, for php-fpm and the like; see zoom_s2s_token.php.
require __DIR__ . '/zoom_s2s_token.php';

$ask = function (string $header): array {
    $api = getenv('ZOOM_S2S_API_URL') ?: 'https://api.zoom.us/v2';
    $options = ['http' => ['header' => $header, 'ignore_errors' => true, 'timeout' => 30]];
    $body = file_get_contents("$api/users?page_size=300", false, stream_context_create($options));
    return [(int) explode(' ', $http_response_header[0])[1], json_decode($body, true)];
};

header('Content-Type: text/plain; charset=utf-8');
try {
    $zoom = new ZoomS2S\TokenFile($_SERVER['ZOOM_TOKEN_FILE'] ?? '/run/zoom/token');
    $header = $zoom->header();
    [$status, $answer] = $ask($header);
    if ($status === 401) {
        [$status, $answer] = $ask($zoom->rejectToken($header)->header());
    }
    $users = array_column($answer['users'] ?? [], 'email');
    echo $status === 200 ? implode("\n", $users) : "HTTP $status: {$answer['message']}", "\n";
} catch (ZoomS2S\TokenError $error) {
    http_response_code(503);
    echo $error->getMessage(), "\n";
}
