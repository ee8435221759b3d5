#!/usr/bin/perl
# Prints the users of the account, one a line: perl example.pl [active|inactive|pending|all]
use v5.20;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use ZoomS2S;

my $users = ZoomS2S->from_env->users(status => $ARGV[0] // 'active');
while (my $user = $users->()) {
    say join "\t", $user->{email}, $user->{id} // '(pending)';
}
