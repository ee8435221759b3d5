<?php
// Prints e-mail address and ID of every active user of a Zoom account.
declare(strict_types=1);
require __DIR__ . '/../../php/zoom_s2s.php';

function zoom_token(): string
{
    static $zoom = null;
    $zoom ??= ZoomS2S\Client::fromEnv();
    return $zoom->token()->value;
}

function zoom_get(string $path, array $query): array
{
    $domain = trim((string) getenv('ZOOM_S2S_CLOUD')) === 'government' ? 'zoomgov.com' : 'zoom.us';
    $api = getenv('ZOOM_S2S_API_URL') ?: "https://api.$domain/v2";
    $curl = curl_init($api . $path . '?' . http_build_query($query));
    curl_setopt_array($curl, [
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 30,
        CURLOPT_HTTPHEADER => ['Authorization: Bearer ' . zoom_token()],
    ]);
    $body = curl_exec($curl);
    $status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
    if ($body === false || $status !== 200) {
        throw new RuntimeException("GET $path: HTTP $status " . ($body ?: curl_error($curl)));
    }
    return json_decode($body, true, 512, JSON_THROW_ON_ERROR);
}

try {
    $next = '';
    do {
        $page = zoom_get('/users', ['page_size' => 300, 'next_page_token' => $next]);
        foreach ($page['users'] as $user) {
            echo $user['email'], "\t", $user['id'], "\n";
        }
        $next = $page['next_page_token'] ?? '';
    } while ($next !== '');
} catch (Exception $error) {
    fwrite(STDERR, $error->getMessage() . "\n");
    exit(1);
}
