//! The script of the demo: deterministic, complete, and every kind of case within the opening.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use wardroom::clock::ManualClock;
use wardroom::sim::script::{Script, Step};
use wardroom::sim::{Sim, SimConfig, Visibility};

async fn stage() -> Sim {
    let clock = Arc::new(ManualClock::new("2026-11-21T08:20:00Z".parse().unwrap()));
    let sim = Sim::start(SimConfig::new(clock)).await.unwrap();
    Script::set_scene(&sim);
    sim
}

fn run(sim: &Sim, mut script: Script) -> Vec<Step> {
    std::iter::from_fn(|| script.next_step(sim)).collect()
}

#[tokio::test]
async fn the_day_is_the_same_for_the_same_seed() {
    let (first, again) = (stage().await, stage().await);
    let day = run(&first, Script::day(7));
    assert_eq!(day, run(&again, Script::day(7)));
    assert_ne!(day, run(&stage().await, Script::day(8)));
    assert!(day.len() >= 24, "{} steps", day.len());
    let comments = |sim: &Sim| -> Vec<_> {
        sim.reports()
            .into_iter()
            .map(|report| (report.id, report.comment, report.statuses))
            .collect()
    };
    assert_eq!(comments(&first), comments(&again));
}

#[tokio::test]
async fn the_opening_shows_every_kind_of_case() {
    let sim = stage().await;
    let mut day = Script::day(1);
    for _ in 0..5 {
        day.next_step(&sim).unwrap();
    }
    let reports = sim.reports();
    assert!(reports.iter().any(|report| report.category == "spam"));
    assert!(
        reports.iter().any(|report| report.forwarded.is_none()),
        "from a remote server"
    );
    let statuses = reports.iter().flat_map(|report| &report.statuses);
    let mut visible = statuses.map(|&id| sim.posted_status(id).unwrap().visibility);
    assert!(visible.any(|visibility| visibility == Visibility::Direct));
    assert!(sim.accounts().iter().any(wardroom::sim::Account::pending));
}

#[tokio::test]
async fn the_wave_is_200_reports_on_40_accounts() {
    let sim = stage().await;
    let wave = run(&sim, Script::wave(3));
    assert_eq!(wave.len(), 200);
    let reports = sim.reports();
    assert_eq!(reports.len(), 200);
    let targets: BTreeSet<_> = reports.iter().map(|report| report.target).collect();
    assert_eq!(targets.len(), 40);
}

#[tokio::test]
async fn a_played_script_ends_by_itself_or_when_it_is_told() {
    let sim = stage().await;
    let fast = Duration::from_millis(1);
    Script::day(1)
        .play(sim.clone(), fast, CancellationToken::new())
        .await;
    let filed = sim.reports().len();
    assert!(filed > 15);
    let ended = CancellationToken::new();
    ended.cancel();
    Script::day(1)
        .play(sim.clone(), Duration::from_hours(1), ended)
        .await;
    assert_eq!(sim.reports().len(), filed);
}
