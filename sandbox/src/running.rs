//! The threads a sandbox runs in.

use crate::builder::Builder;
use crate::credentials::Credentials;
use crate::server;
use crate::tls::Tls;
use crate::zoom::Zoom;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::oneshot;

/// Room for a burst of clients between two turns of the accepting task.
const BACKLOG: u32 = 1024;

pub(crate) struct Running {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What the start brought to light.
pub(crate) struct Started {
    pub(crate) running: Running,
    pub(crate) zoom: Arc<Zoom>,
    pub(crate) url: String,
    pub(crate) ca_pem: Option<String>,
}

impl Running {
    /// Starts the server and waits until it listens.
    ///
    /// The runtime lives and dies in a thread of ours, so that a sandbox may be made and dropped
    /// anywhere, inside another runtime too.
    pub(crate) fn start(builder: &Builder, credentials: Credentials) -> io::Result<Started> {
        let tls = if builder.tls { Some(Tls::new()?) } else { None };
        let (acceptor, ca_pem) = tls.map(|tls| (tls.acceptor, tls.ca_pem)).unzip();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("zoom-sandbox")
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let (ready, started) = mpsc::channel();
        let builder = builder.clone();
        let thread = thread::Builder::new()
            .name("zoom-sandbox-main".to_owned())
            .spawn(move || {
                let scheme = if builder.tls { "https" } else { "http" };
                runtime.block_on(async {
                    let listener = match listen(builder.port) {
                        Ok(listener) => listener,
                        Err(error) => return drop(ready.send(Err(error))),
                    };
                    let url = listener.local_addr().map(|at| format!("{scheme}://{at}"));
                    let started = url.map(|url| {
                        let zoom = Arc::new(Zoom::new(&builder, credentials, &url));
                        tokio::spawn(server::accept(listener, acceptor, zoom.clone()));
                        (zoom, url)
                    });
                    let _ = ready.send(started);
                    // An error means that the sandbox is gone, which is the same.
                    let _ = stopped.await;
                });
                // Tasks end where they wait; nothing here computes for long.
                runtime.shutdown_timeout(Duration::from_secs(2));
            })?;
        let running = Self {
            stop: Some(stop),
            thread: Some(thread),
        };
        let (zoom, url) = started.recv().map_err(io::Error::other)??;
        Ok(Started {
            running,
            zoom,
            url,
            ca_pem,
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in there has been reported on stderr already.
            let _ = thread.join();
        }
    }
}

fn listen(port: u16) -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    // A fixed port must be free again right after the sandbox before.
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    socket.listen(BACKLOG)
}
