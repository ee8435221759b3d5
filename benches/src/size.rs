//! How large the library is, stripped, with the Redis store and without.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Outcome;
use crate::places::Places;
use crate::report::{Report, table};

const MB: f64 = 1e6;

pub(crate) fn measure(places: &Places, report: &mut Report) -> Outcome<()> {
    eprintln!("size: building the library without Redis");
    // In a folder of its own, so that it does not take the place of what `make` built.
    let folder = places.built.join("size");
    let built = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "rustc",
            "--quiet",
            "--lib",
            "--locked",
            "--features=capi",
            "--crate-type=cdylib",
            "--profile=capi",
        ])
        .arg("--target-dir")
        .arg(&folder)
        .current_dir(&places.root)
        .status()?;
    if !built.success() {
        return Err("the library without Redis was not built".into());
    }
    let size = |file: &Path| -> Outcome<f64> { Ok(fs::metadata(file)?.len() as f64 / MB) };
    let with = size(&places.library())?;
    let without = size(&folder.join("capi/libzoom_s2s.so"))?;
    report.goal("the shared library, stripped", with, 2.8, " MB");
    report.goal("the same without Redis", without, 2.4, " MB");
    report.section(
        "Size",
        &table(
            &["`libzoom_s2s.so`, stripped", "MB"],
            [("as `make` builds it", with), ("without Redis", without)]
                .map(|(what, size)| vec![what.to_owned(), format!("{size:.2}")]),
        ),
    );
    Ok(())
}
