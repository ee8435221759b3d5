//! `ruby/zoom_s2s.rb` on Debian's Ruby.
#![cfg(target_os = "linux")]

mod languages;
mod support;

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;
use std::time::{Duration, Instant};

use support::{has_tool, skip};

const EXAMPLE: &str = "ruby/example.rb";

/// Notes the skip if Ruby is missing.
fn lacks_ruby(test: &str) -> bool {
    if !has_tool("ruby") {
        skip(test, "ruby");
    }
    !has_tool("ruby")
}

#[test]
fn the_example_lists_whom_the_account_has() {
    if lacks_ruby("ruby_lists") {
        return;
    }
    languages::lists_whom_the_account_has("ruby", EXAMPLE);
}

#[test]
fn an_error_says_what_helps() {
    if lacks_ruby("ruby_errors") {
        return;
    }
    languages::says_what_helps("ruby", EXAMPLE);
}

#[test]
fn a_rejected_token_is_replaced() {
    if lacks_ruby("ruby_rejects") {
        return;
    }
    languages::replaces_a_rejected_token(
        "ruby",
        r##"
require "net/http"
require "pp"
api, control = ARGV
zoom = ZoomS2S::Client.from_env
ask = ->(token) { puts Net::HTTP.get_response(URI("#{api}/users"), { "Authorization" => token.bearer }).code }
token = zoom.token
raise token.expires_at.to_s if (token.expires_at - Time.now - 3600).abs > 60
shown = "#{token} #{token.inspect} #{[token]} #{PP.pp(token, +"")}"
raise "it shows itself" if shown.include?(token.value)
ask.(token)
Net::HTTP.post(URI("#{control}/tokens/kill"), "{}", { "Content-Type" => "application/json" }).value
ask.(zoom.token)
ask.(zoom.reject_token(token).token)
"##,
    );
}

#[test]
fn meetings_come_page_after_page() {
    if lacks_ruby("ruby_pages") {
        return;
    }
    languages::pages_meetings(
        "ruby",
        r##"
meetings = ZoomS2S::Client.from_env.pages("/users/{id}/meetings", "meetings", id: ARGV[0], page_size: 30)
puts meetings.next["id"]
meetings.drop(1).each { |meeting| puts meeting["id"] }
"##,
    );
}

#[test]
fn anything_can_be_sent() {
    if lacks_ruby("ruby_sends") {
        return;
    }
    languages::sends_anything(
        "ruby",
        r##"
zoom = ZoomS2S::Client.from_env(timeout_ms: 20_000)
puts zoom.send_request("PATCH", "/users/{id}", id: ARGV[0], body: { dept: "Größe & Maß" }).status
puts zoom.send_request("GET", "/users/{id}", id: ARGV[0]).json["dept"]
begin
  zoom.send_request("GET", "/users/{id}", id: "nobody/at all")
rescue ZoomS2S::Error => e
  raise e unless e.message.include?("does not exist") && e.body.include?("1001") && !e.retryable
  puts [e.status.upcase, e.http_status, e.zoom_code].join(" ")
end
[{ nix: 1 }, { client_secret: "a\0b" }, { timeout_ms: 0 }].each do |wrong|
  ZoomS2S::Client.from_env(**wrong)
  abort "#{wrong} is taken"
rescue ArgumentError, ZoomS2S::Error => e
  abort "#{wrong}: #{e}" unless e.message =~ /#{wrong.keys[0]}|null byte/
end
"##,
    );
}

#[test]
fn odd_orders_leak_nothing() {
    if lacks_ruby("ruby_orders") {
        return;
    }
    languages::leaks_nothing(
        "ruby",
        r##"
def size = puts(File.read("/proc/self/status")[/VmRSS:\s*(\d+)/, 1])
def rounds(count)
  count.times do |round|
    zoom = ZoomS2S::Client.from_env
    half, @unread = zoom.users, zoom.pages("/users", "users")
    250.times { zoom.token }
    zoom = nil
    10.times { half.next }
    @unread.next
    ZoomS2S::Client.from_env.send_request("GET", "/users/nobody") rescue 0
    GC.start if round % 10 == 0
  end
  GC.start
end
rounds(30)
size
rounds(60)
size
# Collected at every turn, and moved; and left to the end of the process.
LAST, LISTING = ZoomS2S::Client.from_env, ZoomS2S::Client.from_env.users
LISTING.next
GC.stress = true
LAST.users.take(5)
GC.stress = false
GC.compact
LISTING.next
"##,
    );
}

#[test]
fn a_forked_child_goes_on_and_so_does_its_parent() {
    if lacks_ruby("ruby_fork") {
        return;
    }
    languages::survives_a_fork(
        "ruby",
        r##"
$stdout.sync = true
zoom = ZoomS2S::Client.from_env
seen, child = 0, nil
zoom.each_user do
  seen += 1
  child = fork if seen == 100
end
who = child ? "parent" : "child"
line = "#{who} #{seen} #{zoom.users.count}"
if child
  Process.wait(child)
  puts "#{line} #{$?.exitstatus}"
else
  puts line
  zoom = nil
  GC.start
end
"##,
    );
}

