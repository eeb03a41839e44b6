//! The prompt templates: compiled in, and overridden file by file from `VIGIE_PROMPTS`.
//!
//! A template is tried when it is loaded, so that a mistake in it stops the start and not, weeks later, an answer. Its
//! version is the word of its first line with a hash of the whole, so that a decision can be traced to the very text.

use std::fmt::Write as _;
use std::path::Path;

use minijinja::{Environment, UndefinedBehavior, Value, context};

use crate::domain::label::Route;
use crate::domain::settings::Language;
use crate::domain::verdict::Lang;
use crate::domain::words::Words;

/// The templates of everything that a language model is asked.
#[derive(Clone, Debug)]
pub struct Prompts {
    classify: Prompt,
    draft_reply: Prompt,
}

/// A template that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file} {reason}")]
pub struct PromptError {
    file: String,
    reason: String,
}

/// One template, tried and found right.
#[derive(Clone, Debug)]
struct Prompt {
    file: &'static str,
    templates: Environment<'static>,
    version: String,
}

const CLASSIFY: (&str, &str) = ("classify.md", include_str!("../../../prompts/classify.md"));
const DRAFT_REPLY: (&str, &str) = ("draft_reply.md", include_str!("../../../prompts/draft_reply.md"));

impl Prompts {
    /// The built-in templates.
    ///
    /// # Panics
    /// Never: they are tried by the tests.
    #[must_use]
    pub fn built_in() -> Self {
        Self::load(None).expect("the built-in templates are tried by the tests")
    }

    /// The templates of that folder, and the built-in ones for what it does not hold.
    ///
    /// # Errors
    /// When the folder is not there, or a template in it cannot be used.
    pub fn load(folder: Option<&Path>) -> Result<Self, PromptError> {
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            let file = folder.display().to_string();
            return Err(PromptError { file, reason: "is no folder that can be read".to_owned() });
        }
        let classify = Prompt::new(CLASSIFY.0, source(folder, CLASSIFY)?)?;
        let draft_reply = Prompt::new(DRAFT_REPLY.0, source(folder, DRAFT_REPLY)?)?;
        let prompts = Self { classify, draft_reply };
        for language in [Language::En, Language::Fr] {
            prompts.for_classify("Brand", language)?;
        }
        for guidelines in [None, Some("Guidelines.")] {
            for language in [Lang::En, Lang::Fr, Lang::Other] {
                for route in Route::ALL {
                    prompts.for_draft("Brand", route, guidelines, language)?;
                }
            }
        }
        Ok(prompts)
    }

    /// The version of the template that judges.
    #[must_use]
    pub fn classify_version(&self) -> &str {
        &self.classify.version
    }

    /// The version of the template that drafts.
    #[must_use]
    pub fn draft_version(&self) -> &str {
        &self.draft_reply.version
    }

    /// What the model is told before a message that it shall judge.
    pub(super) fn for_classify(&self, brand: &str, language: Language) -> Result<String, PromptError> {
        let language = match language {
            Language::En => "English",
            Language::Fr => "French",
        };
        self.classify.render(context! { brand, language })
    }

    /// What the model is told before messages that it shall draft an answer to.
    pub(super) fn for_draft(
        &self,
        brand: &str,
        route: Route,
        guidelines: Option<&str>,
        language: Lang,
    ) -> Result<String, PromptError> {
        let language = match language {
            Lang::En => "English",
            Lang::Fr => "French",
            Lang::Other => "the language of the messages",
        };
        let desk = Words::new(Language::En).route(route);
        self.draft_reply.render(context! { brand, desk, guidelines, language })
    }
}

impl Prompt {
    fn new(file: &'static str, source: String) -> Result<Self, PromptError> {
        let wrong = |reason: String| PromptError { file: file.to_owned(), reason };
        let word = version_word(&source)
            .ok_or_else(|| wrong("does not begin with a line like {# version: mine-1 #}".to_owned()))?;
        let mut version = word.to_owned();
        write!(version, "+{:08x}", hash(&source)).expect("writing to a string cannot fail");
        let mut templates = Environment::empty();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.add_template_owned(file, source).map_err(|e| wrong(format!("cannot be used: {e}")))?;
        Ok(Self { file, templates, version })
    }

    fn render(&self, values: Value) -> Result<String, PromptError> {
        let rendered = self.templates.get_template(self.file).and_then(|template| template.render(values));
        let wrong = |reason: String| PromptError { file: self.file.to_owned(), reason };
        let text = rendered.map_err(|error| wrong(format!("cannot be used: {error}")))?;
        match text.trim() {
            "" => Err(wrong("says nothing".to_owned())),
            text => Ok(text.to_owned()),
        }
    }
}

