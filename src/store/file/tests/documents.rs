//! What stands in the token file.

use super::*;
use crate::store::file::document::Document;

#[test]
fn the_format_is_as_documented() {
    let scratch = Scratch::new();
    let store = scratch.store();
    put(&store, r#"{"expires_at_ms":1,"token":"abc"}"#).unwrap();
    let text = fs::read_to_string(scratch.token()).unwrap();
    let expected = format!(
        "{{\"version\":1,\"tokens\":{{\n\"{KEY}\":{{\"expires_at_ms\":1,\"token\":\"abc\"}}\n}}}}\n"
    );
    assert_eq!(text, expected);
    assert_eq!(
        scratch.names(),
        ["token", "token.0123456789abcdef.lock", "token.lock"]
    );
}

#[test]
fn what_is_damaged_is_none_and_gets_replaced() {
    let value = r#"{"a":1}"#;
    let cut = format!(r#"{{"version":1,"tokens":{{"{KEY}":{{"tok"#);
    for damaged in [
        "",
        "\0\0\0",
        "null",
        "[]",
        "{}",
        "{\"version\":1}",
        "{\"version\":1,\"tokens\":[]}",
        "{\"version\":0,\"tokens\":{}}",
        "{\"version\":\"1\",\"tokens\":{}}",
        "{\"tokens\":{}}",
        "{\"version\":1,\"tokens\":{}} x",
        &cut,
    ] {
        let scratch = Scratch::new();
        let store = scratch.store();
        write(&scratch.token(), damaged);
        assert_eq!(load(&store, KEY), Ok(None), "{damaged}");
        put(&store, value).unwrap();
        assert_eq!(
            load(&store, KEY).unwrap().as_deref(),
            Some(value),
            "{damaged}"
        );
    }
    let scratch = Scratch::new();
    write(
        &scratch.token(),
        b"{\"version\":1,\"tokens\":{\"\xff\":{}}}",
    );
    assert_eq!(load(&scratch.store(), KEY), Ok(None), "not UTF-8");
}

#[test]
fn others_are_kept_exactly_and_forgotten_a_day_after_their_end() {
    let scratch = Scratch::new();
    let store = scratch.store();
    let now = store.load(&slot()).unwrap().now_ms;
    const HOUR: u64 = 3_600_000;
    let kept = [
        format!(
            "\"fresh\":{{ \"expires_at_ms\" : {} , \"x\":1.0e+2}}",
            now + HOUR
        ),
        format!("\"just over\":{{\"expires_at_ms\":{}}}", now - 23 * HOUR),
        "\"text\":{\"expires_at_ms\":\"1\"}".to_owned(),
        "\"twice\":{\"expires_at_ms\":1,\"expires_at_ms\":2}".to_owned(),
        "\"no object\":[1 , 2]".to_owned(),
        "\"q\\\"uote\":12345678901234567890123".to_owned(),
    ];
    let gone = format!("\"gone\":{{\"expires_at_ms\":{}}}", now - 25 * HOUR);
    let text = format!(
        "{{\"note\":{{ \"by\" : \"us\" }},\"tokens\":{{{gone},{}}},\"version\":1}}",
        kept.join(",")
    );
    write(&scratch.token(), text);
    // Long over, but it is this app's own.
    put(&store, "{\"expires_at_ms\":1}").unwrap();
    let text = fs::read_to_string(scratch.token()).unwrap();
    for kept in &kept {
        assert!(text.contains(kept), "{kept} in {text}");
    }
    assert!(text.contains("\"note\":{ \"by\" : \"us\" }"), "{text}");
    assert!(!text.contains("gone"), "{text}");
    assert_eq!(
        load(&store, KEY).unwrap().as_deref(),
        Some("{\"expires_at_ms\":1}")
    );
    assert_eq!(
        load(&store, "text").unwrap().as_deref(),
        Some("{\"expires_at_ms\":\"1\"}")
    );
}

#[test]
fn several_apps_share_a_file() {
    let scratch = Scratch::new();
    let store = scratch.store();
    let (mut ours, mut theirs) = (lock(&store, LONG).unwrap(), Lease::new(LONG).unwrap());
    let other = Slot::new(OTHER, LONG);
    assert!(store.try_lock(&other, &mut theirs).unwrap());
    assert!(store.save(&slot(), &ours, "{\"a\":1}", LONG).unwrap());
    assert!(store.save(&other, &theirs, "{\"b\":2}", LONG).unwrap());
    store.unlock(&slot(), &mut ours).unwrap();
    store.unlock(&other, &mut theirs).unwrap();
    assert_eq!(load(&store, KEY).unwrap().as_deref(), Some("{\"a\":1}"));
    assert_eq!(load(&store, OTHER).unwrap().as_deref(), Some("{\"b\":2}"));
}

#[test]
fn a_newer_format_is_left_alone() {
    let scratch = Scratch::new();
    let store = scratch.store();
    let newer = "{\"version\":2,\"tokens\":[\"in another shape\"]}";
    write(&scratch.token(), newer);
    for error in [
        load(&store, KEY).unwrap_err(),
        put(&store, "{}").unwrap_err(),
    ] {
        assert!(error.message().contains("newer version"), "{error}");
        assert!(error.hint().contains("Update"), "{error}");
    }
    assert_eq!(fs::read_to_string(scratch.token()).unwrap(), newer);
    assert!(!scratch.names().iter().any(|name| name.ends_with(".new")));
}

#[test]
fn size_is_bounded() {
    let scratch = Scratch::new();
    let store = scratch.store();
    put(&store, "{\"a\":1}").unwrap();
    let error = put(
        &store,
        &format!("{{\"a\":\"{}\"}}", "x".repeat(1024 * 1024)),
    )
    .unwrap_err();
    assert!(error.message().contains("1 MiB"), "{error}");
    assert_eq!(
        load(&store, KEY).unwrap().as_deref(),
        Some("{\"a\":1}"),
        "the old one is unharmed"
    );
    write(&scratch.token(), " ".repeat(1024 * 1024 + 1));
    let error = load(&store, KEY).unwrap_err();
    assert!(error.message().contains("larger than 1 MiB"), "{error}");
}

#[test]
fn only_json_objects_are_values() {
    let scratch = Scratch::new();
    let store = scratch.store();
    for value in ["", "null", "[]", "\"{}\"", "{", "{} {}", " {}", "{}\n"] {
        let error = put(&store, value).unwrap_err();
        assert!(
            error.message().contains("not a JSON object"),
            "{value}: {error}"
        );
    }
    assert!(!scratch.token().exists());
}

#[test]
fn room_for_the_text_is_reckoned_beforehand() {
    let text = "{\"version\":1,\"tokens\":{\"\\u0001\\u0002\\\"\":{\"a\":1},\"b\":[]},\"c\":null,\"\\n\":{}}";
    let text = Document::parse(text).unwrap().text();
    let again = Document::parse(&text).unwrap();
    assert_eq!(again.value("\u{1}\u{2}\""), Some("{\"a\":1}"));
    assert_eq!(again.text(), text);
}
