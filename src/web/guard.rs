//! What every call passes: who may call, and what the answers may do in a browser.
//!
//! A page of another site can make a browser send calls here. It can neither set our header without asking first,
//! which is refused, nor call under our name after pointing its own name at this machine, because the name is checked.

use std::net::SocketAddr;

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The header that our own pages send with every change.
const OURS: HeaderName = HeaderName::from_static("x-vigie");

/// Under which names the web side may be called.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Host names without a port; empty when any is right.
    hosts: Vec<String>,
}

impl Origin {
    /// The names under which a server that listens there, with that public address, may be called. Who listens on all
    /// addresses has said that others may call, under whatever name.
    #[must_use]
    pub fn new(http: SocketAddr, public_url: &str) -> Self {
        if http.ip().is_unspecified() {
            return Self { hosts: Vec::new() };
        }
        let public = public_url.split_once("://").map_or(public_url, |(_, rest)| rest);
        let public = host_of(public.split('/').next().unwrap_or_default());
        let mut hosts = vec!["localhost".to_owned(), http.ip().to_string(), public.to_owned()];
        if http.ip().is_loopback() {
            hosts.extend(["127.0.0.1".to_owned(), "[::1]".to_owned()]);
        }
        Self { hosts }
    }

    fn allows(&self, host: &str) -> bool {
        self.hosts.is_empty() || self.hosts.iter().any(|known| known.eq_ignore_ascii_case(host_of(host)))
    }
}

/// The name without its port.
fn host_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// Lets a call pass or refuses it, and marks the answer.
pub async fn guard(State(origin): State<Origin>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let mut response = if !origin.allows(host) {
        (StatusCode::FORBIDDEN, "Vigie is not called by this name; set VIGIE_PUBLIC_URL.\n").into_response()
    } else if changes_something(request.method()) && !request.headers().contains_key(OURS) {
        (StatusCode::FORBIDDEN, "changes are taken from Vigie's own pages only (X-Vigie is missing)\n")
            .into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Whether a call is more than a look.
pub fn changes_something(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_name_is_refused_on_loopback_and_any_is_right_on_all_addresses() {
        let loopback = Origin::new(([127, 0, 0, 1], 7070).into(), "https://vigie.example/x");
        for right in ["127.0.0.1:7070", "localhost:7070", "LOCALHOST", "vigie.example", "[::1]:7070"] {
            assert!(loopback.allows(right), "{right}");
        }
        for wrong in ["evil.example:7070", "", "localhost.evil.example"] {
            assert!(!loopback.allows(wrong), "{wrong}");
        }
        assert!(Origin::new(([0, 0, 0, 0], 80).into(), "http://x").allows("anything"));
    }
}
