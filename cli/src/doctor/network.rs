//! The way to Zoom: names, ports, the proxy, certificates.

use std::io;
use std::net::IpAddr;

use super::finding::{Check, Finding, blocked, fine, note, skipped, wrong};
use super::patient::{Patient, Stage};
use super::reach::{each, look_up, reach};
use super::target::{Target, direct, distinct, targets};
use crate::exit::Exit;

/// The variables that name a proxy, in the order in which they are looked at.
const PROXIES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

/// What to do about a proxy where a direct way is closed.
fn way_out(patient: &Patient<'_>) -> String {
    let first = |names: &[&'static str]| {
        let mut names = names.iter().copied();
        names.find(|name| patient.variables.is_set(name))
    };
    let exempt = first(&["no_proxy", "NO_PROXY"]);
    match (first(&PROXIES), first(&["HTTP_PROXY", "http_proxy"])) {
        (Some(proxy), _) => match exempt {
            Some(exempt) => format!("{proxy} is set, but {exempt} exempts this host: if only the proxy leads out of here, take it out there."),
            None => format!("{proxy} is set, but connections to this machine itself go without it."),
        },
        (None, Some(http)) => format!("{http} is set, which is never used: set HTTPS_PROXY to the same."),
        (None, None) => "If only a proxy leads out of here, set HTTPS_PROXY; cron, systemd and other services do not have your shell's HTTPS_PROXY.".to_owned(),
    }
}

pub(super) fn names(patient: &Patient<'_>) -> Vec<Finding> {
    let direct = direct(patient);
    if direct.is_empty() {
        return vec![skipped("the proxy looks up Zoom's names")];
    }
    let mut hosts: Vec<&Target> = Vec::new();
    for target in &direct {
        if !hosts.iter().any(|known| known.host == target.host) {
            hosts.push(target);
        }
    }
    let found = each(&hosts, patient.patience, |host, port, _| {
        look_up(host, port)
    });
    let mut good = Vec::new();
    let mut bad = Vec::new();
    for (target, found) in hosts.iter().zip(found) {
        match found {
            Ok(_) => good.push(target.host.as_str()),
            Err(error) => bad.push(wrong(
                Exit::TryLater,
                format!("the name {} could not be resolved: {error}", target.host),
                format!(
                    "Check the host name, and this machine's DNS settings.\n{}",
                    way_out(patient)
                ),
            )),
        }
    }
    or_fine(bad, || {
        let is_literal = |host: &&str| host.parse::<IpAddr>().is_ok();
        if good.iter().all(is_literal) {
            format!("{} is an address already", good.join(", "))
        } else {
            format!("{} resolved", good.join(" and "))
        }
    })
}

pub(super) fn tcp(patient: &Patient<'_>) -> Vec<Finding> {
    let direct = direct(patient);
    if direct.is_empty() {
        return vec![skipped("the proxy connects to Zoom")];
    }
    let hosts: Vec<&Target> = distinct(&direct);
    let found = each(&hosts, patient.connecting, reach);
    let mut bad = Vec::new();
    for (target, found) in hosts.iter().zip(found) {
        if let Err(error) = found {
            bad.push(wrong(
                Exit::TryLater,
                format!("no connection to {}:{}: {error}", target.host, target.port),
                format!(
                    "Check that a firewall lets this machine reach it.\n{}{}",
                    way_out(patient),
                    late(patient, &error)
                ),
            ));
        }
    }
    or_fine(bad, || {
        let places = hosts.iter().map(|it| format!("{}:{}", it.host, it.port));
        format!("{} can be reached", listed(places))
    })
}

