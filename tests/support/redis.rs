//! A real Redis server for one test, on a port and in a folder of its own.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// The programs that [`Redis`] needs.
pub(crate) const TOOLS: [&str; 2] = ["redis-server", "openssl"];

/// How clients reach the server.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Listen {
    #[default]
    Tcp,
    Tls,
    Unix,
}

#[derive(Clone, Default)]
pub(crate) struct Options {
    pub(crate) listen: Listen,
    pub(crate) password: Option<String>,
    /// More arguments: `["--maxmemory", "1mb"]`.
    pub(crate) arguments: Vec<String>,
}

impl Options {
    pub(crate) fn new(listen: Listen) -> Options {
        Options {
            listen,
            ..Options::default()
        }
    }

    pub(crate) fn password(mut self, password: &str) -> Options {
        self.password = Some(password.to_owned());
        self
    }

    pub(crate) fn arguments(mut self, arguments: &[&str]) -> Options {
        self.arguments
            .extend(arguments.iter().map(|text| (*text).to_owned()));
        self
    }
}

/// What the server answers to [`Redis::command`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Text(String),
    Number(i64),
    Nothing,
    List(Vec<Answer>),
    Refused(String),
}

/// A running server. Killed when dropped; it keeps nothing on disk.
pub(crate) struct Redis {
    options: Options,
    folder: PathBuf,
    port: u16,
    child: Child,
}

