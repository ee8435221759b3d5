<?php
/*
 * Zoom's Server-to-Server OAuth and its API, over libzoom_s2s. Copy this file into your project:
 *
 *     require 'zoom_s2s.php';
 *     $zoom = ZoomS2S\Client::fromEnv();          // ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID, ZOOM_CLIENT_SECRET
 *     foreach ($zoom->users('all') as $user) {
 *         echo $user['email'], "\t", $user['id'] ?? '(pending)', "\n";
 *     }
 *     $meetings = $zoom->pages('/users/{id}/meetings', 'meetings', ['id' => $id, 'type' => 'upcoming']);
 *     curl_setopt($curl, CURLOPT_HTTPHEADER, [$zoom->token()->header]);       // or keep your own requests
 *
 * The token is fetched once, renewed before it expires, and replaced when Zoom refuses it. Entries are arrays as Zoom
 * sends them. Lists are complete, or end in an error. What fails throws a ZoomS2S\Error, whose message says what to do.
 *
 * For PHP 8.1 or newer, 64 bits, with its FFI, which is on for the command line only (ffi.enable=preload); for
 * web servers there is zoom_s2s_token.php. The library is the one that ZOOM_S2S_LIBRARY names, else the system's.
 * Objects may go in any order, and live on in a child of pcntl_fork. A signal's handler runs when the pending call has
 * returned, after timeout_ms at the latest.
 */

namespace ZoomS2S;

use FFI;

final class Client
{
    private function __construct(private Handle $handle) {}

