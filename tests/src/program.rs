//! The program itself.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The program, built in the profile in which the test that asks was.
///
/// # Panics
/// If it does not build.
pub fn program() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let build = || {
        let test = std::env::current_exe().expect("this test");
        let target = test.parent().and_then(Path::parent).expect("target/PROFILE/deps/TEST");
        let profile = match target.file_name().and_then(|n| n.to_str()) {
            Some("debug") | None => "dev",
            Some(name) => name,
        };
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo)
            .args(["build", "--quiet", "--package", "dossier-cli", "--profile", profile])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env_remove("CARGO_MANIFEST_DIR")
            .status()
            .expect("cargo runs");
        assert!(built.success(), "dossier-cli does not build");
        target.join(format!("dossier{}", std::env::consts::EXE_SUFFIX))
    };
    BUILT.get_or_init(build).clone()
}