impl Redis {
    pub(crate) fn start(options: Options) -> Redis {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("zoom-s2s-redis-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("the folder of the server is made");
        if options.listen == Listen::Tls {
            make_certificates(&folder);
        }
        if let Some(password) = &options.password {
            fs::write(folder.join("password"), format!("{password}\n")).expect("password file");
        }
        // The port may be taken by somebody else before the server has it.
        for _ in 0..20 {
            let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
            let port = listener.local_addr().expect("its number").port();
            drop(listener);
            if let Some(child) = launch(&options, &folder, port) {
                return Redis {
                    options,
                    folder,
                    port,
                    child,
                };
            }
        }
        panic!("redis-server does not start: {}", log(&folder));
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The URL of a store, with the password if there is one.
    pub(crate) fn url(&self) -> String {
        let port = self.port;
        let login = self.options.password.as_ref();
        let login = login
            .map(|password| format!(":{password}@"))
            .unwrap_or_default();
        match self.options.listen {
            Listen::Tcp => format!("redis://{login}127.0.0.1:{port}"),
            Listen::Tls => format!("rediss://{login}127.0.0.1:{port}"),
            Listen::Unix => {
                let query = match self.options.password {
                    Some(_) => format!("?password_file={}", self.password_file().display()),
                    None => String::new(),
                };
                format!("unix:{}{query}", self.socket().display())
            }
        }
    }

    /// A file with the server's password.
    pub(crate) fn password_file(&self) -> PathBuf {
        self.folder.join("password")
    }

    /// The CA that issued the server's certificate, PEM.
    pub(crate) fn ca_file(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// A socket that the server always listens on.
    pub(crate) fn socket(&self) -> PathBuf {
        socket(&self.folder)
    }

    /// Asks the server itself, whatever clients see of it.
    pub(crate) fn command(&self, words: &[&str]) -> Answer {
        ask(&self.folder, self.options.password.as_deref(), words).expect("the server answers")
    }

    /// Everything in the server: keys and values.
    pub(crate) fn dump(&self) -> BTreeMap<String, String> {
        let Answer::List(keys) = self.command(&["KEYS", "*"]) else {
            panic!("KEYS is refused");
        };
        let value = |key: &Answer| {
            let Answer::Text(key) = key else {
                panic!("a key is no text");
            };
            match self.command(&["GET", key]) {
                Answer::Text(value) => Some((key.clone(), value)),
                // It has ended meanwhile.
                Answer::Nothing => None,
                other => panic!("{key} holds {other:?}"),
            }
        };
        keys.iter().filter_map(value).collect()
    }

    /// Kills the server: its connections break, its data is gone.
    pub(crate) fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_file(self.socket());
    }

    /// Starts again on the same port, empty.
    pub(crate) fn restart(&mut self) {
        self.stop();
        for _ in 0..20 {
            if let Some(child) = launch(&self.options, &self.folder, self.port) {
                self.child = child;
                return;
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!("redis-server does not start again: {}", log(&self.folder));
    }

    /// Stops the process without ending it: the system still accepts connections, nobody answers.
    pub(crate) fn pause(&self) {
        self.signal("STOP");
        let deadline = Instant::now() + Duration::from_secs(10);
        let stat = format!("/proc/{}/stat", self.pid());
        // Without /proc there is nothing to see it by, and the signal is quick.
        while let Ok(stat) = fs::read_to_string(&stat) {
            if stat.contains(") T ") {
                break;
            }
            assert!(Instant::now() < deadline, "redis-server does not stop");
            thread::sleep(Duration::from_millis(1));
        }
    }

    pub(crate) fn resume(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let command = format!("kill -{name} {}", self.pid());
        let status = Command::new("sh").args(["-c", &command]).status();
        assert!(status.expect("a shell").success(), "{command}");
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.stop();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A server that answers, or `None` if it ended at once: its port is taken.
fn launch(options: &Options, folder: &Path, port: u16) -> Option<Child> {
    let log = fs::File::create(folder.join("log")).expect("a log");
    let mut command = Command::new("redis-server");
    command
        .current_dir(folder)
        .args(["--save", "", "--appendonly", "no", "--bind", "127.0.0.1"])
        .args(["--unixsocket".as_ref(), socket(folder).as_os_str()])
        .stdin(Stdio::null())
        .stderr(log.try_clone().expect("a second handle"))
        .stdout(log);
    let number = port.to_string();
    match options.listen {
        Listen::Tcp => command.args(["--port", &number]),
        Listen::Unix => command.args(["--port", "0"]),
        Listen::Tls => command
            .args(["--port", "0", "--tls-port", &number])
            .args([
                "--tls-cert-file",
                "server.pem",
                "--tls-key-file",
                "server.key",
            ])
            .args(["--tls-ca-cert-file", "ca.pem", "--tls-auth-clients", "no"]),
    };
    if let Some(password) = &options.password {
        command.args(["--requirepass", password]);
    }
    let mut child = command
        .args(&options.arguments)
        .spawn()
        .expect("redis-server starts");
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        if child.try_wait().expect("its state").is_some() {
            return None;
        }
        if ask(folder, options.password.as_deref(), &["PING"]).is_ok() {
            return Some(child);
        }
        assert!(Instant::now() < deadline, "redis-server is silent");
        thread::sleep(Duration::from_millis(5));
    }
}

fn socket(folder: &Path) -> PathBuf {
    folder.join("socket")
}

fn log(folder: &Path) -> String {
    fs::read_to_string(folder.join("log")).unwrap_or_default()
}

fn ask(folder: &Path, password: Option<&str>, words: &[&str]) -> io::Result<Answer> {
    let stream = UnixStream::connect(socket(folder))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut reader = BufReader::new(stream);
    if let Some(password) = password {
        exchange(&mut reader, &["AUTH", password])?;
    }
    exchange(&mut reader, words)
}

fn exchange(reader: &mut BufReader<UnixStream>, words: &[&str]) -> io::Result<Answer> {
    let mut text = format!("*{}\r\n", words.len());
    for word in words {
        text += &format!("${}\r\n{word}\r\n", word.len());
    }
    reader.get_mut().write_all(text.as_bytes())?;
    answer(reader)
}

fn answer(reader: &mut impl BufRead) -> io::Result<Answer> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let line = line.trim_end();
    let (kind, rest) = line
        .split_at_checked(1)
        .ok_or(io::ErrorKind::UnexpectedEof)?;
    let number = || rest.parse::<i64>().map_err(io::Error::other);
    Ok(match kind {
        "+" => Answer::Text(rest.to_owned()),
        "-" => Answer::Refused(rest.to_owned()),
        ":" => Answer::Number(number()?),
        "$" if rest != "-1" => {
            let mut bytes = vec![0; number()? as usize + 2];
            reader.read_exact(&mut bytes)?;
            bytes.truncate(bytes.len() - 2);
            Answer::Text(String::from_utf8_lossy(&bytes).into_owned())
        }
        "*" if rest != "-1" => Answer::List(
            (0..number()?)
                .map(|_| answer(reader))
                .collect::<io::Result<_>>()?,
        ),
        _ => Answer::Nothing,
    })
}

/// `ca.pem`, `server.pem` and `server.key`, for loopback.
fn make_certificates(folder: &Path) {
    let names = "subjectAltName=DNS:localhost,IP:127.0.0.1\n";
    fs::write(folder.join("names"), names).expect("the names are written");
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout";
    for line in [
        format!("req -x509 {key} ca.key -out ca.pem -days 2 -subj /CN=test-CA"),
        format!("req {key} server.key -out server.csr -subj /CN=test"),
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2 -extfile names".to_owned(),
    ] {
        let mut command = Command::new("openssl");
        command.current_dir(folder).args(line.split(' '));
        let output = command.output().expect("openssl runs");
        assert!(output.status.success(), "openssl {line}: {output:?}");
    }
}
