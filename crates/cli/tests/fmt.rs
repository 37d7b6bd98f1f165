//! `dossier fmt`

mod common;

use common::Project;

const UGLY: &str = "device lamp \"Lamp\" {\n\tsoftware   none\n  // kept\n  version \"1\" }\n";

#[test]
fn files_are_laid_out_once() {
    let p = Project::new();
    p.file("lamp.dossier", UGLY);
    p.run(&["fmt"]).ends(0).says("changed lamp.dossier").says("1 file changed\n");
    let text = p.read("lamp.dossier");
    assert!(text.contains("// kept") && text != UGLY, "{text}");
    p.run(&["fmt"]).ends(0).says("1 file as it should be\n");
    assert_eq!(p.read("lamp.dossier"), text);
}

#[test]
fn check_and_diff_change_nothing() {
    let p = Project::new();
    p.file("lamp.dossier", UGLY);
    p.run(&["fmt", "--check"]).ends(1).says("would change lamp.dossier");
    let diff = p.run(&["fmt", "--diff"]);
    diff.ends(0).says("--- a/lamp.dossier\n+++ b/lamp.dossier\n@@ -1,4 +1,");
    assert!(diff.out.contains("-\tsoftware   none\n"), "{}", diff.out);
    p.run(&["fmt", "--check", "--diff"]).ends(1);
    assert_eq!(p.read("lamp.dossier"), UGLY);
    p.run(&["fmt"]).ends(0);
    p.run(&["fmt", "--check"]).ends(0);
    let none = p.run(&["fmt", "--diff"]);
    none.ends(0);
    assert!(none.out.is_empty(), "{}", none.out);
}

#[test]
fn standard_input_goes_to_standard_output() {
    let p = Project::new();
    let ran = p.run_with(&["fmt", "-"], UGLY.as_bytes());
    ran.ends(0);
    p.file("lamp.dossier", UGLY).run(&["fmt"]).ends(0);
    assert_eq!(ran.out, p.read("lamp.dossier"));
    assert_eq!(ran.err, "");
    p.run_with(&["fmt", "-", "--check"], UGLY.as_bytes()).ends(1);
    p.run_with(&["fmt", "-", "--check"], ran.out.as_bytes()).ends(0);
    p.run_with(&["fmt", "-", "--diff"], UGLY.as_bytes()).ends(0).says("+++ b/<stdin>");
    let broken = p.run_with(&["fmt", "-"], b"device lamp {\n");
    broken.ends(1).says("E0002");
    assert!(broken.out.is_empty(), "{}", broken.out);
}

#[test]
fn what_cannot_be_laid_out_safely_stays() {
    let p = Project::new();
    let open = "device   lamp \"Lamp\" {\n  software none\n";
    p.file("open.dossier", open).file("lamp.dossier", UGLY);
    p.run(&["fmt"]).ends(1).says("E0002").says("open.dossier: left as it is").says("1 file changed");
    assert_eq!(p.read("open.dossier"), open);
    assert_ne!(p.read("lamp.dossier"), UGLY, "the others are done all the same");
    p.bytes("open.dossier", b"\xff");
    p.run(&["fmt"]).ends(2).says("`./open.dossier` is not UTF-8 text").says("1 left alone");
}

#[test]
fn both_languages_and_the_configured_paths() {
    let p = Project::lantern();
    p.file("sub/lamp.dossier", UGLY).file("ignored/lamp.dossier", UGLY).file("out/lamp.dossier", UGLY);
    p.file(".gitignore", "/ignored\n");
    p.change("dossier.toml", "as_of", "exclude = [\"out\"]\nas_of");
    let ran = p.run(&["fmt"]);
    ran.ends(0).says("changed policy.rulebook").says("changed sub/lamp.dossier");
    assert_eq!(p.read("ignored/lamp.dossier"), UGLY);
    assert_eq!(p.read("out/lamp.dossier"), UGLY);
    p.run(&["fmt", "ignored/lamp.dossier"]).ends(0).says("changed ignored/lamp.dossier");
}

#[cfg(unix)]
#[test]
fn permissions_stay() {
    use std::os::unix::fs::PermissionsExt as _;
    let p = Project::new();
    p.file("lamp.dossier", UGLY);
    std::fs::set_permissions(p.path("lamp.dossier"), std::fs::Permissions::from_mode(0o640)).expect("set");
    p.run(&["fmt"]).ends(0);
    let mode = std::fs::metadata(p.path("lamp.dossier")).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}
