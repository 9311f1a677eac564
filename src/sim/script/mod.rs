//! A believable day on a small server, and a spam wave: what the demo and training runs play.
//!
//! Everything is invented and harmless, in English, German and French as on a real small server,
//! and the same for the same seed. The caller paces it: step by step, or with [`Script::play`].
//! Uses nothing but the state API of [`Sim`].

mod cast;
mod day;
mod wave;

use std::collections::VecDeque;
use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use tokio_util::sync::CancellationToken;

use super::Sim;
use super::model::{Id, Visibility};

/// Things that are going to happen, in order.
#[derive(Debug, Clone)]
pub struct Script {
    scenes: VecDeque<Scene>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What happened, as a plain sentence for a log.
    pub summary: String,
    /// The report that arrived, if one did.
    pub report: Option<Id>,
}

/// One thing that happens.
#[derive(Debug, Clone)]
enum Scene {
    /// Statuses are posted, then reported.
    Reported(Case),
    /// Somebody asks for an account.
    SignUp {
        username: String,
        reason: String,
        confirmed: bool,
    },
    /// A colleague works in Mastodon's own web UI on the newest open report on somebody.
    Colleague {
        name: String,
        target: String,
        does: Work,
    },
    /// Somebody posts something nobody minds.
    Chatter {
        author: String,
        text: String,
        language: String,
    },
}

#[derive(Debug, Clone)]
struct Case {
    target: String,
    reporter: String,
    category: String,
    comment: String,
    posts: Vec<Post>,
    forwarded: bool,
}

#[derive(Debug, Clone)]
struct Post {
    text: String,
    language: String,
    visibility: Visibility,
    warning: String,
    /// The description of an attached picture.
    picture: Option<String>,
}

/// What a colleague does in the web UI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Note,
    Assign,
    Resolve,
}

impl Script {
    /// Makes the people who are there before the day begins, their history and the server's rules.
    /// `@ana` owns the server, `@bo` and `@cleo` moderate it.
    pub fn set_scene(sim: &Sim) {
        cast::enter(sim);
    }

    /// A day of about two dozen things. The first few show each kind of case once; the order of the
    /// rest comes from the seed.
    pub fn day(seed: u64) -> Self {
        let (opening, mut rest) = (day::opening(), day::rest());
        rest.shuffle(&mut StdRng::seed_from_u64(seed));
        Self {
            scenes: opening.into_iter().chain(rest).collect(),
        }
    }

    /// A spam wave: 200 reports on 40 accounts, in an order from the seed.
    pub fn wave(seed: u64) -> Self {
        Self {
            scenes: wave::scenes(&mut StdRng::seed_from_u64(seed)).into(),
        }
    }

    /// How many things have not happened yet.
    pub fn steps_left(&self) -> usize {
        self.scenes.len()
    }

    /// Lets the next thing happen; `None` when the day is over.
    pub fn next_step(&mut self, sim: &Sim) -> Option<Step> {
        self.scenes.pop_front().map(|scene| scene.happen(sim))
    }

    /// Lets the rest happen, one thing every `every`, the first at once, until it is over or
    /// `ended` is cancelled.
    pub async fn play(mut self, sim: Sim, every: Duration, ended: CancellationToken) {
        let mut beats = tokio::time::interval(every.max(Duration::from_millis(1)));
        while ended.run_until_cancelled(beats.tick()).await.is_some() {
            let Some(step) = self.next_step(&sim) else {
                break;
            };
            tracing::info!(step = step.summary, "the script of the day goes on");
        }
    }
}

impl Scene {
    fn happen(self, sim: &Sim) -> Step {
        match self {
            Self::Reported(case) => case.happen(sim),
            Self::SignUp {
                username,
                reason,
                confirmed,
            } => {
                let sign_up = sim.sign_up(&username).reason(&reason);
                let sign_up = if confirmed {
                    sign_up
                } else {
                    sign_up.unconfirmed()
                };
                sign_up.submit();
                Step {
                    summary: format!("@{username} asks for an account"),
                    report: None,
                }
            }
            Self::Colleague { name, target, does } => work(sim, &name, &target, does),
            Self::Chatter {
                author,
                text,
                language,
            } => {
                sim.status(&author)
                    .text(&text)
                    .language(&language)
                    .publish();
                Step {
                    summary: format!("@{author} posts something"),
                    report: None,
                }
            }
        }
    }
}

impl Case {
    fn happen(self, sim: &Sim) -> Step {
        let statuses: Vec<Id> = self
            .posts
            .iter()
            .map(|post| post.publish(sim, &self.target))
            .collect();
        let report = sim
            .report(&self.target)
            .by(&self.reporter)
            .category(&self.category)
            .comment(&self.comment)
            .statuses(&statuses);
        let report = if self.forwarded {
            report.forwarded()
        } else {
            report
        };
        let summary = format!(
            "@{} reports @{}: {}",
            self.reporter, self.target, self.category
        );
        Step {
            summary,
            report: Some(report.file()),
        }
    }
}

impl Post {
    fn publish(&self, sim: &Sim, author: &str) -> Id {
        let status = sim
            .status(author)
            .text(&self.text)
            .language(&self.language)
            .visibility(self.visibility)
            .warning(&self.warning);
        match &self.picture {
            Some(description) => status.picture(description).publish(),
            None => status.publish(),
        }
    }
}

fn work(sim: &Sim, name: &str, target: &str, does: Work) -> Step {
    let id = sim.id_of(target);
    let reports = sim.reports();
    let open = reports
        .iter()
        .rev()
        .find(|r| r.target == id && r.resolved_at.is_none());
    let Some(report) = open.map(|report| report.id) else {
        let summary = format!("@{name} finds nothing to do about @{target}");
        return Step {
            summary,
            report: None,
        };
    };
    let staff = sim.staff(name);
    let did = match does {
        Work::Note => {
            staff.note(report, "Had a look, will talk to them.");
            "adds a note to"
        }
        Work::Assign => {
            staff.assign(report);
            "takes"
        }
        Work::Resolve => {
            staff.resolve(report);
            "resolves"
        }
    };
    let summary = format!("@{name} {did} report {report} on @{target} in Mastodon itself");
    Step {
        summary,
        report: None,
    }
}
