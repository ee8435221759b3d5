//! Which URLs name a store, and that none is quoted.

use super::*;
use crate::error::Error;

#[test]
fn good_ones() {
    let folder = std::env::temp_dir().join(format!("zoom-s2s-urls-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("password");
    std::fs::write(&file, "hunter22\r\n").unwrap();
    let file = file.display();
    for (url, name) in [
        ("redis://cache", "redis://cache:6379/0"),
        ("redis://cache/", "redis://cache:6379/0"),
        (
            "redis://CACHE.example:7000/3",
            "redis://cache.example:7000/3",
        ),
        ("redis://cache?db=3", "redis://cache:6379/3"),
        ("REDIS://cache", "redis://cache:6379/0"),
        ("redis://:hunter22@cache", "redis://cache:6379/0"),
        (
            "redis://app:hunt%40%2Fer@10.0.0.1:1?strict",
            "redis://10.0.0.1:1/0",
        ),
        ("redis://app:a@b@cache", "redis://cache:6379/0"),
        ("redis://[::1]", "redis://[::1]:6379/0"),
        (
            "redis://[2001:db8::1]:7000/1",
            "redis://[2001:db8::1]:7000/1",
        ),
        (
            "rediss://cache:6380?prefix=a:b.c-d_e/1",
            "rediss://cache:6380/0?prefix=a:b.c-d_e/1",
        ),
        (
            &format!("redis://app@cache?password_file={file}"),
            "redis://cache:6379/0",
        ),
        (
            &format!("redis://cache?user=app&password_file={file}"),
            "redis://cache:6379/0",
        ),
        #[cfg(unix)]
        ("unix:/run/redis.sock", "unix:/run/redis.sock"),
        #[cfg(unix)]
        ("unix:///run/redis.sock?db=2", "unix:/run/redis.sock?db=2"),
        #[cfg(unix)]
        ("UNIX:/run/redis%0A.sock", "unix:/run/redis?.sock"),
        #[cfg(unix)]
        ("redis+unix:/run/my%20redis.sock", "unix:/run/my redis.sock"),
        #[cfg(unix)]
        (
            &format!("unix:/r.sock?user=app&password_file={file}"),
            "unix:/r.sock",
        ),
    ] {
        assert_eq!(store(url).name(), name, "{url}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn bad_ones() {
    let folder = std::env::temp_dir().join(format!("zoom-s2s-bad-urls-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = |name: &str, content: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    };
    let (good, empty) = (file("good", b"x"), file("empty", b"\n"));
    let (binary, long) = (file("binary", b"\xff"), file("long", &[b'x'; 5000]));
    let with_file = |file: &str| format!("redis://cache?password_file={file}");
    for (url, words) in [
        ("redis:", "no //"),
        ("redis:cache", "no //"),
        ("redis:/cache", "no //"),
        ("redis://", "host and port"),
        ("redis:///0", "host and port"),
        ("redis://:hunter22@", "host and port"),
        ("redis://cache:", "host and port"),
        ("redis://cache:0", "host and port"),
        ("redis://cache:65536", "host and port"),
        ("redis://cache:+1", "host and port"),
        ("redis://cache:hunter22", "host and port"),
        ("redis://a,b", "host and port"),
        ("redis://ca che", "host and port"),
        ("redis://::1", "host and port"),
        ("redis://[::1", "host and port"),
        ("redis://[cache]", "host and port"),
        ("redis://[::1]6379", "host and port"),
        ("redis://:hunter22/x@cache", "host and port"),
        ("redis://cache/x", "not a number"),
        ("redis://cache/0/1", "not a number"),
        ("redis://cache/65536", "not a number"),
        ("redis://cache/+1", "not a number"),
        ("redis://cache?db=", "not a number"),
        ("redis://cache/1?db=1", "option db"),
        ("redis://app@cache", "without a password"),
        ("redis://app:@cache", "without a password"),
        ("redis://app:hunter22@cache?user=b", "option user"),
        ("redis://:hunter22%ff@cache", "UTF-8"),
        ("redis://:hunter22%00@cache", "NUL"),
        ("redis://cache?prefix=", "option prefix"),
        ("redis://cache?prefix=a{b}", "option prefix"),
        ("redis://cache?prefix=a*", "option prefix"),
        ("redis://cache?hunter=red", "an option is not known"),
        ("redis://cache?mode=0600", "option mode is not known"),
        ("/run/zoom/token", "path without a scheme"),
        ("redis://:hunt?er22@cache", "host and port"),
        ("redis://cache?password_file=/no/such/file", "/no/such/file"),
        (&with_file(&empty), "empty"),
        (&with_file(&binary), "UTF-8"),
        (&with_file(&long), "more than 4096 bytes"),
        (&with_file("/dev/zero"), "a character device"),
        (
            &format!("redis://:hunter22@cache?password_file={good}"),
            "beside a password",
        ),
        ("unix:", "absolute path"),
        ("unix:redis.sock", "absolute path"),
        ("unix://run/redis.sock", "absolute path"),
        #[cfg(unix)]
        (&format!("unix:/{}", "x".repeat(200)), "too long"),
        ("redis+sentinel://cache/main", "no store"),
    ] {
        let Err(error) = choose_store(url, &lasting(None)) else {
            panic!("{url} is taken");
        };
        assert!(matches!(error, Error::Config(_)), "{url}: {error}");
        assert!(error.message().contains(words), "{url}: {error}");
        assert!(!error.hint().is_empty(), "{url}: {error}");
        for shown in [error.to_string(), format!("{error:?}")] {
            assert!(
                !shown.contains("hunt") && !shown.contains("er22"),
                "{shown}"
            );
        }
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_relative_password_file_is_made_absolute_at_once() {
    let error = choose_store(
        "redis://cache?password_file=no-such-file.txt",
        &lasting(None),
    );
    let error = error.err().expect("it is not there");
    let path = std::env::current_dir().unwrap().join("no-such-file.txt");
    let path = path.display().to_string();
    assert!(error.message().contains(&path), "{error}");
}
