//! The second reader's endpoint: `VIGIE_LLM_URL`, `VIGIE_LLM_MODEL`, `VIGIE_LLM_API_KEY`.
//!
//! All or nothing: an address without a model cannot be asked, and a model or a key without an address was meant for
//! something that would otherwise silently not happen.

use super::{EnvironmentError, Secret, mask_password};

/// An OpenAI-compatible chat-completions endpoint.
#[derive(Clone, Debug)]
pub struct LlmEndpoint {
    /// The whole address that is posted to; ends with `/chat/completions` before any query.
    pub url: String,
    /// The model's name there.
    pub model: String,
    /// Its key, where one is needed; printable ASCII.
    pub api_key: Option<Secret>,
}

/// The endpoint that the three variables describe; `None` when none of them is set.
pub(super) fn endpoint(
    url: Option<String>,
    model: Option<String>,
    key: Option<String>,
) -> Result<Option<LlmEndpoint>, EnvironmentError> {
    let url = match (url, &model, &key) {
        (Some(url), _, _) => url,
        (None, None, None) => return Ok(None),
        (None, Some(_), _) => return Err(no_address("VIGIE_LLM_MODEL")),
        (None, None, Some(_)) => return Err(no_address("VIGIE_LLM_API_KEY")),
    };
    let url = completions(&url)?;
    let Some(model) = model else {
        let expected =
            "expected the model's name at VIGIE_LLM_URL, or no VIGIE_LLM_URL for no language model";
        return Err(EnvironmentError::missing("VIGIE_LLM_MODEL", expected));
    };
    let api_key = key.map(Secret);
    if let Some(key) = api_key.as_ref().filter(|key| !key.reveal().bytes().all(|b| b.is_ascii_graphic())) {
        let expected = "expected the endpoint's key, without spaces or quotes";
        return Err(EnvironmentError::wrong("VIGIE_LLM_API_KEY", format!("{key:?}"), expected));
    }
    Ok(Some(LlmEndpoint { url, model, api_key }))
}

fn no_address(because_of: &str) -> EnvironmentError {
    let expected = format!("expected the endpoint's address, because {because_of} is set");
    EnvironmentError::missing("VIGIE_LLM_URL", expected)
}

/// The address that is posted to, from what people usually copy: a host, a base such as `…/v1`, or the whole.
fn completions(value: &str) -> Result<String, EnvironmentError> {
    let wrong = |expected: &str| EnvironmentError::wrong("VIGIE_LLM_URL", mask_password(value), expected);
    let mut url = reqwest::Url::parse(value)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| {
            wrong("expected an address that begins with http:// or https://, like http://127.0.0.1:8080/v1")
        })?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong(
            "expected an address without a name and password; a key goes into VIGIE_LLM_API_KEY",
        ));
    }
    url.set_fragment(None);
    let path = url.path().trim_end_matches('/').to_owned();
    let whole = match path.as_str() {
        "" => "/v1/chat/completions".to_owned(),
        path if path.ends_with("/chat/completions") => path.to_owned(),
        path => format!("{path}/chat/completions"),
    };
    url.set_path(&whole);
    Ok(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str, model: &str, key: &str) -> Result<Option<LlmEndpoint>, EnvironmentError> {
        let given = |value: &str| (!value.is_empty()).then(|| value.to_owned());
        endpoint(given(url), given(model), given(key))
    }

    #[test]
    fn an_address_is_completed_as_people_copy_it() {
        for (written, asked) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/chat/completions"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/v1/chat/completions"),
            ("http://localhost:11434/v1/", "http://localhost:11434/v1/chat/completions"),
            ("https://llm.example/openai/v1", "https://llm.example/openai/v1/chat/completions"),
            ("https://llm.example/v1/chat/completions", "https://llm.example/v1/chat/completions"),
            (
                "https://a.example/d/chat/completions?api-version=1",
                "https://a.example/d/chat/completions?api-version=1",
            ),
        ] {
            let endpoint = read(written, "m", "").expect(written).expect("an endpoint");
            assert_eq!(endpoint.url, asked, "{written}");
        }
        assert!(read("", "", "").expect("nothing is right").is_none());
    }

    #[test]
    fn half_an_endpoint_names_the_variable_that_is_missing() {
        for (url, model, key, variable) in [
            ("http://127.0.0.1:8080", "", "", "VIGIE_LLM_MODEL is not set"),
            ("", "m", "", "VIGIE_LLM_URL is not set"),
            ("", "", "k", "VIGIE_LLM_URL is not set"),
        ] {
            let said = read(url, model, key).expect_err(variable).to_string();
            assert!(said.starts_with(variable), "{said}");
        }
    }

    #[test]
    fn a_wrong_address_or_key_is_named_and_no_secret_is_shown() {
        for wrong in ["127.0.0.1:8080", "ftp://x/v1", "http://", "https://me:hush@llm.example/v1"] {
            let said = read(wrong, "m", "").expect_err(wrong).to_string();
            assert!(said.starts_with("VIGIE_LLM_URL holds") && !said.contains("hush"), "{said}");
        }
        let said = read("http://127.0.0.1:8080", "m", "sk-very secret key").expect_err("spaces").to_string();
        assert!(said.starts_with("VIGIE_LLM_API_KEY holds") && !said.contains("secret"), "{said}");
        let endpoint = read("http://127.0.0.1:8080", "m", "sk-verysecretkey").expect("a key");
        assert!(!format!("{endpoint:?}").contains("secret"));
    }
}