    /**
     * A client of the environment's settings and these, under their names in zoom_s2s.h: zoom_s2s_config_set_token_store
     * is ['token_store' => 'file:/run/app/zoom-token']. Nothing is sent yet.
     */
    public static function fromEnv(#[\SensitiveParameter] array $settings = []): self
    {
        $config = Handle::call('config_from_env', [], 'config');
        foreach ($settings as $name => $value) {
            $type = Handle::SETTINGS[$name] ?? throw new \ValueError("ZoomS2S: there is no setting $name");
            $fits = match ($type) {
                'string' => is_string($value) || is_int($value) || $value instanceof \Stringable,
                'bool' => in_array($value, [true, false, 1, 0], true),
                // A number of more than 64 bits is a float, or a text that comes back as another one.
                'int' => is_int($value) || is_string($value) && (string) (int) $value === $value,
                // What C takes in 32 bits.
                'enum' => is_int($value) && abs($value) <= 0x7fffffff,
            };
            if (!$fits) {
                throw new \ValueError("ZoomS2S: the setting $name takes " . Handle::KINDS[$type]);
            }
            settype($value, $type === 'string' ? 'string' : 'int');
            Handle::call("config_set_$name", [$config, $value]);
        }
        return new self(Handle::call('client_new', [$config], 'client'));
    }

    /** The users who are active, inactive, pending, or all. */
    public function users(string $status = 'active'): \Generator
    {
        $number = array_search($status, [1 => 'active', 'inactive', 'pending', 'all'], true)
            ?: throw new \ValueError("ZoomS2S: users are active, inactive, pending or all, not $status");
        $query = Handle::call('users_query_new', [], 'users_query');
        Handle::call('users_query_set_status', [$query, $number]);
        $pager = Handle::call('client_list_users', [$this->handle, $query], 'users_pager');
        return self::entries($pager, 'users', 'user_json');
    }

    /**
     * Everything of a list that Zoom sends in pages. $key names the list in its answers. Of $values those that the path
     * has in braces go there, the others are parameters.
     */
    public function pages(string $path, string $key, array $values = []): \Generator
    {
        $request = self::request('GET', $path, $values);
        $pager = Handle::call('client_pages', [$this->handle, $request, $key], 'entries_pager');
        return self::entries($pager, 'entries', 'entry_json');
    }

    /** Any request, with $body as JSON; the values as in pages(). */
    public function send(string $method, string $path, array $values = [], mixed $body = null): Response
    {
        $request = self::request($method, $path, $values);
        if ($body !== null) {
            $json = json_encode($body, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_PRESERVE_ZERO_FRACTION);
            Handle::call('request_set_body', [$request, $json, strlen($json), 'application/json']);
        }
        $response = Handle::call('client_send', [$this->handle, $request], 'response');
        return new Response($response->get('status'), $response->bytes('body'), $response->get('tracking_id'));
    }

    /** The token, for requests of your own. Ask for it before each of them: that costs nothing while it is good. */
    public function token(): Token
    {
        $token = Handle::call('client_token', [$this->handle], 'token');
        $expiresAt = intdiv($token->get('expires_at_ms'), 1000);
        return new Token($token->get('value'), $token->get('bearer'), $token->get('header'), $expiresAt);
    }

    /** Tells that Zoom refused this token (HTTP 401); token() then gives a better one, or throws why there is none. */
    public function rejectToken(#[\SensitiveParameter] Token|string $token): void
    {
        Handle::call('client_reject_token', [$this->handle, $token instanceof Token ? $token->value : $token]);
    }

    private static function request(string $method, string $path, array $values): Handle
    {
        $request = Handle::call('request_new', [$method, $path], 'request');
        foreach ($values as $name => $value) {
            $set = str_contains($path, '{' . $name . '}') ? 'request_set_segment' : 'request_add_query';
            foreach ((array) $value as $one) {
                $text = is_bool($one) ? ($one ? 'true' : 'false') : (string) $one;
                Handle::call($set, [$request, (string) $name, $text]);
            }
        }
        return $request;
    }

    private static function entries(Handle $pager, string $kind, string $json): \Generator
    {
        while ($page = Handle::call("{$kind}_pager_next", [$pager], "{$kind}_page")) {
            for ($row = 0, $count = $page->get('count'); $row < $count; $row++) {
                yield json_decode($page->get($json, $row, null), true, 512, JSON_THROW_ON_ERROR | JSON_BIGINT_AS_STRING);
            }
        }
    }
}

final class Token
{
    /** $header is the whole line, "Authorization: Bearer …"; $expiresAt compares with time(). */
    public function __construct(
        #[\SensitiveParameter] public readonly string $value, #[\SensitiveParameter] public readonly string $bearer,
        #[\SensitiveParameter] public readonly string $header, public readonly int $expiresAt,
    ) {}

    public function __debugInfo(): array
    {
        return ['expiresAt' => $this->expiresAt];
    }
}

final class Response
{
    public function __construct(
        public readonly int $status, public readonly string $body, public readonly string $trackingId,
    ) {}

    public function json(): mixed
    {
        return json_decode($this->body, true, 512, JSON_THROW_ON_ERROR | JSON_BIGINT_AS_STRING);
    }
}

/**
 * What went wrong. getMessage() is what to print, with the cure. $status is a name of zoom_s2s_status, such as
 * CREDENTIALS or NOT_FOUND, getCode() its number; $httpStatus and $zoomCode are 0, $retryAfterMs is -1 where there is none.
 * $inDoubt: Zoom may have carried the request out all the same.
 */
final class Error extends \RuntimeException
{
    public function __construct(
        string $text, int $number, public readonly string $status, public readonly string $hint,
        public readonly int $httpStatus, public readonly int $zoomCode, public readonly bool $retryable,
        public readonly int $retryAfterMs,
        public readonly bool $inDoubt, public readonly string $trackingId, public readonly string $body,
    ) {
        parent::__construct($text, $number);
    }
}

/** An object of the library, freed with this one; and how to call the library. */
final class Handle
{
    public const SETTINGS = [
        'account_id' => 'string', 'client_id' => 'string', 'client_secret' => 'string', 'account_id_file' => 'string',
        'client_id_file' => 'string', 'client_secret_file' => 'string', 'token_store' => 'string', 'oauth_url' => 'string',
        'api_url' => 'string', 'ca_file' => 'string', 'proxy' => 'string', 'user_agent' => 'string', 'timeout_ms' => 'int',
        'connect_timeout_ms' => 'int', 'body_limit' => 'int', 'cloud' => 'enum', 'regional' => 'bool', 'ca_only' => 'bool',
    ];
    public const KINDS = ['string' => 'a text', 'bool' => 'true or false', 'int' => 'a whole number of at most 64 bits',
        'enum' => 'a number of zoom_s2s_cloud'];
    private const DECLARATIONS = '
        typedef void *handle; typedef const char *text;
        int32_t zoom_s2s_abi(void);                                 text zoom_s2s_status_name(int32_t);
        int32_t zoom_s2s_error_status(handle);                      text zoom_s2s_error_text(handle);
        int32_t zoom_s2s_error_http_status(handle);                 text zoom_s2s_error_hint(handle);
        int64_t zoom_s2s_error_zoom_code(handle);                   text zoom_s2s_error_tracking_id(handle);
        int32_t zoom_s2s_error_is_retryable(handle);                int64_t zoom_s2s_error_retry_after_ms(handle);
        int32_t zoom_s2s_error_in_doubt(handle);                    uint8_t *zoom_s2s_error_body(handle, size_t *);
        int32_t zoom_s2s_config_from_env(handle *, handle *);       int32_t zoom_s2s_client_new(handle, handle *, handle *);
        int32_t zoom_s2s_client_token(handle, handle *, handle *);  int32_t zoom_s2s_client_reject_token(handle, text, handle *);
        text zoom_s2s_token_value(handle);                          text zoom_s2s_token_bearer(handle);
        text zoom_s2s_token_header(handle);                         int64_t zoom_s2s_token_expires_at_ms(handle);
        int32_t zoom_s2s_users_query_new(handle *, handle *);
        int32_t zoom_s2s_users_query_set_status(handle, int32_t, handle *);
        int32_t zoom_s2s_client_list_users(handle, handle, handle *, handle *);
        int32_t zoom_s2s_users_pager_next(handle, handle *, handle *);
        size_t zoom_s2s_users_page_count(handle);                   text zoom_s2s_users_page_user_json(handle, size_t, size_t *);
        int32_t zoom_s2s_client_pages(handle, handle, text, handle *, handle *);
        int32_t zoom_s2s_entries_pager_next(handle, handle *, handle *);
        size_t zoom_s2s_entries_page_count(handle);                 text zoom_s2s_entries_page_entry_json(handle, size_t, size_t *);
        int32_t zoom_s2s_request_new(text, text, handle *, handle *);
        int32_t zoom_s2s_request_set_segment(handle, text, text, handle *);
        int32_t zoom_s2s_request_add_query(handle, text, text, handle *);
        int32_t zoom_s2s_request_set_body(handle, text, size_t, text, handle *);
        int32_t zoom_s2s_client_send(handle, handle, handle *, handle *);
        int32_t zoom_s2s_response_status(handle);                   text zoom_s2s_response_tracking_id(handle);
        uint8_t *zoom_s2s_response_body(handle, size_t *);
    ';
    private const TYPES = ['error', 'config', 'client', 'token', 'users_query', 'users_pager', 'users_page', 'entries_pager',
        'entries_page', 'request', 'response'];
    private static ?FFI $loaded = null;

    private function __construct(private FFI $library, private FFI\CData $pointer, private string $type) {}

    public function __destruct()
    {
        $this->library->{"zoom_s2s_{$this->type}_free"}($this->pointer);
    }

    private function __clone() {}

    public function get(string $what, mixed ...$arguments): mixed
    {
        return $this->library->{"zoom_s2s_{$this->type}_$what"}($this->pointer, ...$arguments);
    }

    public function bytes(string $what): string
    {
        $length = $this->library->new('size_t');
        $bytes = $this->get($what, FFI::addr($length));
        return FFI::string($bytes, $length->cdata);
    }

    /** Calls a function that may fail. With $makes it gives an object of that type, or null if there is none. */
    public static function call(string $function, #[\SensitiveParameter] array $arguments, ?string $makes = null): ?self
    {
        $library = self::$loaded ??= self::load();
        foreach ($arguments as $index => $argument) {
            if (is_string($argument) && str_contains($argument, "\0")) {
                throw new \ValueError("ZoomS2S: a text given to $function has a NUL in it");
            }
            $arguments[$index] = $argument instanceof self ? $argument->pointer : $argument;
        }
        [$made, $error] = [$library->new('void *'), $library->new('void *')];
        $places = $makes === null ? [FFI::addr($error)] : [FFI::addr($made), FFI::addr($error)];
        $status = $library->{"zoom_s2s_$function"}(...$arguments, ...$places);
        if ($status !== 0) {
            $error = new self($library, $error, 'error');
            $name = $library->zoom_s2s_status_name($status);
            throw new Error($error->get('text'), $status, $name, $error->get('hint'), $error->get('http_status'),
                $error->get('zoom_code'), (bool) $error->get('is_retryable'), $error->get('retry_after_ms'),
                (bool) $error->get('in_doubt'), $error->get('tracking_id'), $error->bytes('body'));
        }
        return FFI::isNull($made) ? null : new self($library, $made, $makes);
    }

    private static function load(): FFI
    {
        $declarations = self::DECLARATIONS;
        foreach (self::TYPES as $type) {
            $declarations .= "void zoom_s2s_{$type}_free(handle);";
        }
        foreach (self::SETTINGS as $name => $type) {
            $type = $type === 'string' ? 'text' : (preg_match('/_(ms|limit)$/', $name) ? 'int64_t' : 'int32_t');
            $declarations .= "int32_t zoom_s2s_config_set_$name(handle, $type, handle *);";
        }
        $usual = ['Windows' => 'zoom_s2s.dll', 'Darwin' => 'libzoom_s2s.dylib'][PHP_OS_FAMILY] ?? 'libzoom_s2s.so.1';
        try {
            $library = FFI::cdef($declarations, getenv('ZOOM_S2S_LIBRARY') ?: $usual);
        } catch (FFI\Exception $reason) {
            throw new \RuntimeException("ZoomS2S: {$reason->getMessage()}. Install libzoom_s2s or name it in "
                . 'ZOOM_S2S_LIBRARY; where FFI is not allowed, as in web servers, use zoom_s2s_token.php', 0, $reason);
        }
        return $library->zoom_s2s_abi() >= 2 ? $library : throw new \RuntimeException('ZoomS2S: libzoom_s2s is too old');
    }
}
