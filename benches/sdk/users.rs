//! The SDK from Rust: lists the users. The argument is how many pages to read at most; without one, all.

use zoom_s2s::{Client, Error};

fn main() -> Result<(), Error> {
    let most = std::env::args().nth(1).and_then(|pages| pages.parse().ok());
    let zoom = Client::from_env()?;
    let (mut users, mut checksum) = (0, 0);
    for page in zoom.users().pages().take(most.unwrap_or(usize::MAX)) {
        for user in page?.users() {
            users += 1;
            checksum += user.email().len() as i64 + user.id().map_or(0, str::len) as i64;
            checksum += user.user_type().number();
        }
    }
    println!("users={users} checksum={checksum}");
    Ok(())
}
