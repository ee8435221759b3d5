//! Full and read-only disks: small file systems in memory, which only root can mount.

use std::process::Command;

use super::*;

struct Disk(Scratch);

impl Disk {
    fn mount() -> Option<Disk> {
        let scratch = Scratch::new();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=64k,mode=0700", "none"])
            .arg(&scratch.0)
            .output();
        match mounted {
            Ok(output) if output.status.success() => Some(Disk(scratch)),
            _ => {
                eprintln!("skipped: no right to mount a tmpfs");
                None
            }
        }
    }

    fn remount(&self, how: &str) {
        let done = Command::new("mount")
            .args(["-o", how])
            .arg(&self.0.0)
            .status();
        assert!(done.unwrap().success());
    }

    /// Takes all the room that is left.
    fn fill(&self) -> PathBuf {
        let path = self.0.0.join("filler");
        let mut file = fs::File::create(&path).unwrap();
        while std::io::Write::write_all(&mut file, &[0; 512]).is_ok() {}
        path
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0.0).status();
    }
}

#[test]
fn a_full_disk_shows_before_a_token_is_fetched() {
    let Some(disk) = Disk::mount() else { return };
    let store = disk.0.store();
    put(&store, "{\"a\":1}").unwrap();
    let filler = disk.fill();
    for _ in 0..2 {
        let error = lock(&store, LONG).unwrap_err();
        assert!(error.message().contains("no space is left"), "{error}");
        assert!(
            error.message().contains(disk.0.0.to_str().unwrap()),
            "{error}"
        );
        assert!(error.hint().contains("make room"), "{error}");
    }
    assert_eq!(load(&store, KEY).unwrap().as_deref(), Some("{\"a\":1}"));
    assert!(!disk.0.names().iter().any(|name| name.ends_with(".new")));
    fs::remove_file(filler).unwrap();
    put(&store, "{\"a\":2}").unwrap();
}

#[test]
fn a_disk_that_fills_up_later_still_takes_the_token() {
    let Some(disk) = Disk::mount() else { return };
    let store = disk.0.store();
    put(&store, "{\"a\":1}").unwrap();
    let mut held = lock(&store, LONG).unwrap();
    disk.fill();
    let value = format!("{{\"a\":\"{}\"}}", "x".repeat(6000));
    assert!(store.save(&slot(), &held, &value, LONG).unwrap());
    assert_eq!(load(&store, KEY).unwrap(), Some(value.clone()));
    // Room was kept for one token only: the next fails, and harms nothing.
    let error = store
        .save(&slot(), &held, &value.replace('x', "yyyy"), LONG)
        .unwrap_err();
    assert!(error.message().contains("no space is left"), "{error}");
    assert_eq!(load(&store, KEY).unwrap(), Some(value));
    store.unlock(&slot(), &mut held).unwrap();
    assert!(!disk.0.names().iter().any(|name| name.ends_with(".new")));
}

#[test]
fn a_read_only_disk_is_named() {
    let Some(disk) = Disk::mount() else { return };
    let store = disk.0.store();
    put(&store, "{\"a\":1}").unwrap();
    disk.remount("remount,ro");
    let error = lock(&store, LONG).unwrap_err();
    assert!(error.message().contains("read-only"), "{error}");
    assert!(error.hint().contains("/run"), "{error}");
    assert_eq!(load(&store, KEY).unwrap().as_deref(), Some("{\"a\":1}"));
    disk.remount("remount,rw");
    put(&store, "{\"a\":2}").unwrap();
}
