#!/usr/bin/perl
# Prints e-mail address and ID of every active user of a Zoom account.
use strict;
use warnings;

use ZoomS2S;

binmode STDOUT, ':encoding(UTF-8)';
my $users = ZoomS2S->from_env->users;
while (my $user = $users->()) {
    print "$user->{email}\t$user->{id}\n";
}
