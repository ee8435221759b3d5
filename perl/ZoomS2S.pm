package ZoomS2S;

# Zoom's Server-to-Server OAuth and its API, over libzoom_s2s. Copy this file into your project (perldoc ZoomS2S.pm).

use v5.20;
use warnings;
use Carp 'croak';
use FFI::Platypus 1.00;
use FFI::Platypus::Buffer ();
use JSON::PP ();

our $VERSION = '0.1.0';

my ($TEXT, $INT, $LONG) = qw(string sint32 sint64);
my ($IN, $OUT) = qw(opaque opaque*);
# Those that may fail: what goes in, and what they make.
my %CALLS = (
    config_from_env        => [[], 'config'],
    client_new             => [[$IN], 'client'],
    client_token           => [[$IN], 'token'],
    client_reject_token    => [[$IN, $TEXT]],
    client_list_users      => [[$IN, $IN], 'users_pager'],
    client_pages           => [[$IN, $IN, $TEXT], 'entries_pager'],
    client_send            => [[$IN, $IN], 'response'],
    users_query_new        => [[], 'users_query'],
    users_query_set_status => [[$IN, $INT]],
    users_pager_next       => [[$IN], 'users_page'],
    entries_pager_next     => [[$IN], 'entries_page'],
    request_new            => [[$TEXT, $TEXT], 'request'],
    request_set_segment    => [[$IN, $TEXT, $TEXT]],
    request_add_query      => [[$IN, $TEXT, $TEXT]],
    request_set_body       => [[$IN, $TEXT, 'size_t', $TEXT]],
    (map { ("config_set_$_" => [[$IN, $TEXT]]) } qw(account_id client_id client_secret account_id_file client_id_file
        client_secret_file token_store oauth_url api_url ca_file proxy user_agent)),
    (map { ("config_set_$_" => [[$IN, $LONG]]) } qw(timeout_ms connect_timeout_ms body_limit)),
    (map { ("config_set_$_" => [[$IN, $INT]]) } qw(cloud regional ca_only)),
);
my %GETS = (
    (map { ("error_$_" => $TEXT) } qw(text message hint tracking_id)),
    (map { ("error_$_" => $INT) } qw(status http_status is_retryable in_doubt)),
    (map { ("error_$_" => $LONG) } qw(zoom_code retry_after_ms)),
    (map { ("token_$_" => $TEXT) } qw(value bearer header)), token_expires_at_ms => $LONG,
    response_status => $INT, response_tracking_id => $TEXT, users_page_count => 'size_t', entries_page_count => 'size_t',
);
my %STATUS = (active => 1, inactive => 2, pending => 3, all => 4);
my $codec = eval { require JSON::XS; 'JSON::XS' } || 'JSON::PP';
my $FROM_JSON = $codec->new->utf8->allow_nonref;
my $TO_JSON = $codec->new->ascii->allow_nonref;    # In ASCII, as many characters as bytes.

my $ffi = FFI::Platypus->new(api => 1);
$ffi->lib($ENV{ZOOM_S2S_LIBRARY} || { MSWin32 => 'zoom_s2s.dll', darwin => 'libzoom_s2s.dylib' }->{$^O} || 'libzoom_s2s.so.1');

# The function, looked up at its first use.
sub _function {
    my ($name, $arguments, $result) = @_;
    state %found;
    return $found{$name} //= eval { $ffi->function("zoom_s2s_$name" => $arguments => $result) }
        // croak "ZoomS2S: no zoom_s2s_$name: install a new libzoom_s2s, or name it in ZOOM_S2S_LIBRARY";
}

