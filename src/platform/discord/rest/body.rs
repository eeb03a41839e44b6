//! What a call carries: nothing, JSON, or a form of JSON and a file.
//!
//! The form is the one that Discord's reference describes under *Uploading Files*: the JSON in `payload_json`, the file
//! in `files[0]`, joined by the id 0 in the JSON's `attachments`.

use std::time::Duration;

use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder, header};
use serde::Serialize;

use super::refusals;
use crate::commands::File;
use crate::platform::PlatformError;

/// How long a call with a file may take: ten MiB over a line of two Mbit/s.
const TIME_OUT: Duration = Duration::from_mins(1);

/// What a call carries.
pub enum Body<'a, T: ?Sized> {
    /// Nothing.
    Empty,
    /// JSON.
    Json(&'a T),
    /// JSON with a file.
    Form(&'a T, &'a File),
}

impl<T: ?Sized> Clone for Body<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized> Copy for Body<'_, T> {}

impl<'a, T: Serialize + ?Sized> Body<'a, T> {
    /// JSON or nothing.
    pub fn of(body: Option<&'a T>) -> Self {
        body.map_or(Self::Empty, Self::Json)
    }

    /// Puts it onto a request; `method` and `path` are the request's.
    pub fn onto(
        self,
        request: RequestBuilder,
        method: &Method,
        path: &str,
    ) -> Result<RequestBuilder, PlatformError> {
        match self {
            Self::Empty if *method == Method::GET => Ok(request),
            // Discord refuses a PUT without a length, and the client leaves it out.
            Self::Empty => Ok(request.header(header::CONTENT_LENGTH, 0)),
            Self::Json(body) => Ok(request.json(body)),
            Self::Form(body, file) => {
                let form = form(body, file).map_err(|why| PlatformError::Permanent {
                    reason: format!(
                        "the body of {method} {} cannot be written: {why}",
                        refusals::shown(path)
                    ),
                })?;
                Ok(request.multipart(form).timeout(TIME_OUT))
            }
        }
    }
}

fn form(body: &(impl Serialize + ?Sized), file: &File) -> Result<Form, String> {
    let json = serde_json::to_string(body).map_err(|error| error.to_string())?;
    let json = Part::text(json).mime_str("application/json").map_err(|error| error.to_string())?;
    let file = Part::bytes(file.bytes().to_vec()).file_name(file.name()).mime_str(file.content_type());
    Ok(Form::new().part("payload_json", json).part("files[0]", file.map_err(|error| error.to_string())?))
}
