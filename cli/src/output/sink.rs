//! Where the users go: standard output, or a file that is replaced when the listing is complete.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::path::Path;

use crate::failure::Failure;
use crate::file::NewFile;
use crate::interrupt::Interrupt;

const BUFFER: usize = 64 * 1024;

pub(crate) enum Sink {
    Stdout(BufWriter<StdoutLock<'static>>),
    File(Box<NewFile>),
}

impl Sink {
    pub(crate) fn open(path: Option<&Path>, interrupt: &Interrupt) -> Result<Sink, Failure> {
        // As `-` is standard input elsewhere.
        Ok(match path.filter(|path| path.as_os_str() != "-") {
            None => Sink::Stdout(BufWriter::with_capacity(BUFFER, io::stdout().lock())),
            Some(path) => Sink::File(Box::new(NewFile::beside(path, interrupt)?)),
        })
    }

    pub(crate) fn is_file(&self) -> bool {
        matches!(self, Sink::File(_))
    }

    pub(crate) fn is_terminal(&self) -> bool {
        matches!(self, Sink::Stdout(_)) && io::stdout().is_terminal()
    }

    /// What a failed write means.
    pub(crate) fn failed(&self, error: io::Error) -> Failure {
        match self {
            Sink::Stdout(_) if error.kind() == io::ErrorKind::BrokenPipe => Failure::ClosedPipe,
            Sink::Stdout(_) => Failure::output(Path::new("standard output"), error),
            Sink::File(file) => Failure::output(file.path(), error),
        }
    }

    /// Everything is written: now it counts.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        self.flush().map_err(|error| self.failed(error))?;
        match self {
            Sink::Stdout(_) => Ok(()),
            Sink::File(file) => file.replace(),
        }
    }

    /// What is told of `failure`, now that the listing is given up.
    pub(crate) fn give_up(mut self, failure: Failure) -> Failure {
        match self {
            // The users that came before the failure are good.
            Sink::Stdout(_) => {
                let _ = self.flush();
                failure
            }
            Sink::File(file) => Failure::Kept(Box::new(failure), file.path().to_owned()),
        }
    }

    /// Shows a page to whoever reads along; files wait.
    pub(crate) fn show(&mut self) -> io::Result<()> {
        match self {
            Sink::Stdout(stdout) => stdout.flush(),
            Sink::File(_) => Ok(()),
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Sink::Stdout(stdout) => stdout.write(bytes),
            Sink::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Sink::Stdout(stdout) => stdout.flush(),
            Sink::File(file) => file.flush(),
        }
    }
}