sub _call {
    my ($name, @in) = @_;
    my ($arguments, $makes) = @{ $CALLS{$name} };
    for my $index (grep { $arguments->[$_] eq $TEXT } 0 .. $#in) {
        croak "ZoomS2S: a text given to $name is undefined, or has a NUL in it" if ($in[$index] // "\0") =~ /\0/;
        utf8::encode($in[$index]);
    }
    @in = map { ref eq 'ZoomS2S::Handle' ? $_->{pointer} : $_ } @in;
    my $function = _function($name, [@$arguments, ($OUT) x ($makes ? 2 : 1)], $INT);
    my ($made, $error);
    my $status = $function->call(@in, ($makes ? \$made : ()), \$error);
    die ZoomS2S::Error->new(ZoomS2S::Handle->new('error', $error)) if $status;
    return $made && ZoomS2S::Handle->new($makes, $made);
}

sub from_env {
    my ($class, %settings) = @_;
    my $config = _call('config_from_env');
    for my $name (sort keys %settings) {
        croak "ZoomS2S: there is no setting $name" unless $CALLS{"config_set_$name"};
        _call("config_set_$name", $config, $settings{$name});
    }
    return bless { handle => _call('client_new', $config) }, $class;
}

sub users {
    my ($self, %query) = @_;
    my $status = delete $query{status} // 'active';
    croak 'ZoomS2S: users takes status => active, inactive, pending or all' if %query || !$STATUS{$status};
    my $query = _call('users_query_new');
    _call('users_query_set_status', $query, $STATUS{$status});
    return _iterator('users', 'user', _call('client_list_users', $self->{handle}, $query));
}

sub pages {
    my ($self, $path, $key, %values) = @_;
    my $request = _request('GET', $path, %values);
    return _iterator('entries', 'entry', _call('client_pages', $self->{handle}, $request, $key));
}

sub send {
    my ($self, $method, $path, $values, $body) = @_;
    my $request = _request($method, $path, %{ $values // {} });
    if (defined $body) {
        my $json = $TO_JSON->encode($body);
        _call('request_set_body', $request, $json, length $json, 'application/json');
    }
    my $response = _call('client_send', $self->{handle}, $request);
    my $answer = $response->bytes('body');
    return { status => $response->get('status'), tracking_id => $response->get('tracking_id'), body => $answer,
        data => scalar eval { $FROM_JSON->decode($answer) } };
}

sub token {
    my ($self) = @_;
    my $token = _call('client_token', $self->{handle});
    return { expires_at => int($token->get('expires_at_ms') / 1000), map { ($_ => $token->get($_)) } qw(value bearer header) };
}

sub reject_token {
    my ($self, $token) = @_;
    _call('client_reject_token', $self->{handle}, ref $token ? $token->{value} : $token);
    return $self;
}

sub _request {
    my ($method, $path, %values) = @_;
    my $request = _call('request_new', $method, $path);
    for my $name (sort keys %values) {
        my $set = $path =~ /\{\Q$name\E\}/ ? 'request_set_segment' : 'request_add_query';
        _call($set, $request, $name, $_) for ref $values{$name} eq 'ARRAY' ? @{ $values{$name} } : $values{$name};
    }
    return $request;
}

# Gives the next entry at each call, and undef after the last one.
sub _iterator {
    my ($kind, $entry, $pager) = @_;
    my ($page, $row, $count) = (undef, 0, 0);
    return sub {
        while ($row == $count) {
            $page = $pager && _call("${kind}_pager_next", $pager) or return undef $pager;
            ($row, $count) = (0, $page->get('count'));
        }
        return $FROM_JSON->decode($page->bytes("${entry}_json", $row++));
    };
}

package ZoomS2S::Handle;

# An object of the library, freed with this one. Threads of Perl do not get a copy, which would free it again.
sub CLONE_SKIP { 1 }

sub new {
    my ($class, $type, $pointer) = @_;
    return bless { type => $type, pointer => $pointer }, $class;
}

sub get {
    my ($self, $what) = @_;
    my $name = "$self->{type}_$what";
    my $value = ZoomS2S::_function($name, [$IN], $GETS{$name})->call($self->{pointer});
    utf8::decode($value) if $GETS{$name} eq $TEXT;
    return $value;
}

sub bytes {
    my ($self, $what, @row) = @_;
    my $function = ZoomS2S::_function("$self->{type}_$what", [$IN, ('size_t') x @row, 'size_t*'], 'opaque');
    my $bytes = $function->call($self->{pointer}, @row, \my $length);
    return FFI::Platypus::Buffer::buffer_to_scalar($bytes, $length);
}

sub DESTROY {
    my ($self) = @_;
    # At the end of the process Perl takes everything apart in any order, the way into the library too.
    return if ${^GLOBAL_PHASE} eq 'DESTRUCT';
    local ($@, $!, $?);
    ZoomS2S::_function("$self->{type}_free", [$IN], 'void')->call($self->{pointer});
}

package ZoomS2S::Error;

use overload '""' => sub { $_[0]{text} . "\n" }, fallback => 1;

sub new {
    my ($class, $handle) = @_;
    my %facts = map { ($_ => $handle->get($_)) } map { /^error_(.*)/ ? $1 : () } keys %GETS;
    my $name = ZoomS2S::_function('status_name', [$INT], $TEXT)->call($facts{status});
    return bless { %facts, code => $facts{status}, status => $name, body => $handle->bytes('body') }, $class;
}

for my $fact (qw(status code text message hint http_status zoom_code retry_after_ms is_retryable in_doubt tracking_id body)) {
    no strict 'refs';
    *$fact = sub { $_[0]{$fact} };
}

1;

__END__

=encoding utf8

=head1 NAME

ZoomS2S - Zoom's Server-to-Server OAuth and its API, over libzoom_s2s

=head1 SYNOPSIS

    use ZoomS2S;
    my $zoom = ZoomS2S->from_env;      # ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID, ZOOM_CLIENT_SECRET

    my $users = $zoom->users(status => 'all');
    while (my $user = $users->()) {
        say join "\t", $user->{email}, $user->{id} // '(pending)';
    }
    my $meetings = $zoom->pages('/users/{id}/meetings', 'meetings', id => $id, type => 'upcoming');

    $ua->get($url, Authorization => $zoom->token->{bearer});       # or keep your own requests

=head1 DESCRIPTION

The token is fetched once, renewed before it expires, and replaced when Zoom refuses it. Entries are as Zoom sends
them, from JSON. Lists are complete, or end in an error. What fails dies with a ZoomS2S::Error, which as a text is
what to print, with the cure.

It needs FFI::Platypus (Debian: libffi-platypus-perl); the library is the one that ZOOM_S2S_LIBRARY names when this
module is loaded, else the system's. With JSON::XS long lists are read faster.

=over

=item ZoomS2S->from_env(token_store => 'file:/run/app/zoom-token', timeout_ms => 10_000)

A client of the environment's settings and these, under their names in zoom_s2s.h. Nothing is sent yet.

=item $zoom->users(status => 'active')

An iterator of users who are active, inactive, pending or all: a function that gives the next one, in the end undef.

=item $zoom->pages($path, $key, name => $value ...)

An iterator of any list that Zoom sends in pages; $key names the list in its answers. Values whose names the path
has in braces go there, the others are parameters.

=item $zoom->send($method, $path, { name => $value }, $body)

Any request, with the body as JSON. Gives a hash of status, body, data (the body decoded, if it is JSON) and tracking_id.

=item $zoom->token, $zoom->reject_token($token)

For requests of your own: a hash of value, bearer ("Bearer ..."), header ("Authorization: Bearer ...") and expires_at
(seconds). Ask for it before each request; that costs nothing while it is good. When Zoom refuses it all the same
(HTTP 401), reject it and ask again.

=item ZoomS2S::Error

Has status (a name of zoom_s2s_status, such as CREDENTIALS, and as a number code), text, message, hint, http_status,
zoom_code, retry_after_ms (-1: not known), is_retryable, in_doubt (Zoom may have carried it out), tracking_id, body.

=back

Objects may go in any order, and live on in a forked child. Threads of Perl (ithreads) each make a client of their own.
A handler in %SIG runs when the pending call has returned, after timeout_ms at the latest.

=cut
