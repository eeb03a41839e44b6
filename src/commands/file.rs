//! A file that goes with a reply: a picture that it shows, or a document that it only brings along.

use std::fmt;

/// A file that goes with a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum File {
    /// Shown below the words.
    Image(Image),
    /// Only attached.
    Document(Document),
}

/// A picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Image {
    /// The name of the file: letters, digits and dashes, and `.png`.
    pub name: &'static str,
    /// The file.
    pub png: Vec<u8>,
    /// What it shows, for those who cannot see it.
    pub alt: String,
}

/// Shows how much there is, not the bytes.
impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, png, alt } = self;
        f.debug_struct("Image").field("name", name).field("bytes", &png.len()).field("alt", alt).finish()
    }
}

/// What is to be kept, or opened by another program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The name of the file: letters, digits and dashes, and its ending.
    pub name: &'static str,
    /// What it is, as a media type.
    pub content_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

impl File {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Image(image) => image.name,
            Self::Document(document) => document.name,
        }
    }

    /// What it is, as a media type.
    #[must_use]
    pub const fn content_type(&self) -> &'static str {
        match self {
            Self::Image(_) => "image/png",
            Self::Document(document) => document.content_type,
        }
    }

    /// What it holds.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Image(image) => &image.png,
            Self::Document(document) => &document.bytes,
        }
    }

    /// The picture, if it is one.
    #[must_use]
    pub const fn image(&self) -> Option<&Image> {
        match self {
            Self::Image(image) => Some(image),
            Self::Document(_) => None,
        }
    }
}
