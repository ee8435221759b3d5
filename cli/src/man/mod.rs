//! `zoom-s2s man`: manual pages out of the same definitions as the help.

mod sections;

use std::fs;
use std::io;
use std::path::PathBuf;

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::args::Arguments;
use crate::failure::Failure;
use crate::output::print;

pub(crate) const EXAMPLES: &str = "\
Examples:
  zoom-s2s man | man -l -
  zoom-s2s man users | man -l -
  zoom-s2s man --directory ~/.local/share/man/man1";

#[derive(Args)]
pub(crate) struct ManArgs {
    /// Of which command; without it the page of zoom-s2s itself
    command: Option<String>,
    /// Write the pages of all commands into this folder instead
    #[arg(long, value_name = "FOLDER", conflicts_with = "command")]
    directory: Option<PathBuf>,
}

pub(crate) fn run(args: &ManArgs) -> Result<(), Failure> {
    let mut root = Arguments::command();
    root.build();
    let mut root = root.mut_subcommand("help", |help| help.hide(true));
    root.build();
    let Some(folder) = &args.directory else {
        let command = match &args.command {
            None => &root,
            Some(name) => named(&root, name).ok_or(Failure::Usage {
                message: "there is no such command",
                hint: "`zoom-s2s --help` lists them.",
            })?,
        };
        return page(command, &root)
            .and_then(|page| String::from_utf8(page).map_err(io::Error::other))
            .map_err(|error| Failure::output("the page".as_ref(), error))
            .and_then(|page| print(page.as_bytes()));
    };
    fs::create_dir_all(folder).map_err(|error| Failure::output(folder, error))?;
    for command in std::iter::once(&root).chain(commands(&root)) {
        let file = folder.join(format!("{}.1", title(command)));
        page(command, &root)
            .and_then(|page| fs::write(&file, page))
            .map_err(|error| Failure::output(&file, error))?;
    }
    Ok(())
}

/// Those that people use; `help` explains itself.
fn commands(root: &Command) -> impl Iterator<Item = &Command> {
    let shown = |command: &&Command| !command.is_hide_set() && command.get_name() != "help";
    root.get_subcommands().filter(shown)
}

fn named<'c>(root: &'c Command, name: &str) -> Option<&'c Command> {
    let name = name.strip_prefix("zoom-s2s-").unwrap_or(name);
    if name == "zoom-s2s" {
        return Some(root);
    }
    commands(root).find(|command| command.get_name() == name)
}

fn title(command: &Command) -> &str {
    command.get_display_name().unwrap_or(command.get_name())
}

fn page(command: &Command, root: &Command) -> io::Result<Vec<u8>> {
    let man = Man::new(command.clone());
    let name = title(command).to_uppercase().replace('-', "\\-");
    let version = env!("CARGO_PKG_VERSION");
    // By hand, for the date that there is none of: the same sources shall make the same page.
    let head = format!(".TH \"{name}\" \"1\" \"\" \"zoom\\-s2s {version}\" \"zoom\\-s2s\"\n");
    let mut page = head.into_bytes();
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    let is_root = command.get_name() == root.get_name();
    if is_root {
        man.render_subcommands_section(&mut page)?;
    }
    let below = command.get_after_long_help();
    if let Some(text) = below.or(command.get_after_help()) {
        sections::render(&text.to_string()).to_writer(&mut page)?;
    }
    let mut others: Vec<&str> = if is_root {
        Vec::new()
    } else {
        vec![title(root)]
    };
    others.extend(
        commands(root)
            .map(title)
            .filter(|other| *other != title(command)),
    );
    see_also(&others).to_writer(&mut page)?;
    Ok(page)
}

fn see_also(others: &[&str]) -> Roff {
    let mut roff = Roff::default();
    roff.control("SH", ["SEE ALSO"]);
    let mut line = Vec::new();
    for other in others {
        if !line.is_empty() {
            line.push(roman(", "));
        }
        line.extend([bold(*other), roman("(1)")]);
    }
    roff.text(line);
    roff
}
