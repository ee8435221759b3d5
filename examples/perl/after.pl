#!/usr/bin/perl
# Prints e-mail address and ID of every active user of a Zoom account.
use strict;
use warnings;

use JSON::PP qw(decode_json);
use LWP::UserAgent;
use URI;
use ZoomS2S;

my $api = $ENV{ZOOM_S2S_API_URL} || 'https://api.zoom.us/v2';
my $ua  = LWP::UserAgent->new(timeout => 30);
my $zoom = ZoomS2S->from_env;

sub bearer {
    return $zoom->token->{bearer};
}

sub get {
    my ($path, %query) = @_;
    my $uri = URI->new($api . $path);
    $uri->query_form(%query);
    my $response = $ua->get($uri, Authorization => bearer());
    my $body     = $response->decoded_content(charset => 'none');
    die "GET $path: ", $response->status_line, " $body\n" unless $response->is_success;
    return decode_json($body);
}

binmode STDOUT, ':encoding(UTF-8)';
my $next = '';
do {
    my $page = get('/users', page_size => 300, next_page_token => $next);
    print "$_->{email}\t$_->{id}\n" for @{ $page->{users} };
    $next = $page->{next_page_token} // '';
} while ($next ne '');
