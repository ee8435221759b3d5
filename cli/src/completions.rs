//! `zoom-s2s completions`.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::args::Arguments;
use crate::failure::Failure;
use crate::output::print;

pub(crate) const EXAMPLES: &str = "\
Examples (make install puts them there):
  source <(zoom-s2s completions bash)          # in ~/.bashrc
  zoom-s2s completions zsh > ~/.zfunc/_zoom-s2s
  zoom-s2s completions fish > ~/.config/fish/completions/zoom-s2s.fish
  zoom-s2s completions powershell | Out-String | Invoke-Expression";

#[derive(Args)]
pub(crate) struct CompletionsArgs {
    /// Which shell
    shell: Shell,
}

pub(crate) fn run(args: &CompletionsArgs) -> Result<(), Failure> {
    let mut script = Vec::new();
    let mut command = Arguments::command();
    clap_complete::generate(args.shell, &mut command, "zoom-s2s", &mut script);
    if args.shell == Shell::Bash {
        // clap_complete takes the hyphen of our name for the border of a subcommand in the labels that
        // its branches have, and not in the jumps to them.
        let text = String::from_utf8_lossy(&script);
        script = text.replace("zoom__subcmd__s2s", "zoom__s2s").into_bytes();
    }
    print(&script)
}