pub(super) fn proxy(patient: &Patient<'_>) -> Vec<Finding> {
    let targets = targets(patient);
    let variable = PROXIES
        .into_iter()
        .find(|name| patient.variables.is_set(name));
    let variable = variable.unwrap_or("HTTPS_PROXY");
    let mut found = Vec::new();
    for target in &targets {
        let Some((host, port)) = &target.proxy else {
            continue;
        };
        let near = Target {
            host: host.clone(),
            port: *port,
            https: false,
            proxy: None,
        };
        let reached = each(&[&near], patient.connecting, reach);
        if let Some(Err(error)) = reached.into_iter().next() {
            found.push(wrong(
                Exit::TryLater,
                format!("no connection to the proxy {host}:{port}: {error}"),
                format!(
                    "Check {variable}: host and port, and that the proxy runs and may be reached from here.{}",
                    late(patient, &error)
                ),
            ));
            return found;
        }
    }
    match patient.stage() {
        Some(Stage::Store) => return vec![blocked(Check::Store)],
        Some(Stage::Proxy) => {
            if let Some(error) = patient.error() {
                let hosts = targets.iter().filter(|target| target.proxy.is_some());
                let hosts = listed(hosts.map(|it| format!("{}:{}", it.host, it.port)));
                let hint = match error.hint() {
                    "" => "Check HTTPS_PROXY and the proxy itself.",
                    hint => hint,
                };
                let cure = format!(
                    "{hint}\nIt has to let through {hosts}.{}",
                    patient.hurry(error)
                );
                found.push(wrong(Exit::of(error), error.message(), cure));
                return found;
            }
        }
        _ => {}
    }
    let ways = targets.iter().map(|target| match &target.proxy {
        Some((host, port)) => format!("{} through the proxy {host}:{port}", target.host),
        None => format!("{} directly", target.host),
    });
    let mut ways: Vec<String> = ways.collect();
    ways.dedup();
    found.push(fine(if targets.iter().all(|it| it.proxy.is_none()) {
        "none on the way".to_owned()
    } else {
        ways.join(", ")
    }));
    found.extend(unused(patient, &targets));
    found
}

/// The variable that other programs take for https too.
fn unused(patient: &Patient<'_>, targets: &[Target]) -> Option<Finding> {
    let is_set = |name: &str| patient.variables.is_set(name);
    let name = ["HTTP_PROXY", "http_proxy"]
        .into_iter()
        .find(|name| is_set(name))?;
    let goes_out = targets.iter().all(|target| target.proxy.is_none());
    if patient.is_sandbox() || PROXIES.into_iter().any(is_set) || !goes_out {
        return None;
    }
    Some(note(
        format!("{name} is set, and never used: in web servers a request could set it"),
        "If a proxy is needed, set HTTPS_PROXY to the same; else leave it.",
    ))
}

pub(super) fn tls(patient: &Patient<'_>) -> Vec<Finding> {
    let secured: Vec<Target> = targets(patient).into_iter().filter(|it| it.https).collect();
    match patient.stage() {
        Some(Stage::Store) => return vec![blocked(Check::Store)],
        Some(Stage::Proxy) => return vec![blocked(Check::Proxy)],
        Some(Stage::Tls) => {
            if let Some(error) = patient.error() {
                let hint = match error.hint() {
                    "" => {
                        "A firewall or proxy may cut or hold connections to this host: check what it allows."
                    }
                    hint => hint,
                };
                let cure = hint.to_owned() + &patient.hurry(error);
                return vec![wrong(Exit::of(error), error.message(), cure)];
            }
        }
        _ => {}
    }
    if secured.is_empty() {
        return vec![skipped("plain http, on this machine")];
    }
    // The API is asked only with a token.
    let is_asked = patient.call().is_some();
    let hosts = secured.iter().map(|target| target.host.clone());
    let mut hosts: Vec<String> = hosts.take(if is_asked { 2 } else { 1 }).collect();
    hosts.dedup();
    vec![fine(format!(
        "{} showed a certificate that is trusted",
        hosts.join(" and ")
    ))]
}

/// The variables behind it, where the time was over.
fn late(patient: &Patient<'_>, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::TimedOut => patient.haste(),
        _ => String::new(),
    }
}

fn or_fine(bad: Vec<Finding>, what: impl FnOnce() -> String) -> Vec<Finding> {
    if bad.is_empty() {
        vec![fine(what())]
    } else {
        bad
    }
}

fn listed(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<String>>().join(" and ")
}
