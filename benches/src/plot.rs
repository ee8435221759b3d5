//! The table as a picture: a dot for each program with the span of its rounds, on a scale of powers.

use std::fmt::Write as _;

use crate::Outcome;
use crate::compare::Compared;
use crate::programs::{PROGRAMS, YARDSTICK};
use crate::spread::{Spread, short};

const NAMES: f64 = 150.0;
const PANEL: f64 = 200.0;
const GAP: f64 = 34.0;
const ROW: f64 = 24.0;
const TOP: f64 = 58.0;

/// Colours that hold on a light and on a dark page; the viewer's choice decides.
const STYLE: &str = "
text{font:12px system-ui,sans-serif;fill:#24292f}
.quiet{fill:#59636e;font-size:11px}.sdk{font-weight:600}
.line{stroke:#d1d9e0}.one{stroke:#59636e;stroke-dasharray:3 3}
.dot{fill:#818b98}.span{stroke:#818b98;stroke-width:2}
.dot.sdk{fill:#0969da}.span.sdk{stroke:#0969da}
@media(prefers-color-scheme:dark){
text{fill:#e6edf3}.quiet{fill:#9198a1}.line{stroke:#3d444d}.one{stroke:#9198a1}
.dot{fill:#9198a1}.span{stroke:#9198a1}.dot.sdk{fill:#4493f8}.span.sdk{stroke:#4493f8}}
";

pub(crate) fn draw(all: &[Compared]) -> Outcome<String> {
    let mut ratios: Vec<Vec<Spread>> = Vec::new();
    for compared in all {
        let column = PROGRAMS
            .iter()
            .map(|program| compared.ratio(program.name, YARDSTICK));
        ratios.push(column.collect::<Outcome<_>>()?);
    }
    let each = || ratios.iter().flatten();
    let low = power_below(each().map(|spread| spread.least).fold(1.0, f64::min));
    let high = power_above(each().map(|spread| spread.most).fold(1.0, f64::max));
    let place = |value: f64| PANEL * (value / low).ln() / (high / low).ln();

    let height = TOP + ROW * PROGRAMS.len() as f64 + 26.0;
    let width = NAMES + (PANEL + GAP) * all.len() as f64 + 30.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\" aria-label=\"CPU time to list 90,000 users\">\n<style>{STYLE}</style>\n\
         <text x=\"0\" y=\"14\">CPU time to list 90,000 users, in units of {YARDSTICK}: less is better</text>\n"
    );
    let bottom = TOP + ROW * PROGRAMS.len() as f64;
    for (at, program) in PROGRAMS.iter().enumerate() {
        let y = TOP + ROW * (at as f64 + 0.5);
        let class = if program.is_sdk { "sdk" } else { "" };
        let _ = writeln!(
            svg,
            "<text class=\"{class}\" x=\"0\" y=\"{:.1}\">{}</text>",
            y + 4.0,
            program.name
        );
    }
    for (panel, compared) in all.iter().enumerate() {
        let left = NAMES + (PANEL + GAP) * panel as f64;
        let _ = writeln!(
            svg,
            "<text x=\"{left:.1}\" y=\"38\">{}</text>",
            compared.transport.name()
        );
        let mut tick = low;
        while tick <= high * 1.001 {
            let x = left + place(tick);
            let class = if tick == 1.0 { "one" } else { "line" };
            let _ = writeln!(
                svg,
                "<line class=\"{class}\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{:.1}\" y2=\"{bottom:.1}\"/>\
                 <text class=\"quiet\" text-anchor=\"middle\" x=\"{x:.1}\" y=\"{:.1}\">{tick}</text>",
                TOP - 6.0,
                bottom + 16.0,
            );
            tick *= STEP;
        }
        for (at, program) in PROGRAMS.iter().enumerate() {
            let spread = ratios[panel][at];
            let y = TOP + ROW * (at as f64 + 0.5);
            let class = if program.is_sdk { " sdk" } else { "" };
            let [x, least, most] =
                [spread.median, spread.least, spread.most].map(|value| left + place(value));
            // The figure stands where there is room for it.
            let right = x < left + PANEL * 0.7;
            let (anchor, beside) = if right {
                ("start", most + 8.0)
            } else {
                ("end", least - 8.0)
            };
            let _ = writeln!(
                svg,
                "<line class=\"span{class}\" x1=\"{least:.1}\" x2=\"{most:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
                 <circle class=\"dot{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4.5\"/>\
                 <text class=\"quiet\" text-anchor=\"{anchor}\" x=\"{beside:.1}\" y=\"{:.1}\">{}</text>",
                y + 4.0,
                short(spread.median),
            );
        }
    }
    svg += "</svg>\n";
    Ok(svg)
}

const STEP: f64 = 2.0;

fn power_below(value: f64) -> f64 {
    STEP.powf(value.log(STEP).floor())
}

fn power_above(value: f64) -> f64 {
    STEP.powf(value.log(STEP).ceil())
}
