//! Network namespaces: hosts of their own, as far as the network goes, on one machine.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::fd::AsRawFd;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use super::relay::{Address, relay};

/// The programs that [`Namespace`] needs.
pub(crate) const TOOLS: [&str; 2] = ["unshare", "nsenter"];

/// A namespace with a loopback of its own, from which some ports of this one are reached.
pub(crate) struct Namespace {
    // Holds the namespace, and relays.
    child: Child,
    folder: PathBuf,
}

impl Namespace {
    /// The system's word on why there are no namespaces here, if there are none.
    pub(crate) fn lacking() -> Option<String> {
        let mut command = Command::new("unshare");
        let output = command.args(HOW.iter().filter(|_| !is_root()));
        let output = output.args(["--net", "true"]).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (!output.status.success()).then_some(said)
    }

    /// A namespace in which `ports` lead to the same ports out here. The body of `test` begins with
    /// [`hold_if_holder`].
    pub(crate) fn start(test: &str, ports: &[u16]) -> Namespace {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("zoom-s2s-netns-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("a folder for the sockets");
        for port in ports {
            let socket = folder.join(port.to_string());
            relay(&Address::Socket(socket), Address::Port(*port));
        }
        let role = super::role(test, "holder");
        let mut command = Command::new("unshare");
        command
            .args(HOW.iter().filter(|_| !is_root()))
            .arg("--net")
            .arg(role.get_program())
            .args(role.get_args())
            .envs(
                role.get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .env("NETNS_SOCKETS", &folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().expect("unshare starts");
        let stdout = child.stdout.take().expect("its output is ours");
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        assert!(lines.any(|line| line == "READY"), "the namespace is up");
        Namespace { child, folder }
    }

    /// The same command, inside.
    pub(crate) fn inside(&self, command: &Command) -> Command {
        let mut inside = Command::new("nsenter");
        inside.args(["--target", &self.child.id().to_string(), "--net"]);
        if !is_root() {
            inside.args(["--user", "--preserve-credentials"]);
        }
        inside.arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => inside.env(name, value),
                None => inside.env_remove(name),
            };
        }
        inside
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Who is not root is root of a user namespace of his own.
const HOW: [&str; 2] = ["--user", "--map-root-user"];

fn is_root() -> bool {
    // SAFETY: it only reads.
    unsafe { libc::geteuid() == 0 }
}

/// The first line of a test whose name is given to [`Namespace::start`]: in the process that holds the
/// namespace it brings the loopback up, relays until stdin ends, and returns true; the test then
/// returns.
pub(crate) fn hold_if_holder() -> bool {
    if super::my_role().as_deref() != Some("holder") {
        return false;
    }
    bring_loopback_up();
    let folder = std::env::var_os("NETNS_SOCKETS").expect("the folder of the sockets");
    for socket in fs::read_dir(folder).expect("it can be read") {
        let socket = socket.expect("an entry");
        let port = socket.file_name().into_string().expect("a port");
        let port = Address::Port(port.parse().expect("a number"));
        relay(&port, Address::Socket(socket.path()));
    }
    println!("\nREADY");
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    true
}

fn bring_loopback_up() {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").expect("a socket");
    // SAFETY: zero is a valid value of every field of this C struct.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    request.ifr_name[0] = b'l' as libc::c_char;
    request.ifr_name[1] = b'o' as libc::c_char;
    request.ifr_ifru.ifru_flags = libc::IFF_UP as libc::c_short;
    // SAFETY: the request is complete and lives as long as the call.
    let result = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS as _, &request) };
    let error = std::io::Error::last_os_error();
    assert_eq!(result, 0, "the loopback comes up: {error}");
}
