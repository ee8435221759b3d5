//! The sandbox, in a process of its own, so that what it uses is not counted with anybody else.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use nix::sys::resource::UsageWho;
use zoom_s2s_sandbox::{Builder, Sandbox};

use crate::Outcome;
use crate::affinity::pin;
use crate::used::{seconds, usage};

/// How pages come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    Http,
    Tls,
    TlsGzip,
}

impl Transport {
    pub(crate) const ALL: [Transport; 3] = [Transport::Http, Transport::Tls, Transport::TlsGzip];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Transport::Http => "HTTP",
            Transport::Tls => "TLS",
            Transport::TlsGzip => "TLS + gzip",
        }
    }
}

/// A running one. It ends when this is dropped, or when this process does.
pub(crate) struct Zoom {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    env: Vec<(String, String)>,
    ca_file: Option<PathBuf>,
}

impl Zoom {
    /// With so many users, all statuses together. `cpus` in the words of `bench-launch`.
    pub(crate) fn start(transport: Transport, users: u32, cpus: &str) -> Outcome<Zoom> {
        let tls = transport != Transport::Http;
        let gzip = transport == Transport::TlsGzip;
        let me = std::env::current_exe()?;
        let mut command = Command::new(me);
        command.args([
            "serve",
            cpus,
            &users.to_string(),
            &tls.to_string(),
            &gzip.to_string(),
        ]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdin = child.stdin.take().ok_or("no stdin")?;
        let mut stdout = BufReader::new(child.stdout.take().ok_or("no stdout")?);
        let mut env = Vec::new();
        loop {
            let mut line = String::new();
            if stdout.read_line(&mut line)? == 0 {
                return Err("the sandbox did not start".into());
            }
            match line.trim_end().split_once('=') {
                Some((name, value)) => env.push((name.to_owned(), value.to_owned())),
                None => break,
            }
        }
        let ca_file = env.iter().find(|(name, _)| name == CA_FILE);
        Ok(Zoom {
            ca_file: ca_file.map(|(_, path)| path.into()),
            child,
            stdin,
            stdout,
            env,
        })
    }

    /// What leads a program here; the authority of its certificate as each library wants it told.
    pub(crate) fn env(&self) -> Vec<(String, String)> {
        let mut env = self.env.clone();
        if let Some(file) = &self.ca_file {
            let file = file.display().to_string();
            let extra = [
                ("ZOOM_S2S_CA_FILE", &*file),
                ("ZOOM_S2S_CA_ONLY", "1"),
                ("REQUESTS_CA_BUNDLE", &file),
            ];
            env.extend(extra.map(|(name, value)| (name.to_owned(), value.to_owned())));
        }
        env
    }

    pub(crate) fn ca_file(&self) -> Option<&PathBuf> {
        self.ca_file.as_ref()
    }

    /// Seconds of CPU that it has used so far.
    pub(crate) fn cpu(&mut self) -> Outcome<f64> {
        writeln!(self.stdin)?;
        let mut line = String::new();
        self.stdout.read_line(&mut line)?;
        Ok(line.trim().parse()?)
    }
}

impl Drop for Zoom {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(file) = &self.ca_file {
            let _ = std::fs::remove_file(file);
        }
    }
}

const CA_FILE: &str = "BENCH_CA_FILE";

/// The other side: serves until stdin ends, and answers each line there with the CPU used so far.
pub(crate) fn serve(words: &[String]) -> Outcome<()> {
    let [cpus, users, tls, gzip] = words else {
        return Err("usage: bench serve CPUS USERS TLS GZIP".into());
    };
    pin(cpus)?;
    let sandbox = builder(users.parse()?, tls == "true", gzip == "true").start()?;
    let mut out = std::io::stdout();
    for (name, value) in sandbox.env() {
        writeln!(out, "{name}={value}")?;
    }
    if let Some(pem) = sandbox.ca_pem() {
        let file = std::env::temp_dir().join(format!("zoom-s2s-bench-{}.pem", std::process::id()));
        std::fs::write(&file, pem)?;
        writeln!(out, "{CA_FILE}={}", file.display())?;
    }
    writeln!(out)?;
    out.flush()?;
    for line in std::io::stdin().lines() {
        line?;
        let usage = usage(UsageWho::RUSAGE_SELF);
        writeln!(
            out,
            "{:.6}",
            seconds(usage.user_time()) + seconds(usage.system_time())
        )?;
        out.flush()?;
    }
    Ok(())
}

fn builder(users: u32, tls: bool, gzip: bool) -> Builder {
    // Room for every page of the table, so that it is rendered and compressed once.
    Sandbox::builder()
        .users(users)
        .tls(tls)
        .gzip(gzip)
        .page_cache(128 << 20)
}
