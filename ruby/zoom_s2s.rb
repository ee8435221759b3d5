# frozen_string_literal: true

# Zoom's Server-to-Server OAuth and its API, over libzoom_s2s. Copy this file into your project:
#
#     zoom = ZoomS2S::Client.from_env           # ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID, ZOOM_CLIENT_SECRET
#     zoom.each_user(status: :all) { |user| puts "#{user["email"]}\t#{user["id"] || "(pending)"}" }
#     zoom.pages("/users/{id}/meetings", "meetings", id: id, type: "upcoming").each { |meeting| … }
#     request["Authorization"] = zoom.token.bearer        # or keep your own requests
#
# For Ruby 3.0 or newer, with the library that ZOOM_S2S_LIBRARY names, or the system's. Threads may share a client, and
# a forked child goes on with it if no other thread was using it. Ctrl-C ends a call; Timeout.timeout leaves it behind.

require "fiddle"
require "json"

module ZoomS2S
  # The message is what to print. status is a name of zoom_s2s_status, such as :not_found; http_status and zoom_code are
  # 0 where there is none, retry_after_ms is -1. in_doubt: Zoom may have carried the request out all the same.
  class Error < StandardError
    attr_reader :status, :http_status, :zoom_code, :retry_after_ms, :retryable, :in_doubt, :hint, :tracking_id, :body

    def initialize(error)
      super(Native.get("error_text", error))
      @http_status, @zoom_code, @retry_after_ms, @hint, @tracking_id, @body =
        %w[http_status zoom_code retry_after_ms hint tracking_id body].map { |fact| Native.get("error_#{fact}", error) }
      @retryable, @in_doubt = %w[is_retryable in_doubt].map { |fact| Native.get("error_#{fact}", error) == 1 }
      @status = Native.get("status_name", Native.get("error_status", error)).downcase.to_sym
    end
  end

  # The library keeps the value, so that neither inspect nor pp shows it.
  class Token
    def initialize(token) = @token = token
    def value = Native.get("token_value", @token)
    def bearer = Native.get("token_bearer", @token)
    def expires_at = Time.at(0, Native.get("token_expires_at_ms", @token), :millisecond)
  end

  Response = Struct.new(:status, :body, :tracking_id) { def json = JSON.parse(body) }

  class Client
    TEXTS = %i[account_id client_id client_secret token_store ca_file proxy user_agent].freeze
    NUMBERS = %i[timeout_ms connect_timeout_ms body_limit].freeze
    STATUSES = { active: 1, inactive: 2, pending: 3, all: 4 }.freeze
    singleton_class.alias_method :from_env, :new

    # The environment's settings, but for these, which are named as in zoom_s2s.h. Nothing is sent yet.
    def initialize(**settings)
      config = Native.call("config_from_env", makes: "config")
      settings.each do |name, value|
        raise ArgumentError, "there is no setting #{name}" unless (TEXTS + NUMBERS).include?(name)

        Native.call("config_set_#{name}", config, NUMBERS.include?(name) ? Integer(value) : value.to_s)
      end
      @client = Native.call("client_new", config, makes: "client")
    end

    # Users, as hashes: all of them, or an error. Without a block, this and pages give an Enumerator.
    def each_user(status: :active, &block)
      query = Native.call("users_query_new", makes: "users_query")
      Native.call("users_query_set_status", query, STATUSES.fetch(status.to_sym))
      list("users", "user", block) { Native.call("client_list_users", @client, query, makes: "users_pager") }
    end
    alias users each_user

    # A list that Zoom sends in pages, under this key. Values fill in {names} of the path; others are parameters.
    def pages(path, key, **values, &block)
      request = request("GET", path, values)
      list("entries", "entry", block) { Native.call("client_pages", @client, request, key, makes: "entries_pager") }
    end

    # Any request, with the body as JSON; the values as in pages.
    def send_request(method, path, body: nil, **values)
      response = wait("client_send", @client, request(method, path, values, body), makes: "response")
      Response.new(*%w[status body tracking_id].map { |fact| Native.get("response_#{fact}", response) })
    end

    # For requests of your own: ask before each. New scopes need a refreshed one; reject one that met HTTP 401.
    def token = Token.new(wait("client_token", @client, makes: "token"))
    def refresh_token = Token.new(wait("client_refresh_token", @client, makes: "token"))
    def reject_token(old) = tap { Native.call("client_reject_token", @client, old.is_a?(Token) ? old.value : old) }

    private def request(method, path, values, body = nil)
      request = Native.call("request_new", method, path, makes: "request")
      values.each do |name, value|
        set = path.include?("{#{name}}") ? "request_set_segment" : "request_add_query"
        Array(value).each { |one| Native.call(set, request, name.to_s, one.to_s) }
      end
      json = JSON.generate(body)
      Native.call("request_set_body", request, json, json.bytesize, "application/json") unless body.nil?
      request
    end

    private def list(kind, entry, block)
      Enumerator.new do |found|
        pager = yield
        while (page = wait("#{kind}_pager_next", pager, makes: "#{kind}_page"))
          count = Native.get("#{kind}_page_count", page)
          count.times { |row| found << JSON.parse(Native.get("#{kind}_page_#{entry}_json", page, row)) }
        end
      end.each(&block)
    end

    # On a thread of its own: one that waits in the library would not notice Ctrl-C.
    private def wait(name, *arguments, makes:)
      worker = Thread.new { Native.call(name, *arguments, makes: makes) }
      worker.report_on_exception = false
      worker.value
    rescue SignalException
      Native.call("client_cancel", @client) while worker&.alive? && sleep(0.01)
      raise
    end
  end

  # Calls the library. The types of C follow from the arguments and, for numbers, from the function's name.
  module Native
    POINTER, TEXT, INT = Fiddle::TYPE_VOIDP, Fiddle::TYPE_CONST_STRING, Fiddle::TYPE_INT32_T
    NUMBERS = { /_(ms|limit|code)$/ => Fiddle::TYPE_INT64_T, /_(count|json|body)$/ => Fiddle::TYPE_SIZE_T,
                /status$|_is_|in_doubt$/ => INT }.freeze
    FILES = { "dll" => "zoom_s2s.dll", "dylib" => "libzoom_s2s.dylib", "so" => "libzoom_s2s.so.1" }.freeze
    LIBRARY = Fiddle.dlopen(ENV.fetch("ZOOM_S2S_LIBRARY", FILES[RbConfig::CONFIG["SOEXT"]]))
    abi = Fiddle::Function.new(LIBRARY["zoom_s2s_abi"], [], INT).call
    raise LoadError, "this libzoom_s2s is too old: its ABI is #{abi}, zoom_s2s.rb needs 2" if abi < 2

    def self.invoke(name, *arguments, gives: nil)
      number = NUMBERS.find { |part, _| part.match?(name) }&.last
      types = arguments.map { |one| case one when String then TEXT when Integer then number || INT else POINTER end }
      Fiddle::Function.new(LIBRARY["zoom_s2s_#{name}"], types, gives || number || TEXT).call(*arguments)
    end

    def self.get(name, *arguments)
      length = Fiddle::Pointer.malloc(Fiddle::SIZEOF_SIZE_T, Fiddle::RUBY_FREE) if name.end_with?("_json", "_body")
      given = invoke(name, *arguments, *length, gives: length && POINTER)
      given = given[0, length[0, Fiddle::SIZEOF_SIZE_T].unpack1("J")] if length
      given.is_a?(String) ? given.force_encoding("UTF-8") : given
    end

    # Calls a function that may fail; makes names the type of the object that it hands out, if any.
    def self.call(name, *arguments, makes: nil)
      made, error = Array.new(2) { Fiddle::Pointer.malloc(Fiddle::SIZEOF_VOIDP, Fiddle::RUBY_FREE) }
      raise Error, own("error", error.ptr) if invoke(name, *arguments, *(made if makes), error, gives: INT) != 0

      own(makes, made.ptr) if makes && !made.ptr.null?
    end

    def self.own(type, pointer) = Fiddle::Pointer.new(pointer, 0, LIBRARY["zoom_s2s_#{type}_free"])
  rescue Fiddle::DLError => e
    raise LoadError, "#{e.message}: install libzoom_s2s, or name it in ZOOM_S2S_LIBRARY"
  end
end
