# frozen_string_literal: true

# Zoom's Server-to-Server OAuth and its API, over libzoom_s2s. Copy this file into your project:
#
#     require_relative "zoom_s2s"
#     zoom = ZoomS2S::Client.from_env           # ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID, ZOOM_CLIENT_SECRET
#     zoom.each_user(status: :all) { |user| puts "#{user["email"]}\t#{user["id"] || "(pending)"}" }
#     zoom.pages("/users/{id}/meetings", "meetings", id: id, type: "upcoming").each { |meeting| … }
#     request["Authorization"] = zoom.token.bearer        # or keep your own requests
#
# The token is fetched once, renewed before it expires, and replaced when Zoom refuses it. Entries are hashes as Zoom
# sends them. Lists are complete, or end in an error. What fails raises a ZoomS2S::Error, whose message is what to print.
#
# For Ruby 3.0 or newer, with its Fiddle; the library is the one that ZOOM_S2S_LIBRARY names, else the system's. One client
# may serve any number of threads: calls let others run, and Ctrl-C ends them at once. (Timeout.timeout leaves the call
# behind, which goes on until timeout_ms.) Objects may go in any order. A forked child goes on with those that no other
# thread was using, and leaves the memory of what it inherited alone.

require "fiddle"
require "json"

module ZoomS2S
  # What went wrong. status is a name of zoom_s2s_status, such as :credentials or :not_found; http_status and zoom_code
  # are 0 where there is none, retry_after_ms is -1. in_doubt: Zoom may have carried the request out all the same.
  class Error < StandardError
    attr_reader :status, :code, :hint, :http_status, :zoom_code, :retryable, :retry_after_ms, :in_doubt, :tracking_id,
                :body

    def initialize(error)
      super(error.text("text"))
      @code, @http_status = error.int("status"), error.int("http_status")
      @zoom_code, @retry_after_ms = error.long("zoom_code"), error.long("retry_after_ms")
      @retryable, @in_doubt = error.int("is_retryable") == 1, error.int("in_doubt") == 1
      @hint, @tracking_id, @body = error.text("hint"), error.text("tracking_id"), error.bytes("body")
      @status = Native.function("status_name", [Native::INT], Native::TEXT).call(@code).downcase.to_sym
    end
  end

  # header is the whole line, "Authorization: Bearer …".
  Token = Struct.new(:value, :bearer, :header, :expires_at) do
    def inspect = "#<ZoomS2S::Token expires_at=#{expires_at}>"
    alias_method :to_s, :inspect
  end

  Response = Struct.new(:status, :body, :tracking_id) do
    def json = JSON.parse(body)
  end

  class Client
    STATUSES = { active: 1, inactive: 2, pending: 3, all: 4 }.freeze
    TEXTS = %i[account_id client_id client_secret account_id_file client_id_file client_secret_file token_store oauth_url
               api_url ca_file proxy user_agent].freeze
    LONGS = %i[timeout_ms connect_timeout_ms body_limit].freeze
    INTS = %i[cloud regional ca_only].freeze

    # A client of the environment's settings and these, under their names in zoom_s2s.h, such as
    # token_store: "file:/run/app/zoom-token", timeout_ms: 10_000. Nothing is sent yet.
    def self.from_env(**settings)
      config = Native.call("config_from_env", makes: "config")
      settings.each do |name, value|
        raise ArgumentError, "there is no setting #{name}" unless (TEXTS + LONGS + INTS).include?(name)

        value = TEXTS.include?(name) ? value.to_s : Integer(value)
        Native.call("config_set_#{name}", config, value, integer: LONGS.include?(name) ? Native::LONG : Native::INT)
      end
      new(Native.call("client_new", config, makes: "client"))
    end

    private_class_method :new

    def initialize(handle) = @handle = handle

    # Users who are :active, :inactive, :pending, or :all; without a block, an Enumerator of them.
    def each_user(status: :active, &block)
      return enum_for(:each_user, status: status) unless block

      number = STATUSES.fetch(status.to_sym) { raise ArgumentError, "users are active, inactive, pending or all" }
      query = Native.call("users_query_new", makes: "users_query")
      Native.call("users_query_set_status", query, number)
      pager = Native.call("client_list_users", @handle, query, makes: "users_pager")
      each_entry("users", "user_json", pager, &block)
    end

    def users(status: :active) = enum_for(:each_user, status: status)

    # Everything of a list that Zoom sends in pages; key names the list in its answers. Values whose names the path has
    # in braces go there, the others are parameters. Without a block, an Enumerator.
    def pages(path, key, **values, &block)
      return enum_for(:pages, path, key, **values) unless block

      pager = Native.call("client_pages", @handle, request("GET", path, values), key, makes: "entries_pager")
      each_entry("entries", "entry_json", pager, &block)
    end

    # Any request, with the body as JSON; the values as in pages.
    def send_request(method, path, body: nil, **values)
      request = request(method, path, values)
      unless body.nil?
        json = JSON.generate(body)
        Native.call("request_set_body", request, json, json.bytesize, "application/json", integer: Native::SIZE)
      end
      response = Native.wait(@handle, "client_send", @handle, request, makes: "response")
      Response.new(response.int("status"), response.bytes("body").force_encoding("UTF-8"), response.text("tracking_id"))
    end

    # The token, for requests of your own. Ask for it before each of them: that costs little while it is good.
    def token
      token = Native.wait(@handle, "client_token", @handle, makes: "token")
      expires_at = Time.at(0, token.long("expires_at_ms"), :millisecond)
      Token.new(token.text("value"), token.text("bearer"), token.text("header"), expires_at)
    end

    # Tells that Zoom refused this token (HTTP 401): token then gives a better one, or raises why there is none.
    def reject_token(token)
      Native.call("client_reject_token", @handle, token.is_a?(Token) ? token.value : token)
      self
    end

    private

    def request(method, path, values)
      request = Native.call("request_new", method, path, makes: "request")
      values.each do |name, value|
        set = path.include?("{#{name}}") ? "request_set_segment" : "request_add_query"
        Array(value).each { |one| Native.call(set, request, name.to_s, one.to_s) }
      end
      request
    end

    def each_entry(kind, json, pager)
      while (page = Native.wait(@handle, "#{kind}_pager_next", pager, makes: "#{kind}_page"))
        page.size("count").times { |row| yield JSON.parse(page.bytes(json, row).force_encoding("UTF-8")) }
      end
      self
    end
  end

  # How to call the library.
  module Native
    POINTER, TEXT, VOID = Fiddle::TYPE_VOIDP, Fiddle::TYPE_CONST_STRING, Fiddle::TYPE_VOID
    INT, LONG, SIZE = Fiddle::TYPE_INT32_T, Fiddle::TYPE_INT64_T, Fiddle::TYPE_SIZE_T
    USUAL = { /mswin|mingw/ => "zoom_s2s.dll", /darwin/ => "libzoom_s2s.dylib" }.freeze
    @functions = {}

    def self.library
      @library ||= begin
        usual = USUAL.find { |system, _| RUBY_PLATFORM.match?(system) }&.last || "libzoom_s2s.so.1"
        library = Fiddle.dlopen(ENV["ZOOM_S2S_LIBRARY"].to_s.empty? ? usual : ENV["ZOOM_S2S_LIBRARY"])
        raise LoadError, "this libzoom_s2s is too old" unless library.sym("zoom_s2s_config_set_token_store")

        library
      rescue Fiddle::DLError => e
        raise LoadError, "#{e.message}: install libzoom_s2s, or name it in ZOOM_S2S_LIBRARY"
      end
    end

    def self.function(name, arguments, result)
      @functions[name] ||= Fiddle::Function.new(library["zoom_s2s_#{name}"], arguments, result)
    end

    # Calls a function that may fail; makes names the type of the object that it hands out, if any.
    def self.call(name, *arguments, makes: nil, integer: INT)
      arguments.map! { |one| one.is_a?(String) ? one.encode("UTF-8") : one }
      kinds = arguments.map { |one| { String => TEXT, Integer => integer, Handle => POINTER }.fetch(one.class) }
      places = Fiddle::Pointer.malloc(2 * Fiddle::SIZEOF_VOIDP, Fiddle::RUBY_FREE)
      outputs = [places, places + Fiddle::SIZEOF_VOIDP].last(makes ? 2 : 1)
      plain = arguments.map { |one| one.is_a?(Handle) ? one.pointer : one }
      failed = function(name, kinds + [POINTER] * outputs.size, INT).call(*plain, *outputs)
      raise Error.new(Handle.new("error", outputs.last.ptr)) if failed != 0

      Handle.new(makes, places.ptr) if makes && !places.ptr.null?
    end

    # A call that may take its time, on a thread of its own: one that waits in the library would not notice signals.
    def self.wait(client, name, *arguments, makes:)
      worker = Thread.new { call(name, *arguments, makes: makes) }
      worker.report_on_exception = false
      worker.value
    rescue SignalException
      # More than once: it may be interrupted before it has begun.
      while worker&.alive?
        call("client_cancel", client)
        sleep 0.01
      end
      raise
    end
  end

  # An object of the library, freed when nobody has this one any more, in the process that made it.
  class Handle
    attr_reader :pointer

    def initialize(type, pointer)
      @type, @pointer = type, pointer
      free = Native.function("#{type}_free", [Native::POINTER], Native::VOID)
      ObjectSpace.define_finalizer(self, Handle.freeing(free, pointer))
    end

    def self.freeing(function, pointer)
      process = Process.pid
      proc { function.call(pointer) if Process.pid == process }
    end

    def text(what) = get(what, Native::TEXT).force_encoding("UTF-8")
    def int(what) = get(what, Native::INT)
    def long(what) = get(what, Native::LONG)
    def size(what) = get(what, Native::SIZE)

    def bytes(what, *row)
      length = Fiddle::Pointer.malloc(Fiddle::SIZEOF_SIZE_T, Fiddle::RUBY_FREE)
      kinds = [Native::POINTER, *row.map { Native::SIZE }, Native::POINTER]
      bytes = Native.function("#{@type}_#{what}", kinds, Native::POINTER).call(@pointer, *row, length)
      bytes[0, length[0, Fiddle::SIZEOF_SIZE_T].unpack1("J")]
    end

    private

    def get(what, kind) = Native.function("#{@type}_#{what}", [Native::POINTER], kind).call(@pointer)
  end

  private_constant :Native, :Handle
end