/// Whatever the process was doing: it goes on at once, and so does its client.
#[test]
fn an_interrupt_ends_the_pending_call_and_the_client_lives_on() {
    if lacks_ruby("ruby_interrupt") {
        return;
    }
    let zoom = languages::slow_sandbox();
    let script = format!(
        r##"
require "{}"
# Shells ignore Ctrl-C for what they run in the background, and children inherit that.
Signal.trap("INT", "DEFAULT")
zoom = ZoomS2S::Client.from_env(timeout_ms: 500_000)
begin
  puts "waiting"
  $stdout.flush
  zoom.users.first
rescue Interrupt
  puts "interrupted"
end
puts zoom.users.count
"##,
        languages::file("ruby/zoom_s2s.rb").display()
    );
    let mut ruby = languages::program("ruby", &zoom)
        .args(["-e", &script])
        .stdout(Stdio::piped())
        .spawn()
        .expect("ruby starts");
    let mut said = BufReader::new(ruby.stdout.take().expect("its output"));
    let mut line = String::new();
    said.read_line(&mut line).expect("a line");
    assert_eq!(line, "waiting\n");
    let deadline = Instant::now() + Duration::from_secs(60);
    while zoom.api_requests() == 0 {
        assert!(Instant::now() < deadline, "it asks for nothing");
        std::thread::sleep(Duration::from_millis(5));
    }
    let begin = Instant::now();
    support::holder::send_signal(ruby.id(), libc::SIGINT);
    let mut rest = String::new();
    said.read_to_string(&mut rest).expect("its output");
    assert!(ruby.wait().expect("it ends").success());
    let count = zoom.truth(zoom_s2s_sandbox::UserStatus::Active).count();
    assert_eq!(rest, format!("interrupted\n{count}\n"));
    assert!(begin.elapsed() < Duration::from_secs(60));
}

/// Whoever copies a newer file beside an older library reads what to do.
#[test]
fn a_library_that_is_too_old_is_refused() {
    if lacks_ruby("ruby_abi") {
        return;
    }
    let script = format!(
        r##"
require "fiddle"
Fiddle::Function.prepend(Module.new {{ def call(*) = 1 }})
begin
  require "{}"
rescue LoadError => e
  puts e.message
end
"##,
        languages::file("ruby/zoom_s2s.rb").display()
    );
    let zoom = support::sandbox(|sandbox| sandbox);
    let output = languages::program("ruby", &zoom)
        .args(["-e", &script])
        .output()
        .expect("ruby starts");
    let said = support::c::text(&output.stdout);
    assert!(said.contains("too old: its ABI is 1"), "{said}");
}

/// Threads of Ruby wait for Zoom side by side.
#[test]
fn other_threads_run_during_a_call() {
    if lacks_ruby("ruby_threads") {
        return;
    }
    let zoom = languages::slow_sandbox();
    let said = languages::run(
        "ruby",
        r##"
zoom = ZoomS2S::Client.from_env(timeout_ms: 500_000)
zoom.token
slow = Thread.new { zoom.users.first }
# Which one meets the slow answer is open; the others must come back meanwhile.
others = Array.new(3) { Thread.new { zoom.users.count } }
threads = [slow, *others]
sleep 0.01 until threads.count { |thread| !thread.alive? } == 3
puts "three"
$stdout.flush
exit!(true)
"##,
        &[],
        &zoom,
    );
    assert_eq!(said, "three\n");
}

#[test]
fn functions_are_called_as_the_header_declares_them() {
    if lacks_ruby("ruby_declared") {
        return;
    }
    let zoom = support::sandbox(|sandbox| sandbox);
    zoom.set_scopes(&[]);
    let log = languages::run(
        "ruby",
        r##"
LOG = []
Fiddle::Handle.prepend(Module.new { def [](name) = LOG.push([name]) && super })
Fiddle::Function.prepend(Module.new do
  def initialize(pointer, arguments, result, *)
    LOG.last.push(result, *arguments)
    super
  end
end)
zoom = ZoomS2S::Client.from_env
id = zoom.users.first["id"]
zoom.reject_token(zoom.token)
zoom.refresh_token
zoom.pages("/users/{id}/meetings", "meetings", id: id, page_size: 30).first
zoom.send_request("PATCH", "/users/{id}", id: id, body: { dept: "x" })
zoom.send_request("GET", "/nothing") rescue 0
settings = ZoomS2S::Client::TEXTS + ZoomS2S::Client::NUMBERS
settings.each { |setting| ZoomS2S::Client.from_env(setting => 1) rescue 0 }
PLAIN = { Fiddle::TYPE_VOIDP => "pointer", Fiddle::TYPE_CONST_STRING => "pointer", Fiddle::TYPE_INT32_T => "i32",
          Fiddle::TYPE_SIZE_T => "size", Fiddle::TYPE_VOID => "void" }
# Fiddle::Pointer takes the address of the function that frees it, and calls every such function alike.
LOG.each { |line| line.push(Fiddle::TYPE_VOID, Fiddle::TYPE_VOIDP) if line.size == 1 && line[0].end_with?("_free") }
# size_t has a type of its own, or that of a number of its size.
LOG.each { |name, *types| puts [name, *types.map { |type| PLAIN.fetch(type) { type == Fiddle::TYPE_INT64_T ? "i64" : "size" } }].join(" ") }
"##,
        &[],
        &zoom,
    );
    languages::assert_as_declared(&log);
    assert_eq!(log.matches("config_set_").count(), 10, "{log}");
}
