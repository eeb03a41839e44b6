//! Reads what a request carries: JSON, or a form of files with the JSON in `payload_json`.

use axum::http::{HeaderMap, header};
use serde_json::Value;

/// A file that was sent.
pub struct Upload {
    /// Its number, by which `attachments` names it.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// The body and the files of a request; the error says what could not be read.
pub fn read(headers: &HeaderMap, bytes: &[u8]) -> Result<(Option<Value>, Vec<Upload>), String> {
    if bytes.is_empty() {
        return Ok((None, vec![]));
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if let Some((_, boundary)) =
        kind.split_once("boundary=").filter(|_| kind.starts_with("multipart/form-data"))
    {
        return form(boundary.trim_matches('"'), bytes);
    }
    if !kind.starts_with("application/json") {
        return Err(format!("a body of the type {kind:?}"));
    }
    serde_json::from_slice(bytes).map(|body| (Some(body), vec![])).map_err(|error| error.to_string())
}

fn form(boundary: &str, bytes: &[u8]) -> Result<(Option<Value>, Vec<Upload>), String> {
    let mut payload = None;
    let mut files = Vec::new();
    for part in split(bytes, format!("--{boundary}").as_bytes()) {
        let Some(end) = find(part, b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&part[..end]).into_owned();
        let content = part[end + 4..].strip_suffix(b"\r\n").unwrap_or(&part[end + 4..]);
        match (parameter(&head, "name"), parameter(&head, "filename")) {
            (Some(name), None) if name == "payload_json" => {
                payload = Some(serde_json::from_slice(content).map_err(|error| error.to_string())?);
            }
            (Some(name), Some(file)) => {
                let id = name.strip_prefix("files[").and_then(|rest| rest.strip_suffix(']')?.parse().ok());
                let id = id.ok_or_else(|| format!("a file in a part called {name:?}"))?;
                if files.iter().any(|file: &Upload| file.id == id) {
                    return Err(format!("two files with the number {id}"));
                }
                files.push(Upload { id, name: file, bytes: content.to_vec() });
            }
            (name, None) => return Err(format!("a part called {name:?} in the form")),
            (None, Some(file)) => return Err(format!("the file {file:?} in a part without a name")),
        }
    }
    Ok((payload, files))
}

fn parameter(head: &str, name: &str) -> Option<String> {
    let (_, rest) = head.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| value.to_owned())
}

fn split<'a>(bytes: &'a [u8], by: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut rest = bytes;
    while let Some(at) = find(rest, by) {
        parts.push(&rest[..at]);
        rest = &rest[at + by.len()..];
    }
    parts
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
