package ZoomS2S;    # A file to copy into your project; perldoc ZoomS2S.pm tells how to use it.
use v5.20;
use warnings;
use experimental 'signatures';
use Carp 'croak';
use FFI::Platypus 1.00;
use FFI::Platypus::Buffer 'buffer_to_scalar';
use JSON::PP ();
use List::Util 1.29 qw(pairkeys pairmap);
our $VERSION = '0.1.0';
my %SETTINGS = map { ($_ => /_ms$|_limit$/ ? 'sint64' : 'string') } qw(account_id client_id client_secret token_store
    oauth_url api_url ca_file proxy user_agent timeout_ms connect_timeout_ms body_limit);
my $JSON = (eval { require JSON::XS; 'JSON::XS' } || 'JSON::PP')->new->utf8->ascii->allow_nonref;
my $USUAL = { MSWin32 => 'zoom_s2s.dll', darwin => 'libzoom_s2s.dylib' }->{$^O} || 'libzoom_s2s.so.1';
my $FFI = FFI::Platypus->new(api => 1, lib => $ENV{ZOOM_S2S_LIBRARY} || $USUAL);

sub from_env ($class, %settings) {
    croak 'ZoomS2S: this libzoom_s2s is too old: install a new one' if _call('abi', 'sint32') < 2;
    croak "ZoomS2S: there is no setting $_" for grep { !$SETTINGS{$_} } sort keys %settings;
    my $config = _try('config_from_env', 'config');
    _try("config_set_$_", undef, opaque => $config, $SETTINGS{$_} => $settings{$_}) for sort keys %settings;
    return bless { client => _try('client_new', 'client', opaque => $config) }, $class;
}

