#!/usr/bin/env ruby
# Prints e-mail address and ID of every active user of a Zoom account.
require_relative '../../ruby/zoom_s2s'

begin
  ZoomS2S::Client.from_env.each_user { |user| puts "#{user['email']}\t#{user['id']}" }
rescue ZoomS2S::Error => e
  abort e.message
end
