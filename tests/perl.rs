//! `perl/ZoomS2S.pm` on Debian's Perl.
#![cfg(target_os = "linux")]

mod languages;
mod support;

use std::process::Command;

use support::skip;

const EXAMPLE: &str = "perl/example.pl";

/// Notes the skip if FFI::Platypus is missing, or Perl.
fn lacks_perl(test: &str) -> bool {
    let mut perl = Command::new("perl");
    let output = perl.args(["-MFFI::Platypus", "-e", "1"]).output();
    let there = output.is_ok_and(|output| output.status.success());
    if !there {
        skip(test, "perl:FFI::Platypus");
    }
    !there
}

#[test]
fn the_example_lists_whom_the_account_has() {
    if lacks_perl("perl_lists") {
        return;
    }
    languages::lists_whom_the_account_has("perl", EXAMPLE);
}

#[test]
fn an_error_says_what_helps() {
    if lacks_perl("perl_errors") {
        return;
    }
    languages::says_what_helps("perl", EXAMPLE);
}

#[test]
fn a_rejected_token_is_replaced() {
    if lacks_perl("perl_rejects") {
        return;
    }
    languages::replaces_a_rejected_token(
        "perl",
        r#"
use HTTP::Tiny;
my ($api, $control) = @ARGV;
my ($http, $zoom) = (HTTP::Tiny->new, ZoomS2S->from_env);
sub ask { say $http->get("$api/users", { headers => { authorization => $_[0]{bearer} } })->{status} }
my $token = $zoom->token;
die "$token->{expires_at}" if abs($token->{expires_at} - time - 3600) > 60;
ask($token);
$http->post("$control/tokens/kill", { content => '{}' })->{success} or die;
ask($zoom->token);
ask($zoom->reject_token($token->{header})->token);
"#,
    );
}

#[test]
fn meetings_come_page_after_page() {
    if lacks_perl("perl_pages") {
        return;
    }
    languages::pages_meetings(
        "perl",
        r#"
my $next = ZoomS2S->from_env->pages('/users/{id}/meetings', 'meetings', id => $ARGV[0], page_size => 30);
while (my $meeting = $next->()) { say $meeting->{id} }
die 'something after the end' if defined $next->();
"#,
    );
}

#[test]
fn anything_can_be_sent() {
    if lacks_perl("perl_sends") {
        return;
    }
    languages::sends_anything(
        "perl",
        r#"
use utf8;
binmode STDOUT, ':utf8';
my $zoom = ZoomS2S->from_env(timeout_ms => 20_000);
say $zoom->send(PATCH => '/users/{id}', { id => $ARGV[0] }, { dept => 'Größe & Maß' })->{status};
say $zoom->send(GET => '/users/{id}', { id => $ARGV[0] })->{data}{dept};
eval { $zoom->send(GET => '/users/{id}', { id => 'nobody/at all' }) };
my $error = $@;
die $error unless ref $error eq 'ZoomS2S::Error' && "$error" =~ /does not exist/ && $error->body =~ /1001/;
say join ' ', $error->status, $error->http_status, $error->zoom_code;
for my $wrong ([nix => 1], [client_secret => "a\0b"], [timeout_ms => 0]) {
    eval { ZoomS2S->from_env(@$wrong) };
    die "@$wrong: $@" unless $@ =~ /$wrong->[0]/;
}
"#,
    );
}

#[test]
fn odd_orders_leak_nothing() {
    if lacks_perl("perl_orders") {
        return;
    }
    languages::leaks_nothing(
        "perl",
        r#"
sub size { open my $file, '<', '/proc/self/status'; say map { /VmRSS:\s*(\d+)/ } <$file> }
sub rounds {
    for my $round (1 .. shift) {
        my $zoom = ZoomS2S->from_env;
        my ($half, $unread) = ($zoom->users, $zoom->users(status => 'all'));
        my $token = $zoom->token for 1 .. 250;
        undef $zoom;
        $half->() for 1 .. 10;
        undef $half;
        eval { ZoomS2S->from_env->send(GET => '/users/nobody') };
        my $ring = { next => $unread };
        undef $ring;
    }
}
rounds(10); size();
rounds(60); size();
our ($last, $listing) = (ZoomS2S->from_env, ZoomS2S->from_env->users);    # Left to the end of the process.
$listing->();
"#,
    );
}

#[test]
fn a_forked_child_goes_on_and_so_does_its_parent() {
    if lacks_perl("perl_fork") {
        return;
    }
    languages::survives_a_fork(
        "perl",
        r#"
$| = 1;
my $zoom = ZoomS2S->from_env;
my $users = $zoom->users;
$users->() for 1 .. 100;
sub seen { my $next = $_[0]; my $count = 0; $count++ while $next->(); $count }
sub report { join ' ', $_[0], 100 + seen($users), seen($zoom->users) }
if (!fork) { say report('child'); undef $users; undef $zoom; exit }
wait;
my $child = $?;
say report('parent'), " $child";
"#,
    );
}

#[test]
fn functions_are_called_as_the_header_declares_them() {
    if lacks_perl("perl_declared") {
        return;
    }
    let zoom = support::sandbox(|sandbox| sandbox);
    zoom.set_scopes(&[]);
    let log = languages::run(
        "perl",
        r#"
my %plain = (string => 'pointer', opaque => 'pointer', 'opaque*' => 'pointer', 'size_t*' => 'pointer',
    sint32 => 'i32', sint64 => 'i64', size_t => 'size', void => 'void');
my $function = \&FFI::Platypus::function;
no warnings 'redefine';
*FFI::Platypus::function = sub {
    my ($self, $name, $arguments, $result) = @_;
    say join ' ', $name, map { $plain{$_} // die } $result, @$arguments;
    goto &$function;
};
my $zoom = ZoomS2S->from_env;
$zoom->users->();
my $id = $zoom->users->()->{id};
$zoom->reject_token($zoom->token);
$zoom->refresh_token;
$zoom->pages('/users/{id}/meetings', 'meetings', id => $id, page_size => 30)->();
$zoom->send(PATCH => '/users/{id}', { id => $id }, { dept => 'x' });
eval { $zoom->send(GET => '/nothing') };
$@->$_ for qw(text message hint tracking_id status http_status is_retryable in_doubt zoom_code retry_after_ms body);
for my $setting (qw(account_id client_id client_secret token_store oauth_url api_url ca_file proxy user_agent timeout_ms
    connect_timeout_ms body_limit)) {
    eval { ZoomS2S->from_env($setting => 1) };
}
"#,
        &[],
        &zoom,
    );
    languages::assert_as_declared(&log);
    assert_eq!(log.matches("config_set_").count(), 12, "{log}");
}
