<?php
/*
 * A page that shows the active users of the account, for php-fpm and the like; see zoom_s2s_token.php. It needs nothing but
 * PHP, tries again with a better token, and answers 502 or 503 with a clean line when Zoom or its token fails. How a
 * program for the command line that has its own HTTP code by curl comes to the token: examples/php/after_file.php.
 */
require __DIR__ . '/zoom_s2s_token.php';

/** The HTTP status, 0 if there is none, and the answer, null if it is no JSON. */
function ask(string $url, #[\SensitiveParameter] string $header): array
{
    // A redirection is not followed: the token would travel along.
    $options = ['header' => $header, 'ignore_errors' => true, 'follow_location' => 0, 'timeout' => 30];
    $stream = @fopen($url, 'r', false, stream_context_create(['http' => $options]));
    if ($stream === false) {
        return [0, null];
    }
    preg_match('/^HTTP\S* (\d{3})/', stream_get_meta_data($stream)['wrapper_data'][0] ?? '', $line);
    return [(int) ($line[1] ?? 0), json_decode((string) @stream_get_contents($stream), true)];
}

/** The active users, all pages of them. */
function users(ZoomS2S\TokenFile $zoom): array
{
    [$users, $next] = [[], ''];
    do {
        $url = "$zoom->apiUrl/users?" . http_build_query(['page_size' => 300, 'next_page_token' => $next]);
        $header = $zoom->header();
        [$status, $answer] = ask($url, $header);
        if ($status === 401) {
            [$status, $answer] = ask($url, $zoom->rejectToken($header)->header());
        }
        $page = $answer['users'] ?? null;
        if ($status !== 200 || !is_array($page)) {
            $why = is_string($answer['message'] ?? null) ? $answer['message'] : 'not the JSON that was asked for';
            throw new RuntimeException("$zoom->apiUrl gave " . ($status ? "HTTP $status: $why" : 'no answer'));
        }
        array_push($users, ...array_values($page));
        [$last, $next] = [$next, $answer['next_page_token'] ?? ''];
        if ($next !== '' && ($next === $last || !is_string($next))) {
            throw new RuntimeException("$zoom->apiUrl does not come to an end of its pages");
        }
    } while ($next !== '');
    return $users;
}

header('Content-Type: text/plain; charset=utf-8');
try {
    $zoom = new ZoomS2S\TokenFile($_SERVER['ZOOM_TOKEN_FILE'] ?? '/run/zoom/token');
    foreach (users($zoom) as $user) {
        echo $user['email'] ?? '(no address)', "\n";
    }
} catch (ZoomS2S\TokenError | ValueError $error) {
    http_response_code(503);
    echo $error->getMessage(), "\n";
} catch (RuntimeException $error) {
    http_response_code(502);
    echo $error->getMessage(), "\n";
}
