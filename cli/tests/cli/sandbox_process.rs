//! `zoom-s2s sandbox` as a process of its own, and plain HTTP to it.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command};

use serde_json::Value;

use crate::support::{Run, bare, end, signal, start};

pub(crate) struct Started {
    child: Option<Child>,
    // Held open, or the sandbox would have nobody to print to.
    _stdout: BufReader<ChildStdout>,
    pub(crate) settings: Vec<(String, String)>,
}

impl Started {
    pub(crate) fn new(arguments: &str) -> Started {
        let (child, mut stdout) = start(&mut bare(&format!("sandbox {arguments}")));
        let mut settings = Vec::new();
        loop {
            let mut line = String::new();
            stdout.read_line(&mut line).expect("a line");
            assert!(!line.is_empty(), "it did not start: {}", end(child).stderr);
            let Some(setting) = line.trim_end().strip_prefix("export ") else {
                continue;
            };
            let (name, value) = setting.split_once('=').expect("a setting");
            settings.push((name.to_owned(), value.to_owned()));
            if name == "ZOOM_S2S_API_URL" {
                break;
            }
        }
        Started {
            child: Some(child),
            _stdout: stdout,
            settings,
        }
    }

    pub(crate) fn setting(&self, name: &str) -> &str {
        let found = self.settings.iter().find(|(key, _)| key == name);
        &found.expect("a setting").1
    }

    /// The command, led to it.
    pub(crate) fn led(&self, arguments: &str) -> Command {
        let mut command = bare(arguments);
        command.envs(self.settings.iter().cloned());
        command
    }

    /// Sends a request as it is and returns status and body.
    pub(crate) fn send(&self, head: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
        let host = self.setting("ZOOM_S2S_OAUTH_URL");
        let host = host.strip_prefix("http://").expect("no TLS");
        let mut stream = TcpStream::connect(host).expect("it listens");
        let mut request = format!("{head} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        (status.expect("a status"), body.to_owned())
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        let (status, body) = self.send(&format!("GET {path}"), &[], "");
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).expect("JSON")
    }

    pub(crate) fn journal(&self) -> Vec<Value> {
        self.get("/sandbox/journal")
            .as_array()
            .expect("an array")
            .clone()
    }

    /// Ends it as Ctrl-C does, and returns what it said.
    pub(crate) fn stop(mut self) -> Run {
        let child = self.child.take().expect("it runs");
        signal(&child, "INT");
        end(child)
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
