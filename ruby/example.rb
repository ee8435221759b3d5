# frozen_string_literal: true

# Prints the users of the account, one a line: ruby example.rb [active|inactive|pending|all]
require_relative "zoom_s2s"

begin
  zoom = ZoomS2S::Client.from_env
  zoom.each_user(status: ARGV.fetch(0, "active")) do |user|
    puts "#{user["email"]}\t#{user["id"] || "(pending)"}"
  end
rescue ZoomS2S::Error => e
  abort e.message
end
