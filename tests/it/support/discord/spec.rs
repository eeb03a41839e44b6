//! Holds calls and answers against the API description that Discord publishes.
//!
//! The description lies beside the project, in `../shared/specs`, and the project does not need it: without it the
//! checks of `limits.rs` remain, and a line on standard error says so. Only the schemas that are asked for are
//! compiled, once a process.

use std::collections::{BTreeMap, HashMap};
use std::io::{Write, stderr};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// Where every reference of the description points to.
const SCHEMAS: &str = "#/components/schemas/";

/// The description, read once; `None` when it is not there.
fn spec() -> Option<&'static Value> {
    static SPEC: OnceLock<Option<Value>> = OnceLock::new();
    SPEC.get_or_init(|| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/specs/discord-openapi.json");
        let Ok(text) = std::fs::read_to_string(&path) else {
            // Past the capture of the test runner, which would swallow it where all is well.
            let told =
                writeln!(stderr(), "NOT CHECKED against Discord's schemas: {} is absent", path.display());
            told.expect("standard error is open");
            return None;
        };
        Some(serde_json::from_str(&text).expect("the published description is JSON"))
    })
    .as_ref()
}

/// Whether the description is at hand.
pub fn is_present() -> bool {
    spec().is_some()
}

/// What is wrong with the body of this call; `schema` names the schema where the description leaves a choice that
/// the body does not decide.
pub fn fault_in_body(method: &str, path: &str, schema: Option<&str>, body: &Value) -> Option<String> {
    let body = &as_described(body);
    let operation = operation(method, path)?;
    let content = &operation["requestBody"]["content"];
    let Some(described) = content.as_object().and_then(|kinds| kinds.values().next()) else {
        return Some("this call takes no body".to_owned());
    };
    let chosen = match schema {
        Some(name) => json!({"$ref": format!("{SCHEMAS}{name}")}),
        None => branch_for(&described["schema"], body),
    };
    fault(&chosen, body).or_else(|| unknown_key(&chosen, body))
}

/// What is wrong with our own answer to this call.
pub fn fault_in_answer(method: &str, path: &str, status: u16, answer: Option<&Value>) -> Option<String> {
    let operation = operation(method, path)?;
    let Some(described) = operation["responses"].get(status.to_string()) else {
        return (status < 400).then(|| format!("the status {status} is not described"));
    };
    let schema =
        described["content"].as_object().and_then(|kinds| kinds.values().next()).map(|kind| &kind["schema"]);
    match (schema, answer) {
        (Some(schema), Some(answer)) => fault(schema, answer),
        (None, None) => None,
        (Some(_), None) => Some("an answer is described, and there was none".to_owned()),
        (None, Some(_)) => Some("no answer is described, and there was one".to_owned()),
    }
}

/// Whether the description knows the call.
pub fn knows(method: &str, path: &str) -> bool {
    operation(method, path).is_some()
}

/// The description of a call: of the templates that fit, the one with the most literal segments.
fn operation(method: &str, path: &str) -> Option<&'static Value> {
    let path: Vec<_> = path.split('/').collect();
    let literal = |template: &str| template.split('/').filter(|segment| !segment.starts_with('{')).count();
    let fits = |template: &str| {
        let segments: Vec<_> = template.split('/').collect();
        let equal = |(wanted, is): (&&str, &&str)| wanted.starts_with('{') || wanted == is;
        segments.len() == path.len() && segments.iter().zip(&path).all(equal)
    };
    let paths = spec()?["paths"].as_object()?;
    let best =
        paths.iter().filter(|(template, _)| fits(template)).max_by_key(|(template, _)| literal(template));
    best?.1.get(method.to_lowercase())
}

/// What the client sends as Discord's documentation has it, in the words of the description, which is narrower:
/// permission bits as a number instead of text, and an attachment's id as text instead of a number.
fn as_described(body: &Value) -> Value {
    match body {
        Value::Array(items) => items.iter().map(as_described).collect(),
        Value::Object(map) => {
            let mut map: Map<_, _> =
                map.iter().map(|(key, value)| (key.clone(), as_described(value))).collect();
            for key in ["default_member_permissions", "permissions"] {
                if let Some(bits) =
                    map.get(key).and_then(Value::as_str).and_then(|text| text.parse::<u64>().ok())
                {
                    map.insert(key.to_owned(), json!(bits));
                }
            }
            for attachment in map.get_mut("attachments").and_then(Value::as_array_mut).into_iter().flatten() {
                if let Some(id) = attachment["id"].as_u64() {
                    attachment["id"] = json!(id.to_string());
                }
            }
            Value::Object(map)
        }
        plain => plain.clone(),
    }
}

/// The alternative whose `type` is the body's, so that a fault is told of that one alone.
fn branch_for(schema: &Value, body: &Value) -> Value {
    let has_type = |branch: &&Value| {
        let types = &resolved(branch)["properties"]["type"]["enum"];
        types.as_array().is_some_and(|types| types.contains(&body["type"]))
    };
    let branches = schema["anyOf"].as_array();
    branches.and_then(|branches| branches.iter().find(has_type)).unwrap_or(schema).clone()
}

fn resolved(schema: &Value) -> &Value {
    let target = schema["$ref"].as_str().and_then(|name| name.strip_prefix(SCHEMAS));
    target.zip(spec()).map_or(schema, |(name, spec)| &spec["components"]["schemas"][name])
}

/// A key that the schema does not know: Discord would ignore it, and what was meant would not happen.
fn unknown_key(schema: &Value, body: &Value) -> Option<String> {
    let known = resolved(schema)["properties"].as_object()?;
    let unknown = body.as_object()?.keys().find(|key| !known.contains_key(*key))?;
    Some(format!("Discord does not know the key {unknown:?} here"))
}

fn fault(schema: &Value, instance: &Value) -> Option<String> {
    let validator = compiled(schema);
    let faults: Vec<_> = validator
        .iter_errors(instance)
        .take(3)
        .map(|error| {
            let text: String = error.to_string().chars().take(300).collect();
            format!("{text} (at {:?})", error.instance_path().to_string())
        })
        .collect();
    (!faults.is_empty()).then(|| faults.join("; "))
}

/// The compiled schema, from the cache when it was asked for before.
fn compiled(schema: &Value) -> Arc<Validator> {
    static CACHE: OnceLock<Mutex<HashMap<String, Arc<Validator>>>> = OnceLock::new();
    let cache = CACHE.get_or_init(Mutex::default);
    let key = schema.to_string();
    let mut cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
    let made = cache.entry(key).or_insert_with(|| {
        let mut document = schema.clone();
        let needed: Map<String, Value> = reachable(schema).into_iter().collect();
        document["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
        document["components"] = json!({"schemas": needed});
        Arc::new(jsonschema::validator_for(&document).expect("the published schemas compile"))
    });
    Arc::clone(made)
}

/// The schemas that this one refers to, and they to others: a small part of the whole.
fn reachable(schema: &Value) -> BTreeMap<String, Value> {
    fn walk(value: &Value, all: &Value, found: &mut BTreeMap<String, Value>) {
        match value {
            Value::Object(map) => {
                if let Some(name) =
                    map.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix(SCHEMAS))
                    && !found.contains_key(name)
                {
                    found.insert(name.to_owned(), all[name].clone());
                    walk(&all[name], all, found);
                }
                map.values().for_each(|value| walk(value, all, found));
            }
            Value::Array(items) => items.iter().for_each(|value| walk(value, all, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut found = BTreeMap::new();
    if let Some(spec) = spec() {
        walk(schema, &spec["components"]["schemas"], &mut found);
    }
    found
}
