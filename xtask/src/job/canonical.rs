//! Canonical JSON: one text per value, whatever the order in which its fields were written.

use anyhow::Context;
use serde::Serialize;
use serde_json::Value;

/// The value as JSON without blanks and with the keys of every object sorted.
pub(crate) fn canonical<T: Serialize>(value: &T) -> anyhow::Result<String> {
    let value = serde_json::to_value(value).context("cannot be written as JSON")?;
    let mut text = String::new();
    write(&value, &mut text);
    Ok(text)
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(key, _)| key.as_str());
            text.push('{');
            for (position, (key, value)) in fields.into_iter().enumerate() {
                separate(position, text);
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                write(value, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (position, item) in items.iter().enumerate() {
                separate(position, text);
                write(item, text);
            }
            text.push(']');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}

fn separate(position: usize, text: &mut String) {
    if position > 0 {
        text.push(',');
    }
}

/// The first 32 hexadecimal digits of the BLAKE3 hash.
pub(crate) fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex()[..32].to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::canonical;

    #[test]
    fn order_of_keys_and_blanks_do_not_matter() {
        let written: serde_json::Value = serde_json::from_str(
            "{ \"b\": [1, 2.5e-7, null],\n \"a\": {\"y\": true, \"x\": \"ü\\\"\"} }",
        )
        .unwrap();
        assert_eq!(
            canonical(&written).unwrap(),
            r#"{"a":{"x":"ü\"","y":true},"b":[1,2.5e-7,null]}"#
        );
    }

    #[test]
    fn reading_it_back_gives_the_same_text() {
        let value =
            json!({"tolerance": 1e-7, "third": 1.0 / 3.0, "seed": 9_007_199_254_740_991_u64});
        let text = canonical(&value).unwrap();
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(canonical(&read).unwrap(), text);
    }
}
