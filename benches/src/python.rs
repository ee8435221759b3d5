//! The users of a page as Python objects.

use std::process::Command;

use crate::Outcome;
use crate::places::Places;
use crate::report::{Report, table};
use crate::run::run;
use crate::settings::Settings;
use crate::spread::{Spread, short};
use crate::zoom::{Transport, Zoom};

pub(crate) fn measure(settings: &Settings, places: &Places, report: &mut Report) -> Outcome<()> {
    eprintln!("python");
    let zoom = Zoom::start(Transport::Http, 33_334, settings.sandbox_cpu)?;
    let mut command = Command::new(places.python());
    command
        .arg(places.root.join("benches/sdk/page_objects.py"))
        .envs(zoom.env());
    let mut runs = Vec::new();
    for _ in 0..settings.rounds {
        runs.push(run(places, settings.program_cpu, &command)?);
    }
    let mut lines = Vec::new();
    let mut goal = f64::NAN;
    let fields = runs[0].get("fields")?;
    let all_fields = format!("all {fields} members that are texts or numbers");
    for (what, ours, theirs) in [
        ("`email`, `id`, `type`", "objects", "dicts"),
        (&*all_fields, "objects_all", "dicts_all"),
    ] {
        let values = |name: &str| {
            runs.iter()
                .map(|run| run.get(name))
                .collect::<Outcome<Vec<f64>>>()
        };
        let (ours, theirs) = (values(ours)?, values(theirs)?);
        let ratio = Spread::of(ours.iter().zip(&theirs).map(|(a, b)| a / b));
        if goal.is_nan() {
            goal = ratio.median;
        }
        let [ours, theirs] = [ours, theirs].map(|values| short(Spread::of(values).median));
        lines.push(vec![what.to_owned(), ours, theirs, ratio.to_string()]);
    }
    report.goal(
        "Python: users of a page as objects, in units of `json.loads`",
        goal,
        0.5,
        "",
    );
    report.section(
        "Users as Python objects",
        &format!(
            "A page of 300 users that is at hand, and members of each user read: from the objects of the SDK, or from \
             what `json.loads` of the same bytes makes. Microseconds of CPU a page; fetching it, and the reading of it \
             that the library does before, are not in here but in the first table.\n\n{}",
            table(&["read of each user", "zoom-s2s", "json.loads", "ratio"], lines)
        ),
    );
    Ok(())
}
