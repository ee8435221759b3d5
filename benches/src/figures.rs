//! What a program says of itself: lines of `name=number`.

use std::collections::BTreeMap;

use crate::Outcome;

#[derive(Clone, Debug, Default)]
pub(crate) struct Figures(BTreeMap<String, f64>);

impl Figures {
    /// Words that are no `name=number` are passed over.
    pub(crate) fn read(text: &str) -> Figures {
        let words = text.split_whitespace();
        let pairs = words.filter_map(|word| word.split_once('='));
        let known = pairs.filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?)));
        Figures(known.collect())
    }

    pub(crate) fn get(&self, name: &str) -> Outcome<f64> {
        let found = self.0.get(name).copied();
        found.ok_or_else(|| format!("a program did not say {name}, only {:?}", self.0).into())
    }

    /// User and system together.
    pub(crate) fn cpu(&self) -> Outcome<f64> {
        Ok(self.get("user")? + self.get("system")?)
    }

    pub(crate) fn peak_mib(&self) -> Outcome<f64> {
        Ok(self.get("peak_kib")? / 1024.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_several_programs_are_read_together() {
        let figures =
            Figures::read("users=3 checksum=99\nwords in between\nuser=0.5 system=0.25\n");
        assert_eq!(figures.get("checksum").unwrap(), 99.0);
        assert_eq!(figures.cpu().unwrap(), 0.75);
        assert!(figures.get("wall").is_err());
    }
}
