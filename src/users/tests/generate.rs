//! Random pages: right, wrong-typed, escaped, duplicated and unknown members.

use crate::UserField;

/// xorshift64*: the same pages on every run.
pub(super) struct Random(u64);

/// Numbers that serde_json turns into doubles, with the whole number they are exactly.
pub(super) const DOUBLES: &[(&str, Option<i64>)] = &[
    ("1.5", None),
    ("-0", Some(0)),
    ("1e3", Some(1000)),
    ("25.0", Some(25)),
    ("576460752303423489.0", Some((1 << 59) + 1)),
    ("123456789012345678901234567890", None),
    ("-9223372036854775809", None),
    ("1.25e-7", None),
];

const INTEGERS: &[&str] = &[
    "0",
    "1",
    "2",
    "99",
    "-1",
    "576460752303423488",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "18446744073709551615",
];

const STRINGS: &[&str] = &[
    r#""""#,
    r#""plain""#,
    r#""Zoë 東京 🎉""#,
    r#""\"\\\/\b\f\n\r\t""#,
    r#""\u0000""#,
    r#""a\u0000b\u0000""#,
    r#""\ud83d\ude00 pair""#,
    r#""\u00e9\u4e2d""#,
    r#""42""#,
    r#""-9223372036854775808""#,
    r#""12x""#,
    r#""2024-01-31T08:15:00Z""#,
];

const ODD_NAMES: &[&str] = &[
    "jid",
    "",
    "Id",
    "id ",
    "i",
    "users",
    r"\u0069d",
    r"e\u006dail",
    "é",
    r"\u0000",
];

impl Random {
    pub(super) fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
    }

    fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }

    /// A page; one in four has numbers that serde_json turns into doubles.
    pub(super) fn page(&mut self) -> String {
        let doubles = self.below(4) == 0;
        let mut members = Vec::new();
        for name in ["total_records", "page_size", "page_count", "page_number"] {
            if self.below(3) > 0 {
                members.push(format!("\"{name}\":{}", self.scalar(doubles)));
            }
        }
        let token = *self.pick(&[r#""""#, r#""abc""#, "null", "17", r#""t\u0000\n""#]);
        members.push(format!("\"next_page_token\":{token}"));
        if self.below(8) == 0 {
            members.push(r#""users":[{"id":"not this one"}]"#.into());
        }
        let users: Vec<String> = (0..self.below(6)).map(|_| self.user(doubles)).collect();
        members.push(format!("\"users\":[{}]", users.join(self.comma())));
        if self.below(3) == 0 {
            members.push(format!("\"more\":{}", self.any(3, doubles)));
        }
        format!("{{{}}}", members.join(self.comma()))
    }

    pub(super) fn user(&mut self, doubles: bool) -> String {
        let mut members = Vec::new();
        for _ in 0..self.below(45) {
            let member = if self.below(8) == 0 {
                let name = *self.pick(ODD_NAMES);
                format!("\"{name}\": {}", self.any(3, doubles))
            } else {
                let field = *self.pick(UserField::ALL);
                let value = match self.below(12) {
                    0 => "null".into(),
                    1 | 2 => self.any(2, doubles),
                    3..=5 => self.list(&[], doubles),
                    6 | 7 => self.list(field.entry_keys(), doubles),
                    _ => self.scalar(doubles),
                };
                format!("\"{}\":{value}", field.name())
            };
            members.push(member);
        }
        format!("{{{}}}", members.join(self.comma()))
    }

    fn comma(&mut self) -> &'static str {
        [",", ", ", "\r\n,\t"][self.below(3)]
    }

    fn scalar(&mut self, doubles: bool) -> String {
        match self.below(10) {
            0 => (*self.pick(&["true", "false", "null"])).into(),
            1..=3 => (*self.pick(INTEGERS)).into(),
            4 if doubles => self.pick(DOUBLES).0.into(),
            _ => (*self.pick(STRINGS)).into(),
        }
    }

    fn list(&mut self, keys: &[&str], doubles: bool) -> String {
        let entries: Vec<String> = (0..self.below(4))
            .map(|_| {
                if keys.is_empty() || self.below(6) == 0 {
                    return self.any(1, doubles);
                }
                let members: Vec<String> = (0..self.below(6))
                    .map(|_| {
                        let key = if self.below(6) == 0 {
                            "x"
                        } else {
                            self.pick(keys)
                        };
                        format!("\"{key}\":{}", self.any(1, doubles))
                    })
                    .collect();
                format!("{{{}}}", members.join(","))
            })
            .collect();
        format!("[{}]", entries.join(self.comma()))
    }

    fn any(&mut self, depth: usize, doubles: bool) -> String {
        match self.below(6) {
            0 if depth > 0 => {
                let inner: Vec<String> = (0..self.below(4))
                    .map(|_| self.any(depth - 1, doubles))
                    .collect();
                format!("[{}]", inner.join(","))
            }
            1 if depth > 0 => {
                let inner: Vec<String> = (0..self.below(4))
                    .map(|_| {
                        let name = *self.pick(ODD_NAMES);
                        format!("\"{name}\":{}", self.any(depth - 1, doubles))
                    })
                    .collect();
                format!("{{{}}}", inner.join(" , "))
            }
            _ => self.scalar(doubles),
        }
    }
}
