//! Link arguments of the C library; nothing is generated.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var_os("CARGO_FEATURE_CAPI").is_none() {
        return;
    }
    let system = env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    match system.as_str() {
        "macos" => println!("cargo::rustc-link-arg=-Wl,-install_name,@rpath/libzoom_s2s.1.dylib"),
        "windows" => {}
        _ => {
            println!("cargo::rustc-link-arg=-Wl,-soname,libzoom_s2s.so.1");
            // The fork handler lives in the library, and nobody can take it back before unloading.
            println!("cargo::rustc-link-arg=-Wl,-z,nodelete");
        }
    }
}
