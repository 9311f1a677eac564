//! The people of the simulated server before the day begins.

use chrono::{DateTime, TimeDelta, Utc};

use crate::sim::Sim;
use crate::sim::role::Role;

/// A member, a colleague, or somebody from elsewhere.
struct Person {
    handle: &'static str,
    name: &'static str,
    /// The profile, as HTML.
    note: &'static str,
    /// Age of the account in days.
    days: i64,
    /// Followers, follows, statuses.
    counts: (i64, i64, i64),
    locale: &'static str,
}

const fn person(
    handle: &'static str,
    name: &'static str,
    note: &'static str,
    days: i64,
    counts: (i64, i64, i64),
    locale: &'static str,
) -> Person {
    Person {
        handle,
        name,
        note,
        days,
        counts,
        locale,
    }
}

const STAFF: [(&str, Role); 3] = [
    ("ana", Role::Owner),
    ("bo", Role::Moderator),
    ("cleo", Role::Moderator),
];

const RULES: [&str; 4] = [
    "Be kind. Disagree without insults.",
    "No advertising, no spam, no begging for followers.",
    "Mark sensitive pictures and content warnings where others would.",
    "Do not pretend to be somebody else.",
];

const CAST: [Person; 25] = [
    person(
        "ana",
        "Ana Keller",
        "<p>Keeps the lights on here.</p>",
        2100,
        (412, 305, 8120),
        "en",
    ),
    person(
        "bo",
        "Bo Lindqvist",
        "<p>Moderator, bread, bicycles.</p>",
        1650,
        (230, 190, 5210),
        "en",
    ),
    person(
        "cleo",
        "Cléo Martin",
        "<p>Modératrice. Elle.</p>",
        900,
        (180, 220, 2904),
        "fr",
    ),
    person(
        "lotte",
        "Lotte Brandt",
        "<p>Töpferin in Leipzig.</p>",
        1200,
        (301, 260, 4411),
        "de",
    ),
    person(
        "emil",
        "Emil Sandner",
        "<p>Vögel, Züge, Kaffee.</p>",
        740,
        (120, 160, 2310),
        "de",
    ),
    person(
        "camille",
        "Camille Roux",
        "<p>Jardin partagé à Lyon.</p>",
        610,
        (145, 132, 1820),
        "fr",
    ),
    person(
        "hugo",
        "Hugo",
        "<p>Cuisine et vélo.</p>",
        300,
        (40, 88, 512),
        "fr",
    ),
    person(
        "tomasz",
        "Tomasz W.",
        "<p>Maps and old bridges.</p>",
        980,
        (210, 199, 3377),
        "en",
    ),
    person(
        "fatima",
        "Fatima",
        "<p>Amateur radio, knitting.</p>",
        455,
        (99, 120, 1640),
        "en",
    ),
    person(
        "juniper",
        "June",
        "<p>Slow walks, fast trains.</p>",
        820,
        (160, 141, 2980),
        "en",
    ),
    person(
        "wren",
        "Wren 🪶",
        "<p>Birds, mostly.</p>",
        264,
        (210, 180, 1451),
        "en",
    ),
    person(
        "greta",
        "Greta Vogt",
        "<p>Imkerin.</p>",
        512,
        (77, 91, 1203),
        "de",
    ),
    person(
        "oskar",
        "Oskar",
        "<p>Sagt, was er denkt.</p>",
        190,
        (31, 44, 2890),
        "de",
    ),
    person(
        "yusuf",
        "Yusuf",
        "<p>Night shifts and astronomy.</p>",
        365,
        (66, 81, 940),
        "en",
    ),
    person(
        "nadja",
        "Nadja Petrova",
        "<p>Übersetzerin.</p>",
        1001,
        (188, 171, 2402),
        "de",
    ),
    person(
        "shopqueen",
        "Shop Queen ✨",
        "<p>Best deals daily!</p>",
        2,
        (3, 812, 44),
        "en",
    ),
    person(
        "ana_support",
        "Ana Keller (Support)",
        "<p>Official support.</p>",
        0,
        (0, 61, 3),
        "en",
    ),
    person(
        "rolf55",
        "Rolf",
        "<p>Immer sachlich.</p>",
        33,
        (5, 12, 420),
        "de",
    ),
    person(
        "luckydraw@prizes.example",
        "**YOU WON** @everyone [claim](https://prizes.example/claim)",
        "<p>Prizes!</p>",
        9,
        (12, 4801, 990),
        "en",
    ),
    person(
        "hal@quarrel.example",
        "Hal",
        "<p>Someone has to say it.</p>",
        400,
        (900, 20, 22_000),
        "en",
    ),
    person(
        "boost4u@growth.example",
        "Boost4U",
        "<p>Grow your reach.</p>",
        5,
        (2, 3000, 260),
        "en",
    ),
    person(
        "noor@garden.example",
        "Noor",
        "<p>Seeds and soil.</p>",
        800,
        (400, 380, 6100),
        "en",
    ),
    person(
        "pierre@ruche.example",
        "Pierre",
        "<p>Apiculteur.</p>",
        600,
        (130, 90, 1500),
        "fr",
    ),
    person(
        "newsmirror@feeds.example",
        "News Mirror",
        "<p>Reposts headlines.</p>",
        120,
        (51, 0, 18_000),
        "en",
    ),
    person(
        "garden.example@garden.example",
        "",
        "",
        900,
        (0, 0, 0),
        "en",
    ),
];

/// Puts everybody on the stage.
pub(super) fn enter(sim: &Sim) {
    for rule in RULES {
        sim.add_rule(rule);
    }
    let now = sim.now();
    for person in &CAST {
        let (followers, following, statuses) = person.counts;
        let entering = sim
            .add_account(person.handle)
            .named(person.name)
            .note(person.note)
            .since(earlier(now, person.days))
            .counts(followers, following, statuses)
            .locale(person.locale);
        let role = STAFF.iter().find(|(handle, _)| *handle == person.handle);
        match role {
            Some((_, role)) => entering.role(*role).create(),
            None => entering.create(),
        };
    }
}

fn earlier(now: DateTime<Utc>, days: i64) -> DateTime<Utc> {
    now - TimeDelta::days(days) - TimeDelta::minutes(17 * (days % 60))
}
