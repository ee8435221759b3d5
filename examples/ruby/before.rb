#!/usr/bin/env ruby
# Prints e-mail address and ID of every active user of a Zoom account.
require 'base64'
require 'json'
require 'net/http'
require 'openssl'

API = ENV.fetch('ZOOM_S2S_API_URL', 'https://api.zoom.us/v2')

def zoom_token
  claims = { iss: ENV.fetch('ZOOM_API_KEY'), exp: Time.now.to_i + 60 }.to_json
  unsigned = ['{"alg":"HS256","typ":"JWT"}', claims].map { |part| Base64.urlsafe_encode64(part, padding: false) }.join('.')
  "#{unsigned}.#{Base64.urlsafe_encode64(OpenSSL::HMAC.digest('SHA256', ENV.fetch('ZOOM_API_SECRET'), unsigned), padding: false)}"
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
rescue SystemCallError, SocketError, Timeout::Error, OpenSSL::SSL::SSLError => e
  abort "GET #{path}: #{e.message}"
end

next_page_token = ''
loop do
  page = get('/users', page_size: 300, next_page_token: next_page_token)
  page['users'].each { |user| puts "#{user['email']}\t#{user['id']}" }
  next_page_token = page['next_page_token'].to_s
  break if next_page_token.empty?
end