sub users ($self, %query) {
    my $status = { active => 1, inactive => 2, pending => 3, all => 4 }->{ delete $query{status} // 'active' };
    croak 'ZoomS2S: users takes status => active, inactive, pending or all' if %query || !$status;
    my $query = _try('users_query_new', 'users_query');
    _try('users_query_set_status', undef, opaque => $query, sint32 => $status);
    my $pager = _try('client_list_users', 'users_pager', opaque => $self->{client}, opaque => $query);
    return _iterator($pager, 'users_page', 'user_json');
}

sub pages ($self, $path, $key, %values) {
    my @in = (opaque => $self->{client}, opaque => _request('GET', $path, %values), string => $key);
    return _iterator(_try('client_pages', 'entries_pager', @in), 'entries_page', 'entry_json');
}

sub send ($self, $method, $path, $values = undef, $body = undef) {
    my $request = _request($method, $path, %{ $values // {} });
    my @json = defined $body ? map { (string => $_, size_t => length) } $JSON->encode($body) : ();
    _try('request_set_body', undef, opaque => $request, @json, string => 'application/json') if @json;
    my $response = _try('client_send', 'response', opaque => $self->{client}, opaque => $request);
    my %answer = map { ($_ => $response->$_) } qw(status body tracking_id);
    return { %answer, data => scalar eval { $JSON->decode($answer{body}) } };
}

sub token ($self, $function = 'client_token') {
    my $token = _try($function, 'token', opaque => $self->{client});
    return { expires_at => int($token->expires_at_ms / 1000), map { ($_ => $token->$_) } qw(value bearer header) };
}

sub refresh_token ($self) { return $self->token('client_refresh_token') }

sub reject_token ($self, $token) {
    _try('client_reject_token', undef, opaque => $self->{client}, string => ref $token ? $token->{value} : $token);
    return $self;
}

sub _request ($method, $path, %values) {
    my $request = _try('request_new', 'request', string => $method, string => $path);
    while (my ($name, $text) = each %values) {
        my $set = $path =~ /\{\Q$name\E\}/ ? 'request_set_segment' : 'request_add_query';
        _try($set, undef, opaque => $request, string => $name, string => $_) for ref $text eq 'ARRAY' ? @$text : $text;
    }
    return $request;
}

sub _iterator ($pager, $type, $json) {
    my @entries;
    return sub {
        while (!@entries and my $page = _try("$pager->{type}_next", $type, opaque => $pager)) {
            @entries = map { _call("${type}_$json", 'bytes', opaque => $page, size_t => $_) } 0 .. $page->count - 1;
        }
        return @entries ? $JSON->decode(shift @entries) : undef;
    };
}

my %functions;
# Calls a function with types and values; what gives bytes says their length behind the others.
sub _call ($name, $result, @in) {
    croak "ZoomS2S: a text for $name has a NUL in it" if grep { defined && !ref && /\0/ } @in;
    utf8::encode($_) for grep { defined && !ref } @in;
    my ($type, @length) = $result eq 'bytes' ? ('opaque', 'size_t*' => \my $length) : $result;
    $FFI->find_symbol("zoom_s2s_$name") or croak "No zoom_s2s_$name: install libzoom_s2s, or set ZOOM_S2S_LIBRARY";
    $functions{$name} //= $FFI->function("zoom_s2s_$name" => [pairkeys @in, @length] => $type);
    my $value = $functions{$name}->call(pairmap { $a eq 'opaque' ? $b->{pointer} : $b } @in, @length);
    utf8::decode($value) if $result eq 'string';
    return @length ? buffer_to_scalar($value, $length) : $value;
}

sub _try ($name, $makes, @in) {    # Calls a function that may fail, and gives the object that it makes.
    my ($made, $error);
    my @out = map { ('opaque*' => $_) } ($makes ? \$made : ()), \$error;
    die bless { type => 'error', pointer => $error }, 'ZoomS2S::Error' if _call($name, 'sint32', @in, @out);
    return $made && bless { type => $makes, pointer => $made }, 'ZoomS2S::Object';
}

# An object of the library, freed with this one. Not at Perl's end, though: the way into the library may be gone then.
package ZoomS2S::Object;
use constant CLONE_SKIP => 1;    # Threads get no copy, which would free it again.
my %HOLDS = (body => 'bytes', count => 'size_t', (map { ($_ => 'string') } qw(text message hint tracking_id value bearer
    header)), (map { ($_ => 'sint32') } qw(status http_status is_retryable in_doubt)), zoom_code => 'sint64',
    retry_after_ms => 'sint64', expires_at_ms => 'sint64');
while (my ($name, $type) = each %HOLDS) {
    no strict 'refs';
    *$name = sub ($self) { return ZoomS2S::_call("$self->{type}_$name", $type, opaque => $self) };
}

sub DESTROY ($self) {
    local ($@, $!, $?);
    ZoomS2S::_call("$self->{type}_free", 'void', opaque => $self) if ${^GLOBAL_PHASE} ne 'DESTRUCT';
}

package ZoomS2S::Error;
use parent -norequire, 'ZoomS2S::Object';
use overload '""' => sub ($self, @) { $self->text . "\n" }, fallback => 1;

sub status ($self) { return ZoomS2S::_call('status_name', 'string', sint32 => $self->SUPER::status) }
1;
__END__

=head1 SYNOPSIS

    my $zoom = ZoomS2S->from_env(token_store => 'file:/run/app/zoom-token');    # Settings: see zoom_s2s.h
    my $users = $zoom->users(status => 'all');                                  # Or active, inactive, pending
    while (my $user = $users->()) { say "$user->{email} $user->{type}" }
    my $meetings = $zoom->pages('/users/{id}/meetings', 'meetings', id => $id, type => 'upcoming');
    my $user = $zoom->send(GET => '/users/{id}', { id => $id })->{data};        # And body, status, tracking_id.
    $zoom->send(PATCH => '/users/{id}', { id => $id }, { dept => 'Sales' });    # The last one is sent as JSON.
    $ua->get($url, Authorization => $zoom->token->{bearer});                    # And value, header, expires_at

=head1 DESCRIPTION

The credentials are ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET in the environment. Lists are complete, or
end in an error. Ask for the token before each request of your own: that costs nothing while it is good. If Zoom
refuses it (HTTP 401), C<reject_token($token)> and ask again; after adding a scope to the app, C<refresh_token>.

What fails dies with a ZoomS2S::Error: as a text, what to print, with the cure. It has status (such as NOT_FOUND), text,
message, hint, http_status, zoom_code, retry_after_ms (-1: not known), is_retryable, in_doubt (Zoom may have carried it
out), tracking_id and body. Mistakes in a call croak.

It needs FFI::Platypus (Debian: libffi-platypus-perl) and libzoom_s2s: the one that ZOOM_S2S_LIBRARY names when this is
loaded, else the system's. Each thread of Perl makes its own client; a forked child may go on with its parent's.

=cut
