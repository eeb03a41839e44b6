//! Slack's exports, which are folders and archives: recognised, so that whoever has one is told.

use super::ExportError;

/// What is said about a folder or an archive.
pub(super) fn not_yet(file: String) -> ExportError {
    let what = "a folder or an archive, as Slack exports them: Vigie cannot read these yet, they come together with \
                its Slack side"
        .to_owned();
    ExportError::Foreign { file, what }
}
