//! Connections and requests: from accepting a socket to sending an answer.

use crate::answer::{Answer, Pieces};
use crate::caller::Caller;
use crate::concurrency::InTheMaking;
use crate::control;
use crate::date::http_date;
use crate::fault::{Action, Strike};
use crate::journal::{Arrival, Journal};
use crate::request::Request;
use crate::wire::{Command, Control, Cut, Stream, Wire};
use crate::zoom::{Zoom, is_api};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::header::HeaderName;
use hyper::http::{HeaderValue, StatusCode};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// No request of Zoom's API that is built here comes near this.
const MAX_BODY: usize = 1 << 20;

/// Accepts connections until it is dropped.
pub(crate) async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, zoom: Arc<Zoom>) {
    loop {
        match listener.accept().await {
            Ok((tcp, _)) => {
                tokio::spawn(connection(tcp, tls.clone(), zoom.clone()));
            }
            // Out of file descriptors, most likely: they come back.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn connection(tcp: TcpStream, tls: Option<TlsAcceptor>, zoom: Arc<Zoom>) {
    let number = zoom.connections.fetch_add(1, Ordering::SeqCst) as u64 + 1;
    // Without this, the end of a page would wait for the client's acknowledgement of its start.
    let _ = tcp.set_nodelay(true);
    let stream = match tls {
        None => Stream::Plain(tcp),
        Some(acceptor) => match acceptor.accept(tcp).await {
            Ok(stream) => Stream::Tls(Box::new(stream)),
            Err(_) => return,
        },
    };
    let control = Arc::new(Control::default());
    let io = TokioIo::new(Wire::new(stream, control.clone()));
    let service = service_fn(move |request| {
        let (zoom, control) = (zoom.clone(), control.clone());
        async move { respond(&zoom, &control, number, request).await }
    });
    // It ends with an error when a client goes away or a fault cuts: nobody need hear of it.
    let _ = hyper::server::conn::http1::Builder::new()
        .header_read_timeout(None)
        .serve_connection(io, service)
        .await;
}

/// Fails, and so ends the connection, only if the request's body does not arrive.
async fn respond(
    zoom: &Zoom,
    control: &Control,
    connection: u64,
    request: hyper::Request<Incoming>,
) -> io::Result<hyper::Response<Pieces>> {
    let arrival = Arrival {
        at: zoom.clock.since_start(),
        unix_seconds: zoom.clock.unix_seconds(),
        connection,
    };
    let (parts, body) = request.into_parts();
    if let Some(path) = control::path(parts.uri.path()) {
        let body = collect(body).await?;
        return Ok(response(
            zoom,
            control::answer(zoom, &parts.method, path, &body),
            Some(&zoom.tracking_id(0)),
        ));
    }

    zoom.clock.advance(zoom.clock_per_request);
    let mut request = Request::new(&parts, Caller::of(&parts.headers, zoom));
    let strike = zoom.faults.strike(&request);
    let fault = strike.as_ref().map(|strike| &strike.fault);
    let (number, tracking_id) = zoom.journal.arrived(
        &request,
        fault.map(|fault| fault.action.name()),
        &zoom.app,
        &arrival,
        |number| zoom.tracking_id(number),
    );

    let mut unanswered = Unanswered(Some((&zoom.journal, number)));
    // Held over the latency: it is in the making that calls are too many.
    let making = is_api(&request.path).then(|| zoom.concurrency.enter());
    request.body = collect(body).await?;
    zoom.journal.body(number, &request, &zoom.app);
    if let Some(latency) = fault.and_then(|fault| fault.latency) {
        tokio::time::sleep(latency).await;
    }
    let head_only = request.method == "HEAD";
    let (answer, carried_out) = outcome(zoom, request, strike.as_ref(), making.as_ref());
    let command = fault.and_then(|fault| match fault.action {
        Action::Cut(cut) => Some(Command::Cut(cut)),
        Action::Drip { head, bytes, every } => Some(Command::Drip { head, bytes, every }),
        Action::ContentLength(by) => Some(Command::ContentLength(by)),
        _ => None,
    });
    // Before a byte goes out, so that a client that has its answer finds it in the journal.
    let cut = matches!(command, Some(Command::Cut(_)));
    let status = if cut { 0 } else { answer.status };
    unanswered.0 = None;
    zoom.journal.answered(number, status, carried_out);
    if let Some(command) = command {
        let body = if head_only { 0 } else { answer.body.len() };
        control.next_response(command, body);
    }
    let traced = fault.is_none_or(|fault| fault.tracking_id);
    Ok(response(zoom, answer, traced.then_some(&*tracking_id)))
}

/// Tells the journal of a request whose client went away before there was an answer: then the
/// future that makes the answer is dropped.
struct Unanswered<'j>(Option<(&'j Journal, u64)>);

impl Drop for Unanswered<'_> {
    fn drop(&mut self) {
        if let Some((journal, number)) = self.0.take() {
            journal.abandoned(number);
        }
    }
}

/// The answer, and whether the request took effect.
fn outcome(
    zoom: &Zoom,
    mut request: Request,
    strike: Option<&Strike>,
    making: Option<&InTheMaking<'_>>,
) -> (Answer, bool) {
    let gzip = zoom.gzip && request.accepts_gzip();
    let fault = strike.map(|strike| &strike.fault);
    let action = fault.map_or(&Action::Nothing, |fault| &fault.action);
    if matches!(action, Action::Amend(_)) {
        // What is to be changed must be there to read.
        request.accept_encoding = None;
    }
    let let_in = match action {
        Action::Instead { .. } => fault.is_some_and(|fault| fault.carried_out),
        Action::Cut(cut) => *cut != Cut::BeforeProcessing,
        _ => true,
    };
    let ordinary = let_in.then(|| match making.map_or(Ok(()), InTheMaking::admit) {
        Ok(()) => zoom.answer(&request),
        Err(refusal) => refusal,
    });
    let carried_out = ordinary.as_ref().is_some_and(Answer::is_success);
    let mut answer = match action {
        Action::Instead { answer, .. } => answer.clone(),
        // Of what is cut before it is processed nobody sees an answer.
        _ => ordinary.unwrap_or_else(|| Answer::new(200, "", "")),
    };
    if let Some(strike) = strike {
        if let Action::Amend(amendment) = &strike.fault.action {
            answer = amendment.apply(answer, &request, strike.nth);
        }
        answer.headers.extend_from_slice(&strike.fault.headers);
    }
    if gzip {
        answer = answer.compressed();
    }
    (answer, carried_out)
}

async fn collect(body: Incoming) -> io::Result<Bytes> {
    let body = Limited::new(body, MAX_BODY).collect().await;
    Ok(body.map_err(io::Error::other)?.to_bytes())
}

fn response(zoom: &Zoom, answer: Answer, tracking_id: Option<&str>) -> hyper::Response<Pieces> {
    let mut response = hyper::Response::new(answer.body);
    // A fault may ask for a status or header that HTTP does not know; then it is left out.
    if let Ok(status) = StatusCode::from_u16(answer.status) {
        *response.status_mut() = status;
    }
    let date = http_date(zoom.clock.unix_seconds());
    let fixed = [
        ("content-type", answer.content_type.as_str()),
        ("date", &date),
        ("x-zm-trackingid", tracking_id.unwrap_or_default()),
    ];
    let given = answer.headers.iter().map(|(n, v)| (n.as_str(), v.as_str()));
    let encoding = answer.gzip.then_some(("content-encoding", "gzip"));
    for (name, value) in fixed.into_iter().chain(given).chain(encoding) {
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value),
        ) && !value.is_empty()
        {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
