//! The terminal that a progress bar is drawn on.

use std::io;

use console::Term;
use indicatif::{ProgressDrawTarget, TermLike};

/// Redraws in a second.
const RATE: u8 = 20;

/// Stderr without the blanks by which indicatif fills the bar's line up to the edge: what a person
/// types there, such as the `^C` of Ctrl-C, would go to the next line, and the bar would stay behind;
/// and in a window made narrower the blanks would wrap.
#[derive(Debug)]
struct Ragged(Term);

/// Stderr as a place for a bar; hidden if its terminal cannot move the cursor.
pub(crate) fn target() -> ProgressDrawTarget {
    if console::is_dumb() {
        return ProgressDrawTarget::hidden();
    }
    let term = Ragged(Term::buffered_stderr());
    ProgressDrawTarget::term_like_with_hz(Box::new(term), RATE)
}

impl TermLike for Ragged {
    fn width(&self) -> u16 {
        TermLike::width(&self.0)
    }

    fn height(&self) -> u16 {
        TermLike::height(&self.0)
    }

    fn move_cursor_up(&self, lines: usize) -> io::Result<()> {
        self.0.move_cursor_up(lines)
    }

    fn move_cursor_down(&self, lines: usize) -> io::Result<()> {
        self.0.move_cursor_down(lines)
    }

    fn move_cursor_right(&self, columns: usize) -> io::Result<()> {
        self.0.move_cursor_right(columns)
    }

    fn move_cursor_left(&self, columns: usize) -> io::Result<()> {
        self.0.move_cursor_left(columns)
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.0.write_line(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        if text.chars().all(|c| c == ' ') {
            return Ok(());
        }
        self.0.write_str(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.0.clear_line()
    }

    fn flush(&self) -> io::Result<()> {
        self.0.flush()
    }
}
