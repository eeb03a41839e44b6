//! `/export`: requests as a file, for who asked alone.

use super::ask::Ask;
use super::{Document, File, Reply};
use crate::config::community::values;
use crate::domain::settings::Settings;
use crate::domain::time::civil;
use crate::domain::words::Expected;
use crate::stats::export::{Days, Export, Format, Wanted};
use crate::store::StoreError;

/// What is asked for, as it was typed.
pub(super) struct Asked<'a> {
    pub(super) from: Option<&'a str>,
    pub(super) to: Option<&'a str>,
    pub(super) format: Format,
    pub(super) texts: bool,
}

impl Ask<'_> {
    /// `/export`.
    pub(super) async fn export(&self, settings: &Settings, asked: Asked<'_>) -> Result<Reply, StoreError> {
        let words = self.words;
        let days = match self.days(asked.from, asked.to) {
            Ok(days) => days,
            Err(refusal) => return Ok(refusal),
        };
        let wanted = Wanted { days, format: asked.format, texts: asked.texts };
        let mut export = Export::new(self.triage.store(), settings, wanted, Some(self.caller.link));
        let (mut bytes, mut requests) = (Vec::new(), 0);
        while let Some(chunk) = export.next().await? {
            if bytes.len() + chunk.bytes.len() > self.caller.largest_file {
                return Ok(self.too_large(settings, wanted));
            }
            bytes.extend(chunk.bytes);
            requests += chunk.requests;
        }
        let of_which_days = words.opened_between(days.from, days.to, settings.community.timezone.iana_name());
        if requests == 0 {
            return Ok(Reply::facts(words.no_requests(), vec![self.text(of_which_days)]));
        }
        let mut lines = vec![self.text(of_which_days)];
        if wanted.texts {
            lines.push(self.text(words.export_has_texts().to_owned()));
        }
        let mut reply = Reply::facts(words.exported(requests), lines);
        reply.file = Some(Box::new(File::Document(document(wanted.format, bytes))));
        Ok(reply)
    }

    fn days(&self, from: Option<&str>, to: Option<&str>) -> Result<Days, Reply> {
        let day = |text: Option<&str>| -> Result<Option<civil::Date>, Reply> {
            let read = |text: &str| {
                values::date(text)
                    .map_err(|why| Reply::refused(self.words.wrong_value(Expected::Day, text, &why)))
            };
            text.map(read).transpose()
        };
        let days = Days { from: day(from)?, to: day(to)? };
        match (days.from, days.to) {
            (Some(from), Some(to)) if from > to => {
                Err(Reply::refused(self.words.days_in_wrong_order(from, to)))
            }
            _ => Ok(days),
        }
    }

    fn too_large(&self, settings: &Settings, wanted: Wanted) -> Reply {
        let mut reply = Reply::refused(self.words.export_too_large(self.caller.largest_file));
        reply.lines.push(self.text(call(settings, wanted)));
        reply
    }
}

/// The call of the program that exports the same into a file.
fn call(settings: &Settings, wanted: Wanted) -> String {
    let mut call = format!("vigie export {}", settings.community.id);
    for (option, day) in [("--from", wanted.days.from), ("--to", wanted.days.to)] {
        call.extend(day.map(|day| format!(" {option} {day}")));
    }
    let format = wanted.format.as_str();
    let texts = if wanted.texts { " --texts" } else { "" };
    call + &format!(" --format {format}{texts} -o vigie-export.{format}")
}

fn document(format: Format, bytes: Vec<u8>) -> Document {
    let (name, content_type) = match format {
        Format::Csv => ("vigie-export.csv", "text/csv; charset=utf-8"),
        Format::Jsonl => ("vigie-export.jsonl", "application/x-ndjson"),
    };
    Document { name, content_type, bytes }
}
