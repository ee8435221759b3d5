//! What `include/zoom_s2s.h` declares, for the tests of the C interface.

use std::fs;

use super::c::root;

pub(crate) fn header() -> String {
    fs::read_to_string(root().join("include/zoom_s2s.h")).expect("the header")
}

/// One declaration of the header.
pub(crate) struct Declaration {
    /// The comment before it, on one line.
    pub(crate) comment: String,
    /// Without comments, on one line, without the semicolon.
    pub(crate) code: String,
}

fn one_line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What the header declares, in its order; without macros.
pub(crate) fn declarations() -> Vec<Declaration> {
    let header = header();
    let (_, body) = header.split_once("extern \"C\" {\n#endif\n").expect("C");
    let (mut rest, _) = body
        .rsplit_once("#ifdef __cplusplus")
        .expect("the end of C");
    let (mut comment, mut code, mut depth) = (String::new(), String::new(), 0);
    let mut found = Vec::new();
    while let Some(next) = rest.chars().next() {
        if let Some(inside) = rest.strip_prefix("/*") {
            let (said, after) = inside.split_once("*/").expect("the end of a comment");
            if code.trim().is_empty() {
                let lines = said.lines().map(|line| line.trim().trim_start_matches('*'));
                comment = one_line(&lines.collect::<Vec<_>>().join(" "));
            }
            rest = after;
            continue;
        }
        if next == '#' {
            rest = rest.split_once('\n').map_or("", |(_, after)| after);
            continue;
        }
        rest = &rest[next.len_utf8()..];
        match next {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if next != ';' || depth > 0 {
            code.push(next);
            continue;
        }
        found.push(Declaration {
            comment: std::mem::take(&mut comment),
            code: one_line(&std::mem::take(&mut code)),
        });
    }
    assert!(code.trim().is_empty(), "left over: {code}");
    found
}

pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) result: String,
    /// Type and name.
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) comment: String,
}

impl Function {
    pub(crate) fn has_error(&self) -> bool {
        let last = self.parameters.last();
        last.is_some_and(|(kind, _)| kind == "zoom_s2s_error **")
    }
}

/// A type and a name, apart: `const char *name`.
fn typed(code: &str) -> (String, String) {
    let at = code.rfind([' ', '*']).expect("a type and a name") + 1;
    (code[..at].trim().to_owned(), code[at..].to_owned())
}

pub(crate) fn functions() -> Vec<Function> {
    let found: Vec<Function> = declarations()
        .into_iter()
        .filter_map(|declaration| {
            let (front, behind) = declaration.code.split_once('(')?;
            let (result, name) = typed(front);
            let parameters = behind.strip_suffix(')').expect("the end of a function");
            let parameters = match parameters {
                "void" => Vec::new(),
                some => some.split(',').map(|one| typed(one.trim())).collect(),
            };
            Some(Function {
                name,
                result,
                parameters,
                comment: declaration.comment,
            })
        })
        .collect();
    assert!(found.len() > 100, "only {} functions", found.len());
    found
}

/// Enumerations of the header, their constants and the numbers of those.
pub(crate) fn enumerations() -> Vec<(String, Vec<(String, i32)>)> {
    declarations()
        .iter()
        .filter_map(|declaration| declaration.code.strip_prefix("enum "))
        .map(|code| {
            let (name, constants) = code.split_once('{').expect("constants");
            let constants = constants.trim_end_matches(['}', ' ', ',']).split(',');
            let constants = constants.map(|one| {
                let (name, number) = one.split_once('=').expect("a number");
                let number = number.trim().parse().expect("a decimal number");
                (name.trim().to_owned(), number)
            });
            (name.trim().to_owned(), constants.collect())
        })
        .collect()
}
