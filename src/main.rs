//! The program: reads the call and the environment, does what is asked, and says how it went.

use std::process::ExitCode;

use clap::Parser;

use vigie::cli::{self, Cli};

fn main() -> ExitCode {
    let call = Cli::parse();
    match cli::run(call) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            failure.exit_code()
        }
    }
}
