//! From the command line to a request, but for its body.

use zoom_s2s::{Method, Request};

use super::args::ApiArgs;
use super::{path, unusable};
use crate::console;
use crate::failure::Failure;

/// Headers that have a way of their own here, and which.
const OTHERWISE: [(&str, &str); 2] = [
    (
        "content-type",
        "Give it with --content-type, which belongs to --input.",
    ),
    (
        "authorization",
        "Leave it out: the token is fetched and sent by itself.\n\
         If others use this machine and it was a token, it may have been seen: command lines are public.",
    ),
];

pub(super) fn build(args: &ApiArgs, api_url: &str) -> Result<Request, Failure> {
    let method = method(args)?;
    let target = path::parse(&args.path, api_url)?;
    let names: Vec<&str> = target.path.split('/').filter_map(in_braces).collect();
    let mut request = Request::new(method, &target.path);
    let mut query = target.query;
    let mut filled = Vec::new();
    for field in &args.fields {
        let Some((name, value)) = field.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            return unusable(
                "a field of -f is not of the form KEY=VALUE",
                "KEY is a name in braces in PATH, or that of a query parameter.",
            );
        };
        if !names.contains(&name) {
            query.push((name.to_owned(), value.to_owned()));
        } else if filled.contains(&name) {
            return unusable(
                format!("-f fills in {{{name}}} twice"),
                "Give each name in braces one value.",
            );
        } else {
            filled.push(name);
            request = request.segment(name, value);
        }
    }
    if let Some(name) = names.iter().find(|name| !filled.contains(name)) {
        return unusable(
            format!("PATH has {{{name}}}, and nothing says what it is"),
            format!("Give it with -f {name}=VALUE."),
        );
    }
    check_query(args, &query)?;
    if args.input.is_none()
        && matches!(method, Method::Post | Method::Put | Method::Patch)
        && !query.is_empty()
    {
        let names: Vec<&str> = query.iter().map(|(name, _)| name.as_str()).collect();
        console::line(&format!(
            "warning: {} goes into the query, and there is no body: --input sends one",
            names.join(", ")
        ));
    }
    for (name, value) in query {
        request = request.query(name, value);
    }
    headers(args, request)
}

fn method(args: &ApiArgs) -> Result<Method, Failure> {
    let Some(method) = Method::from_name(&args.method.to_ascii_uppercase()) else {
        let names: Vec<&str> = Method::ALL.iter().map(|method| method.name()).collect();
        return unusable(
            format!("METHOD is none of {}", names.join(", ")),
            "It comes first: zoom-s2s api GET /users/me",
        );
    };
    if args.paginate && method != Method::Get {
        return unusable(
            format!("--paginate reads lists, and {} does not", method.name()),
            "Leave out --paginate, or use GET.",
        );
    }
    if args.input.is_some() && matches!(method, Method::Get | Method::Head) {
        return unusable(
            format!("{} has no body", method.name()),
            "Leave out --input, or use another METHOD; query parameters are given with -f.",
        );
    }
    Ok(method)
}

fn check_query(args: &ApiArgs, query: &[(String, String)]) -> Result<(), Failure> {
    let has = |wanted: &str| {
        query
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case(wanted))
    };
    if has("access_token") {
        return unusable(
            "access_token does not belong into a query, which ends up in logs",
            "Leave it out: the token is fetched and sent by itself.\n\
             If others use this machine, it may have been seen: command lines are public.",
        );
    }
    if args.paginate && has("page_number") {
        return unusable(
            "--paginate goes from page to page by itself, and page_number asks for one of them",
            "Leave out page_number, or --paginate.",
        );
    }
    if args.paginate && has("next_page_token") {
        return unusable(
            "--paginate begins with the first page, and next_page_token asks for another",
            "Leave out one of them; the pages follow by themselves.",
        );
    }
    Ok(())
}

/// What is wrong with a header is not told with its text: it may be a token's.
fn headers(args: &ApiArgs, mut request: Request) -> Result<Request, Failure> {
    for header in &args.headers {
        let Some((name, value)) = header.split_once(':') else {
            return unusable(
                "a header of -H is not of the form NAME: VALUE",
                "Such as -H 'Accept-Language: de'.",
            );
        };
        let name = name.trim();
        let otherwise = OTHERWISE
            .iter()
            .find(|(own, _)| name.eq_ignore_ascii_case(own));
        if let Some((own, hint)) = otherwise {
            return unusable(format!("-H does not set {own}"), *hint);
        }
        request = request.header(name, value.trim());
    }
    Ok(request)
}

fn in_braces(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}
