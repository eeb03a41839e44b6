//! What a call carries: nothing, JSON, or a form of JSON and a picture.
//!
//! The form is the one that Discord's reference describes under *Uploading Files*: the JSON in `payload_json`, the file
//! in `files[0]`, joined by the id 0 in the JSON's `attachments`.

use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder, header};
use serde::Serialize;

use super::refusals;
use crate::commands::Image;
use crate::platform::PlatformError;

/// What a call carries.
pub enum Body<'a, T: ?Sized> {
    /// Nothing.
    Empty,
    /// JSON.
    Json(&'a T),
    /// JSON with a picture.
    Form(&'a T, &'a Image),
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
            Self::Form(body, image) => {
                let form = form(body, image).map_err(|why| PlatformError::Permanent {
                    reason: format!(
                        "the body of {method} {} cannot be written: {why}",
                        refusals::shown(path)
                    ),
                })?;
                Ok(request.multipart(form))
            }
        }
    }
}

fn form(body: &(impl Serialize + ?Sized), image: &Image) -> Result<Form, String> {
    let json = serde_json::to_string(body).map_err(|error| error.to_string())?;
    let json = Part::text(json).mime_str("application/json").map_err(|error| error.to_string())?;
    let file = Part::bytes(image.png.clone()).file_name(image.name).mime_str("image/png");
    Ok(Form::new().part("payload_json", json).part("files[0]", file.map_err(|error| error.to_string())?))
}
