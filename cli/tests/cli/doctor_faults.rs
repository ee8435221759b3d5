//! Faults on purpose: the doctor must find each, blame nothing else, and name the cure.

mod environment;
mod files;
mod network;
mod row;
mod store;
mod tls;
mod zoom;

use row::Row;

const TABLES: &[&[Row]] = &[
    environment::ROWS,
    files::ROWS,
    network::ROWS,
    tls::ROWS,
    zoom::ROWS,
    store::ROWS,
];

#[test]
fn there_are_many_and_each_has_a_name_of_its_own() {
    let mut names: Vec<&str> = TABLES.iter().copied().flatten().map(Row::name).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(count >= 28, "{count}");
}
