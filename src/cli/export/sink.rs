//! Where an export goes: standard output, or a file that is there when it is whole.
//!
//! A file is written under another name beside its place and moved there at the end, so that a full disk or an
//! interrupted call leaves what was there before, and never half a file that looks like a whole one.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::app::failure::Failure;

/// Where an export goes.
pub enum Sink {
    /// To standard output.
    Standard,
    /// Into a file.
    File(Draft),
    /// Into what is no file but is written to like one: a device, a named pipe.
    Device(File, PathBuf),
}

/// A file that is not in its place yet; without [`Draft::keep`] it goes away.
pub struct Draft {
    place: PathBuf,
    beside: PathBuf,
    file: Option<BufWriter<File>>,
}

impl Sink {
    /// Into that file, or to standard output without one.
    ///
    /// # Errors
    /// When the file cannot be written to.
    pub fn open(place: Option<PathBuf>) -> Result<Self, Failure> {
        let Some(place) = place else { return Ok(Self::Standard) };
        let opened = match fs::metadata(&place) {
            Ok(there) if !there.is_file() => {
                File::options().write(true).open(&place).map(|file| Self::Device(file, place.clone()))
            }
            Ok(_) | Err(_) => Draft::new(&place).map(Self::File),
        };
        Ok(opened.with_context(|| cannot_be_written(&place))?)
    }

    /// Whether somebody reads along.
    pub fn is_for_people(&self) -> bool {
        match self {
            Self::Standard => io::stdout().is_terminal(),
            Self::File(_) | Self::Device(..) => false,
        }
    }

    /// Writes on; `false` when whoever reads has seen enough (`| head`).
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, bytes: &[u8]) -> Result<bool, Failure> {
        let written = match self {
            Self::Standard => {
                let mut out = io::stdout().lock();
                out.write_all(bytes).and_then(|()| out.flush())
            }
            Self::File(draft) => draft.write(bytes),
            Self::Device(device, _) => device.write_all(bytes),
        };
        match written {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
            written => Ok(written.map(|()| true).with_context(|| self.complaint())?),
        }
    }

    /// Puts a file into its place and says so on standard error.
    ///
    /// # Errors
    /// When that is not possible.
    pub fn close(self, requests: usize) -> Result<(), Failure> {
        let complaint = self.complaint();
        let Self::File(draft) = self else { return Ok(()) };
        let place = draft.place.clone();
        draft.keep().context(complaint)?;
        eprintln!("{requests} requests are in {}", place.display());
        Ok(())
    }

    fn complaint(&self) -> String {
        match self {
            Self::Standard => "standard output cannot be written to".to_owned(),
            Self::File(Draft { place, .. }) | Self::Device(_, place) => cannot_be_written(place),
        }
    }
}

impl Draft {
    /// A draft beside the place; a link is followed, so that it stays one.
    fn new(place: &Path) -> io::Result<Self> {
        let place = fs::canonicalize(place).unwrap_or_else(|_| place.to_owned());
        let name = place.file_name().ok_or(ErrorKind::InvalidFilename)?;
        let beside = format!(".{}.{}.part", name.to_string_lossy(), std::process::id());
        let beside = place.with_file_name(beside);
        let file = File::create(&beside)?;
        Ok(Self { place, beside, file: Some(BufWriter::new(file)) })
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), |file| file.write_all(bytes))
    }

    /// Moves it into its place, once all of it is on the disk.
    fn keep(mut self) -> io::Result<()> {
        if let Some(file) = self.file.take() {
            file.into_inner()?.sync_all()?;
        }
        fs::rename(&self.beside, &self.place)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Gone already when it was moved into its place.
        let _ = fs::remove_file(&self.beside);
    }
}

fn cannot_be_written(place: &Path) -> String {
    format!("{} cannot be written", place.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder of our own");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_is_not_finished_leaves_what_was_there_before() {
        let folder = tempfile::tempdir().expect("a folder of our own");
        let place = folder.path().join("requests.csv");
        fs::write(&place, "before").expect("the folder is ours");
        let mut sink = Sink::open(Some(place.clone())).expect("the folder is ours");
        assert!(sink.write(b"half").expect("there is room"));
        assert_eq!(names(folder.path()).len(), 2);
        drop(sink);
        assert_eq!(fs::read_to_string(&place).expect("there"), "before");
        assert_eq!(names(folder.path()), ["requests.csv"]);
    }

    #[test]
    fn what_is_finished_takes_its_place_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().expect("a folder of our own");
        let place = folder.path().join("requests.csv");
        for content in ["one", "two"] {
            let mut sink = Sink::open(Some(place.clone())).expect("the folder is ours");
            sink.write(content.as_bytes()).expect("there is room");
            sink.close(1).expect("the folder is ours");
            assert_eq!(fs::read_to_string(&place).expect("there"), content);
        }
        assert_eq!(names(folder.path()), ["requests.csv"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_a_full_device_is_named() {
        let folder = tempfile::tempdir().expect("a folder of our own");
        let (place, link) = (folder.path().join("requests.csv"), folder.path().join("latest.csv"));
        fs::write(&place, "before").expect("the folder is ours");
        std::os::unix::fs::symlink(&place, &link).expect("links can be made");
        let mut sink = Sink::open(Some(link.clone())).expect("the folder is ours");
        sink.write(b"after").expect("there is room");
        sink.close(1).expect("the folder is ours");
        assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
        assert_eq!(fs::read_to_string(&place).expect("there"), "after");

        let mut full = Sink::open(Some("/dev/full".into())).expect("Linux has it");
        let refused = full.write(b"anything").expect_err("nothing fits");
        assert!(refused.to_string().contains("/dev/full cannot be written"), "{refused}");
    }
}
