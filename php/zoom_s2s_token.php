<?php
/*
 * Zoom's access token for PHP in web servers, where FFI and exec are usually off. Copy this file into your project:
 *
 *     require 'zoom_s2s_token.php';
 *     $zoom = new ZoomS2S\TokenFile('/run/zoom/token');
 *     curl_setopt($curl, CURLOPT_HTTPHEADER, [$zoom->header()]);             // Authorization: Bearer …
 *
 * It reads the file in which the command zoom-s2s keeps the token; neither the client secret nor the way to a token
 * is known here. Cron runs the command each minute, as a user who owns the file, and PHP is in the group:
 *
 *     # /etc/cron.d/zoom-token, and /run/zoom made by: install -d -o zoom -g www-data -m 0750 /run/zoom
 *     ZOOM_S2S_TOKEN_STORE=file:/run/zoom/token?mode=0640&group=www-data
 *     ZOOM_ACCOUNT_ID=…
 *     ZOOM_CLIENT_ID=…
 *     ZOOM_CLIENT_SECRET_FILE=/etc/zoom/secret
 *     * * * * *  zoom  zoom-s2s token > /dev/null
 *
 * That asks Zoom about once an hour. Where something else may end a token before its time, such as another program
 * with the same credentials, have cron try the token by listing users: `zoom-s2s users > /dev/null` in place of
 * `zoom-s2s token` replaces one that Zoom refuses.
 *
 * When Zoom refuses a request of yours (HTTP 401), say so, and try once more; without a better token it throws:
 *
 *     if ($status === 401) $header = $zoom->rejectToken($header)->header();
 *
 * The account and the client are those of ZOOM_ACCOUNT_ID and ZOOM_CLIENT_ID, if not given; in Zoom for Government set
 * ZOOM_S2S_CLOUD=government, here as for cron. php-fpm passes variables on only with env[ZOOM_ACCOUNT_ID] = … in its
 * pool's configuration. example_page.php is a whole page. For PHP 8.1 or newer; no extension is needed.
 */

namespace ZoomS2S;

/** There is no token that would do; the message says why and what helps. */
final class TokenError extends \RuntimeException {}

final class TokenFile
{
    /** Where requests go, such as https://api.zoom.us/v2. */
    public readonly string $apiUrl;
    private string $key;
    private string $rejected = '';

    /** $oauthUrl is that of the cloud, if not given: https://zoom.us, or https://zoomgov.com. */
    public function __construct(
        private string $file, ?string $accountId = null, ?string $clientId = null, ?string $oauthUrl = null,
    ) {
        $accountId = self::setting('ZOOM_ACCOUNT_ID', $accountId);
        $clientId = self::setting('ZOOM_CLIENT_ID', $clientId);
        $domain = match (self::setting('ZOOM_S2S_CLOUD', null, 'commercial')) {
            'commercial' => 'zoom.us',
            'government' => 'zoomgov.com',
            default => throw new \ValueError('ZoomS2S: ZOOM_S2S_CLOUD is neither commercial nor government'),
        };
        $oauthUrl = rtrim(self::setting('ZOOM_S2S_OAUTH_URL', $oauthUrl, "https://$domain"), '/');
        $domain = $oauthUrl === 'https://zoomgov.com' ? 'zoomgov.com' : $domain;
        $this->apiUrl = rtrim(self::setting('ZOOM_S2S_API_URL', null, "https://api.$domain/v2"), '/');
        $this->key = hash('sha256', "$oauthUrl\n$accountId\n$clientId\n");
    }

    /** The token. Ask for it before each request: the file is read again. */
    public function token(): string
    {
        $text = @file_get_contents($this->file);
        if ($text === false) {
            throw $this->error(file_exists($this->file)
                ? 'PHP may not read it: its group must be one of this user\'s (?mode=0640&group=…)'
                : 'it is not there: is it made by cron, and may PHP enter its directory (also open_basedir)?');
        }
        $store = json_decode($text, true);
        if (!is_array($store) || ($store['version'] ?? null) !== 1 || !is_array($store['tokens'] ?? null)) {
            throw $this->error('it holds something else: a file of zoom-s2s has version 1');
        }
        $entry = $store['tokens'][$this->key] ?? throw $this->error('it has no token of this account ID, client ID '
            . 'and OAuth URL: compare them with those that cron\'s zoom-s2s has');
        [$token, $end] = is_array($entry) ? [$entry['access_token'] ?? null, $entry['expires_at_ms'] ?? null] : [null, null];
        // Nothing else may get into a header.
        if (!is_int($end) || !is_string($token) || !preg_match('/^[!-~]+$/D', $token)) {
            throw $this->error('its entry for this app is damaged. Run cron\'s line by hand: it makes a new one');
        }
        if ($end <= 1000 * microtime(true)) {
            $when = gmdate('Y-m-d H:i:s', intdiv($end, 1000));
            throw $this->error("its token expired at $when UTC: cron does not renew it. Run its line by hand, it says why");
        }
        if (hash_equals($this->rejected, hash('sha256', $token))) {
            throw $this->error('Zoom refused its token, and there is no other yet. Renew it, as cron\'s user: '
                . 'zoom-s2s token --header | zoom-s2s token --reject > /dev/null');
        }
        return $token;
    }

    /** The whole line for a request: "Authorization: Bearer …". */
    public function header(): string
    {
        return 'Authorization: Bearer ' . $this->token();
    }

    /** Zoom refused this token, or the header with it: from now on only another one will do. */
    public function rejectToken(#[\SensitiveParameter] string $refused): self
    {
        $words = preg_split('/\s+/', trim($refused));
        $this->rejected = hash('sha256', end($words));
        return $this;
    }

    /** The value, else the variable's, without blanks around it, as zoom-s2s reads it: empty counts as not set. */
    private static function setting(string $name, ?string $value, ?string $default = null): string
    {
        $value ??= (string) getenv($name);
        $value = preg_replace('/^[\s\x{feff}]+|\s+$/uD', '', $value) ?? trim($value);
        return $value !== '' ? $value : $default ?? throw new \ValueError("ZoomS2S: $name is not set");
    }

    private function error(string $what): TokenError
    {
        return new TokenError("no Zoom token from {$this->file}: $what");
    }
}
