//! Files that come with a message: which there are after a call, and what is wrong with them.
//!
//! `attachments` names each file: a new one by the number in its part's name (`files[0]`), one that stays by its id.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::clock::Clock;
use super::multipart::Upload;
use super::refusal::Refusal;
use super::state::File;

/// The largest file, as interactions are told in `attachment_size_limit`.
pub const LARGEST: usize = 10_485_760;
/// The characters of a description.
const DESCRIPTION: usize = 1024;
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

impl File {
    /// Width and height, when it is a PNG.
    pub fn png_size(&self) -> Option<(u32, u32)> {
        png_size(&self.bytes)
    }
}

/// The files of a message after a call; `before` are those that it had.
pub fn after(
    clock: &mut Clock,
    body: &Value,
    uploads: Vec<Upload>,
    before: &[File],
) -> Result<Vec<File>, Refusal> {
    let Some(named) = body["attachments"].as_array() else {
        let described = uploads.into_iter().map(|upload| (upload, None)).collect();
        return all(clock, body, before.to_vec(), described);
    };
    let mut uploads: Vec<(Upload, Option<String>)> =
        uploads.into_iter().map(|upload| (upload, None)).collect();
    let (mut kept, mut seen) = (Vec::new(), BTreeSet::new());
    for attachment in named {
        let id = attachment["id"].as_u64().or_else(|| attachment["id"].as_str()?.parse().ok());
        let id =
            id.ok_or_else(|| Refusal::form(format!("an attachment with the id {}", attachment["id"])))?;
        if !seen.insert(id) {
            return Err(Refusal::form(format!("two attachments with the id {id}")));
        }
        let alt = attachment["description"].as_str().map(str::to_owned);
        if alt.as_ref().is_some_and(|alt| alt.chars().count() > DESCRIPTION) {
            return Err(Refusal::form(format!("a description of more than {DESCRIPTION} characters")));
        }
        if let Some((upload, described)) = uploads.iter_mut().find(|(upload, _)| upload.id == id) {
            if let Some(name) = attachment["filename"].as_str() {
                name.clone_into(&mut upload.name);
            }
            *described = alt;
        } else if let Some(file) = before.iter().find(|file| file.id == id) {
            kept.push(File { alt: alt.or_else(|| file.alt.clone()), ..file.clone() });
        } else {
            return Err(Refusal::form(format!("no file for the attachment {id}")));
        }
    }
    if let Some((unnamed, _)) = uploads.iter().find(|(upload, _)| !seen.contains(&upload.id)) {
        return Err(Refusal::form(format!("the file {:?} is in no attachment", unnamed.name)));
    }
    all(clock, body, kept, uploads)
}

fn all(
    clock: &mut Clock,
    body: &Value,
    mut files: Vec<File>,
    uploads: Vec<(Upload, Option<String>)>,
) -> Result<Vec<File>, Refusal> {
    for (Upload { name, bytes, .. }, alt) in uploads {
        if bytes.len() > LARGEST {
            return Err(Refusal::form(format!("{name} has {} bytes", bytes.len())));
        }
        let is_called_png = Path::new(&name).extension().is_some_and(|kind| kind.eq_ignore_ascii_case("png"));
        if is_called_png && png_size(&bytes).is_none() {
            return Err(Refusal::form(format!("{name} is no PNG")));
        }
        files.push(File { id: clock.snowflake(), name, bytes, alt });
    }
    for embed in body["embeds"].as_array().into_iter().flatten() {
        let url = embed["image"]["url"].as_str().unwrap_or_default();
        let shown = url.strip_prefix("attachment://");
        if let Some(missing) = shown.filter(|shown| !files.iter().any(|file| file.name == *shown)) {
            return Err(Refusal::form(format!("an embed shows {missing}, which is not attached")));
        }
    }
    Ok(files)
}

/// What stands in the first chunk, which has to be `IHDR`.
fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = bytes.strip_prefix(PNG)?.get(4..16)?.strip_prefix(b"IHDR")?;
    let number = |at: usize| Some(u32::from_be_bytes(header.get(at..at + 4)?.try_into().ok()?));
    Some((number(0)?, number(4)?)).filter(|(width, height)| *width > 0 && *height > 0)
}
