//! A file that is replaced only by a complete one.

use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile, TempPath};

use crate::failure::Failure;
use crate::interrupt::Interrupt;

/// The new content, in a temporary file beside the old one. Dropped before it replaces the old one,
/// it goes, and the old one stays.
pub(crate) struct NewFile {
    /// As given on the command line, for messages.
    path: PathBuf,
    /// What is replaced: behind links, so that those stay.
    target: PathBuf,
    old: Option<Metadata>,
    content: BufWriter<File>,
    temporary: TempPath,
    interrupt: Interrupt,
}

impl NewFile {
    pub(crate) fn beside(path: &Path, interrupt: &Interrupt) -> Result<NewFile, Failure> {
        let failed = |error| Failure::output(path, error);
        let old = match fs::metadata(path) {
            Ok(old) => Some(old),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(failed(error)),
        };
        if let Some(old) = &old
            && !old.is_file()
        {
            return Err(Failure::Output {
                what: path.display().to_string(),
                error: io::Error::other("it is no regular file"),
                hint: "Only files can be replaced. Leave out --output and redirect with > instead.",
            });
        }
        let target = match &old {
            Some(_) => fs::canonicalize(path).map_err(failed)?,
            None => path.to_owned(),
        };
        let temporary = beside(&target, old.as_ref()).map_err(|error| failed(plain(error)))?;
        let (content, temporary) = temporary.into_parts();
        interrupt.unfinished(Some(temporary.to_path_buf()));
        Ok(NewFile {
            path: path.to_owned(),
            target,
            old,
            content: BufWriter::with_capacity(64 * 1024, content),
            temporary,
            interrupt: interrupt.clone(),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the new content in the place of the old, on the disk and not only in its cache.
    pub(crate) fn replace(self) -> Result<(), Failure> {
        let failed = |error| Failure::output(&self.path, error);
        let content = self
            .content
            .into_inner()
            .map_err(|error| failed(error.into_error()))?;
        if let Some(old) = self.old {
            // Root's cron must not take the file from those who read it; others cannot give it away.
            #[cfg(unix)]
            {
                use std::os::unix::fs::{MetadataExt, fchown};
                let _ = fchown(&content, Some(old.uid()), Some(old.gid()));
            }
            content.set_permissions(old.permissions()).map_err(failed)?;
        }
        content.sync_all().map_err(failed)?;
        // Windows renames no open files.
        drop(content);
        self.temporary
            .persist(&self.target)
            .map_err(|error| failed(error.error))?;
        self.interrupt.unfinished(None);
        // Not every file system can do this, and the new file is in place already.
        if let Ok(folder) = File::open(folder(&self.target)) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.content.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.content.flush()
    }
}

/// A new file of the same folder. In place of an old file it is the user's alone until it is given
/// that one's mode; else it has the mode of any new file.
fn beside(target: &Path, old: Option<&Metadata>) -> io::Result<NamedTempFile> {
    let mut prefix = std::ffi::OsString::from(".");
    prefix.push(target.file_name().unwrap_or_default());
    prefix.push(".");
    let mut builder = Builder::new();
    builder.prefix(&prefix).suffix(".part");
    #[cfg(unix)]
    if old.is_none() {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(Permissions::from_mode(0o666));
    }
    #[cfg(not(unix))]
    let _ = old;
    builder.tempfile_in(folder(target))
}

/// The error without the temporary file's name, which nobody knows. The crate gives it in no other
/// form than this text.
fn plain(error: io::Error) -> io::Error {
    match error.to_string().split_once(" at path ") {
        Some((text, _)) => io::Error::new(error.kind(), text),
        None => error,
    }
}

fn folder(target: &Path) -> &Path {
    match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
