#!/usr/bin/env ruby
# Prints e-mail address and ID of every active user of a Zoom account.
require 'json'
require 'net/http'
require 'openssl'
require_relative '../../ruby/zoom_s2s'

API = ENV.fetch('ZOOM_S2S_API_URL', 'https://api.zoom.us/v2')

def zoom_token
  @zoom ||= ZoomS2S::Client.from_env
  @zoom.token.value
end

def get(path, query)
  uri = URI(API + path)
  uri.query = URI.encode_www_form(query)
  request = Net::HTTP::Get.new(uri)
  request['Authorization'] = "Bearer #{zoom_token}"
  response = Net::HTTP.start(uri.host, uri.port, use_ssl: uri.scheme == 'https', read_timeout: 30) do |http|
    http.request(request)
  end
  abort "GET #{path}: HTTP #{response.code} #{response.body}" unless response.is_a?(Net::HTTPSuccess)
  JSON.parse(response.body)
rescue SystemCallError, SocketError, Timeout::Error, OpenSSL::SSL::SSLError, ZoomS2S::Error => e
  abort "GET #{path}: #{e.message}"
end

next_page_token = ''
loop do
  page = get('/users', page_size: 300, next_page_token: next_page_token)
  page['users'].each { |user| puts "#{user['email']}\t#{user['id']}" }
  next_page_token = page['next_page_token'].to_s
  break if next_page_token.empty?
end
