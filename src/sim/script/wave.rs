//! The spam wave: 40 accounts on a few servers post the same thing and are reported 200 times.

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};

use crate::sim::model::Visibility;

use super::{Case, Post, Scene};

const ACCOUNTS: usize = 40;
const REPORTS_EACH: usize = 5;

const SERVERS: [&str; 4] = [
    "flood-one.example",
    "flood-two.example",
    "open-door.example",
    "no-captcha.example",
];

const REPORTERS: [&str; 12] = [
    "lotte", "emil", "camille", "hugo", "tomasz", "fatima", "juniper", "wren", "greta", "oskar",
    "yusuf", "nadja",
];

const COMMENTS: [&str; 8] = [
    "spam",
    "Spam, das fünfte heute",
    "encore de la pub",
    "mentions random people with a link",
    "",
    "same text as all the others",
    "Bitte die ganze Instanz prüfen",
    "tag spam",
];

/// The reports of the wave. Each account posts once, with its first report.
pub(super) fn scenes(rng: &mut StdRng) -> Vec<Scene> {
    let mut targets: Vec<String> = (0..ACCOUNTS).map(|n| handle(n, rng)).collect();
    let mut scenes = Vec::with_capacity(ACCOUNTS * REPORTS_EACH);
    for round in 0..REPORTS_EACH {
        targets.shuffle(rng);
        for target in &targets {
            let posts = if round == 0 {
                vec![advert(rng)]
            } else {
                Vec::new()
            };
            scenes.push(Scene::Reported(Case {
                target: target.clone(),
                reporter: pick(&REPORTERS, rng),
                category: "spam".to_owned(),
                comment: pick(&COMMENTS, rng),
                posts,
                forwarded: false,
            }));
        }
    }
    scenes
}

/// A random-looking name; every tenth account is local, made through open doors of our own.
fn handle(n: usize, rng: &mut StdRng) -> String {
    let name: String = (0..6)
        .map(|_| char::from(rng.random_range(b'a'..=b'z')))
        .collect();
    let name = format!("{name}{n:02}");
    if n % 10 == 9 {
        name
    } else {
        format!("{name}@{}", pick(&SERVERS, rng))
    }
}

fn advert(rng: &mut StdRng) -> Post {
    let (code, victim) = (rng.random_range(1000..10_000), pick(&REPORTERS, rng));
    Post {
        text: format!("@{victim} earn from home https://easy-income.example/?r={code} #jobs"),
        language: "en".to_owned(),
        visibility: Visibility::Public,
        warning: String::new(),
        picture: None,
    }
}

fn pick(from: &[&str], rng: &mut StdRng) -> String {
    from.choose(rng).copied().unwrap_or_default().to_owned()
}