fn source(folder: Option<&Path>, (file, built_in): (&str, &str)) -> Result<String, PromptError> {
    let Some(path) = folder.map(|folder| folder.join(file)).filter(|path| path.exists()) else {
        return Ok(built_in.to_owned());
    };
    std::fs::read_to_string(&path)
        .map_err(|error| PromptError { file: file.to_owned(), reason: format!("cannot be read: {error}") })
}

/// The word of the first line, `{# version: WORD #}`.
fn version_word(source: &str) -> Option<&str> {
    let line = source.trim_start_matches('\u{feff}').lines().next()?.trim();
    let word = line.strip_prefix("{#")?.strip_suffix("#}")?.trim().strip_prefix("version:")?.trim();
    let is_word = !word.is_empty() && word.len() <= 40 && word.chars().all(|c| c.is_ascii_graphic());
    is_word.then_some(word)
}

/// FNV-1a over 32 bits: enough to tell an edited template from the one it was, not meant to resist anybody.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(file: &str, content: &str) -> tempfile::TempDir {
        let folder = tempfile::TempDir::new().expect("a folder of our own");
        std::fs::write(folder.path().join(file), content).expect("the folder is ours");
        folder
    }

    #[test]
    fn the_built_in_templates_name_the_brand_the_labels_and_the_shape() {
        let prompts = Prompts::built_in();
        let told = prompts.for_classify("Air Azur", Language::Fr).expect("rendered");
        for part in ["Air Azur", "customer_service", "product_expert", "pr", "none", "French", "JSON"] {
            assert!(told.contains(part), "{part}");
        }
        assert!(!told.contains("{{") && !told.contains("version:"), "nothing of the template is left");
        assert!(prompts.classify_version().starts_with("classify-1+"));
        assert_eq!(prompts.classify_version().len(), "classify-1+3fa2c1d0".len());
        assert!(prompts.draft_version().starts_with("draft-reply-1+"));
    }

    #[test]
    fn guidelines_stand_in_the_draft_prompt_when_there_are_any() {
        let prompts = Prompts::built_in();
        let with = prompts.for_draft("X", Route::Pr, Some("Vouvoiement."), Lang::Fr).expect("rendered");
        assert!(with.contains("Vouvoiement.") && with.contains("In French"), "{with}");
        let without = prompts.for_draft("X", Route::Pr, None, Lang::Other).expect("rendered");
        assert!(!without.contains("Guidelines of") && without.contains("the language of the messages"));
    }

    #[test]
    fn what_an_administrator_writes_is_never_read_as_a_template() {
        let told = Prompts::built_in().for_classify("{{ 7 * 7 }} {% raw %}", Language::En).expect("rendered");
        assert!(told.contains("{{ 7 * 7 }} {% raw %}"));
    }

    #[test]
    fn a_folder_overrides_file_by_file_and_the_version_tells() {
        let folder =
            folder_with("classify.md", "{# version: mine-2 #}\nSort for {{ brand }} in {{ language }}.");
        let prompts = Prompts::load(Some(folder.path())).expect("a right template");
        assert_eq!(prompts.for_classify("X", Language::En).expect("rendered"), "Sort for X in English.");
        assert!(prompts.classify_version().starts_with("mine-2+"));
        assert_eq!(prompts.draft_version(), Prompts::built_in().draft_version());
        let edited = folder_with("classify.md", &CLASSIFY.1.replace("Exactly one", "One"));
        let edited = Prompts::load(Some(edited.path())).expect("a right template");
        assert!(edited.classify_version().starts_with("classify-1+"));
        assert_ne!(edited.classify_version(), Prompts::built_in().classify_version());
    }

    #[test]
    fn a_template_that_cannot_be_used_is_named_when_it_is_loaded() {
        for (content, part) in [
            ("Sort.", "version: mine-1"),
            ("{# version: a #}\n{% if brand %}", "classify.md cannot be used"),
            ("{# version: a #}\n{{ brnad }}", "classify.md cannot be used"),
            ("{# version: a #}\n\n", "says nothing"),
        ] {
            let folder = folder_with("classify.md", content);
            let said = Prompts::load(Some(folder.path())).expect_err(content).to_string();
            assert!(said.starts_with("classify.md ") && said.contains(part), "{said}");
        }
        let said = Prompts::load(Some(Path::new("/nowhere/at/all"))).expect_err("no folder").to_string();
        assert!(said.contains("no folder"), "{said}");
    }
}
