//! What stands below the options in the help, as sections of a manual page.
//!
//! The help is written for the eye: `Heading:` at the margin, below it lines that are indented, terms
//! and what they mean parted by two blanks or more. In a page, terms become tagged paragraphs and
//! prose is filled, so that it suits any width; only what is to be typed stays as it is.

use clap_mangen::roff::{Inline, Roff, bold, roman};

/// Sections whose lines are to be typed.
const TYPED: [&str; 2] = ["Examples", "Scenarios"];
/// No section's name is longer: what is, introduces something inside a section.
const NAME_WORDS: usize = 2;

/// The page so far, and whether a heading was the last of it: no paragraph is begun there.
#[derive(Default)]
struct Page {
    roff: Roff,
    below_heading: bool,
}

impl Page {
    fn control(&mut self, name: &str) {
        self.below_heading = false;
        self.roff.control(name, []);
    }

    fn heading(&mut self, name: &str) {
        self.roff.control("SH", [name]);
        self.below_heading = true;
    }

    fn paragraph(&mut self) {
        if !self.below_heading {
            self.roff.control("PP", []);
        }
    }

    fn line(&mut self, text: Inline) {
        self.below_heading = false;
        self.roff.text([text]);
    }
}

pub(super) fn render(text: &str) -> Roff {
    let mut page = Page::default();
    let mut typed = false;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line.trim().is_empty() {
            continue;
        }
        if line.starts_with(' ') {
            let mut body = vec![line];
            while let Some(next) = lines.next_if(|next| next.is_empty() || next.starts_with(' ')) {
                body.push(next);
            }
            while body.last().is_some_and(|line| line.is_empty()) {
                body.pop();
            }
            if typed {
                verbatim(&mut page, &body);
            } else {
                terms(&mut page, &body);
            }
            continue;
        }
        let mut heading = line.to_owned();
        while !heading.ends_with(':')
            && let Some(more) = lines.next_if(|next| !next.is_empty() && !next.starts_with(' '))
        {
            heading = format!("{heading} {more}");
        }
        let name = heading.split([':', '(']).next().unwrap_or_default().trim();
        if name.split_whitespace().count() > NAME_WORDS {
            paragraph(&mut page, &heading);
            continue;
        }
        typed = TYPED.contains(&name);
        page.heading(&name.to_uppercase());
        if let Some((_, said)) = heading.split_once('(') {
            let said = said.trim_end_matches([':', ')']);
            let mut sentence = said.chars();
            let first = sentence
                .next()
                .map(|first| first.to_uppercase().to_string());
            paragraph(
                &mut page,
                &format!("{}{}.", first.unwrap_or_default(), sentence.as_str()),
            );
        }
    }
    page.roff
}

fn paragraph(page: &mut Page, text: &str) {
    page.paragraph();
    page.line(roman(text));
}

fn verbatim(page: &mut Page, lines: &[&str]) {
    let margin = lines
        .iter()
        .filter(|line| !line.is_empty())
        .map(|line| indent(line))
        .min();
    page.paragraph();
    page.control("nf");
    for line in lines {
        page.line(roman(line.get(margin.unwrap_or(0)..).unwrap_or_default()));
    }
    page.control("fi");
}

/// Terms with their meanings, and prose; what is indented further belongs to the term before it.
fn terms(page: &mut Page, lines: &[&str]) {
    let mut levels = vec![lines.first().map_or(0, |line| indent(line))];
    // Where the meaning of the last term stands: a line that begins there goes on with it.
    let mut meaning = None;
    let mut in_prose = false;
    for line in lines {
        let depth = indent(line);
        let text = line.trim();
        if text.is_empty() {
            in_prose = false;
            continue;
        }
        if meaning == Some(depth) {
            page.line(roman(text));
            continue;
        }
        while levels.len() > 1 && levels.last().is_some_and(|level| depth < *level) {
            levels.pop();
            page.control("RE");
            in_prose = false;
        }
        if levels.last().is_some_and(|level| depth > *level) {
            levels.push(depth);
            page.control("RS");
            in_prose = false;
        }
        match text.split_once("  ") {
            Some((term, said)) => {
                let said = said.trim_start();
                page.control("TP");
                page.line(bold(term));
                page.line(roman(said));
                meaning = Some(line.trim_end().chars().count() - said.chars().count());
                in_prose = false;
            }
            None if is_names(text) => {
                page.control("TP");
                page.line(bold(text));
                meaning = None;
                in_prose = false;
            }
            None => {
                if !in_prose {
                    page.paragraph();
                }
                page.line(roman(text));
                meaning = None;
                in_prose = true;
            }
        }
    }
    for _ in 1..levels.len() {
        page.control("RE");
    }
}

/// Names of variables alone, whose names say what they are.
fn is_names(text: &str) -> bool {
    let is_name = |word: &str| {
        let word = word.trim_end_matches(',');
        word.len() > 1
            && word
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    };
    text.split(' ').all(is_name)
}

fn indent(line: &str) -> usize {
    line.chars().take_while(|c| *c == ' ').count()
}
