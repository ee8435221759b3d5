//! What stands where it does not belong on the command line may be a token: it is not repeated.

use std::env;

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// A mistyped word is worth showing; a token is longer.
const HARMLESS: usize = 16;
const HIDDEN: &str = "(not shown)";

/// What clap says of the command line, without what might be secret.
pub(crate) fn hidden(mut error: clap::Error) -> String {
    let is_argument = error.kind() == ErrorKind::UnknownArgument;
    for kind in [
        ContextKind::InvalidArg,
        ContextKind::InvalidValue,
        ContextKind::InvalidSubcommand,
    ] {
        if kind == ContextKind::InvalidArg && !is_argument {
            // The name of an option that exists.
            continue;
        }
        if let Some(ContextValue::String(text)) = error.get(kind)
            && may_be_secret(text, kind)
        {
            error.insert(kind, ContextValue::String(HIDDEN.to_owned()));
        }
    }
    let mut text = error.render().to_string();
    if text.contains(HIDDEN) {
        text = text.replacen(
            &format!("unexpected argument '{HIDDEN}' found"),
            &format!("an argument that does not belong there {HIDDEN}"),
            1,
        );
        text = text.replacen(&format!("'{HIDDEN}'"), HIDDEN, 1);
        if has_reject()
            && let Some((first, rest)) = text.split_once('\n')
        {
            text = format!("{first}\n  The token is read from standard input.\n{rest}");
        }
    }
    text
}

fn may_be_secret(text: &str, kind: ContextKind) -> bool {
    let is_option = kind == ContextKind::InvalidArg && text.starts_with('-');
    !is_option && (text.chars().count() > HARMLESS || text.contains(char::is_whitespace))
}

fn has_reject() -> bool {
    env::args_os().any(|argument| {
        let argument = argument.to_string_lossy();
        argument == "--reject" || argument.starts_with("--reject=")
    })
}
