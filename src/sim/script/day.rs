//! The scenes of the day: reports, sign-ups, colleagues at work. Invented and harmless.

use crate::sim::model::Visibility;

use super::{Case, Post, Scene, Work};

fn post(language: &str, text: &str) -> Post {
    Post {
        text: text.to_owned(),
        language: language.to_owned(),
        visibility: Visibility::Public,
        warning: String::new(),
        picture: None,
    }
}

fn case(target: &str, reporter: &str, category: &str, comment: &str, posts: Vec<Post>) -> Case {
    Case {
        target: target.to_owned(),
        reporter: reporter.to_owned(),
        category: category.to_owned(),
        comment: comment.to_owned(),
        posts,
        forwarded: false,
    }
}

fn reported(
    target: &str,
    reporter: &str,
    category: &str,
    comment: &str,
    posts: Vec<Post>,
) -> Scene {
    Scene::Reported(case(target, reporter, category, comment, posts))
}

fn sign_up(username: &str, reason: &str, confirmed: bool) -> Scene {
    Scene::SignUp {
        username: username.to_owned(),
        reason: reason.to_owned(),
        confirmed,
    }
}

fn colleague(name: &str, target: &str, does: Work) -> Scene {
    Scene::Colleague {
        name: name.to_owned(),
        target: target.to_owned(),
        does,
    }
}

fn chatter(author: &str, language: &str, text: &str) -> Scene {
    Scene::Chatter {
        author: author.to_owned(),
        text: text.to_owned(),
        language: language.to_owned(),
    }
}

/// One of each kind, so that a visitor sees them within the first minutes.
pub(super) fn opening() -> Vec<Scene> {
    let deals = "MEGA SALE!!! Designer bags -90% only today https://shop.example/bags #sale #deal";
    let letter = Post {
        visibility: Visibility::Direct,
        ..post(
            "en",
            "@wren You will answer me. I know which birds you photograph every morning.",
        )
    };
    vec![
        reported(
            "shopqueen",
            "juniper",
            "spam",
            "Posts the same advert under every hashtag.",
            vec![
                post("en", deals),
                post("en", "Last chance!! https://shop.example/last #sale"),
            ],
        ),
        sign_up(
            "birgit",
            "Ich stricke, gärtnere und suche einen ruhigen Ort ohne Werbung.",
            true,
        ),
        reported(
            "rolf55",
            "lotte",
            "violation",
            "Er schreibt mir seit Tagen unter jeden Beitrag, obwohl ich ihn gebeten habe aufzuhören.",
            vec![
                post(
                    "de",
                    "@lotte Deine Tassen sind genauso schief wie deine Meinungen.",
                ),
                post("de", "@lotte Wer kauft so etwas? Peinlich."),
            ],
        ),
        reported(
            "oskar",
            "wren",
            "other",
            "This came as a direct message. It frightens me.",
            vec![letter],
        ),
        reported(
            "shopqueen",
            "garden.example@garden.example",
            "spam",
            "Unsolicited advertising sent to several of our members.",
            vec![],
        ),
    ]
}

/// The rest of the day, in any order.
pub(super) fn rest() -> Vec<Scene> {
    let mut scenes = reports_from_here();
    scenes.extend(reports_on_others());
    scenes.extend(people());
    scenes
}

fn reports_from_here() -> Vec<Scene> {
    let picture = Post {
        picture: Some("A crowded market square, faces visible".to_owned()),
        ..post("en", "Market day!")
    };
    let spoiler = Post {
        warning: "film ending".to_owned(),
        ..post(
            "en",
            "So the lighthouse keeper did it, and the dog knew all along.",
        )
    };
    vec![
        reported(
            "ana_support",
            "fatima",
            "violation",
            "Pretends to be Ana and asks people for their password.",
            vec![post(
                "en",
                "@fatima Your account will be closed today. Send me your password to keep it.",
            )],
        ),
        reported(
            "tomasz",
            "emil",
            "legal",
            "Auf dem Foto bin ich zu sehen. Bitte entfernen.",
            vec![picture],
        ),
        reported(
            "wren",
            "oskar",
            "spam",
            "nur Vögel, immer nur Vögel",
            vec![post("en", "A goldcrest! Third one this week.")],
        ),
        reported(
            "juniper",
            "rolf55",
            "other",
            "Spoilers! This ruined my evening.",
            vec![spoiler],
        ),
        reported(
            "hugo",
            "camille",
            "violation",
            "Il insiste alors que je lui ai dit trois fois de me laisser tranquille.",
            vec![post(
                "fr",
                "@camille Tu réponds jamais. Tu te crois trop bien pour nous ?",
            )],
        ),
        reported(
            "cleo",
            "rolf55",
            "other",
            "This moderator is biased and deleted my posts!",
            vec![],
        ),
        reported(
            "oskar",
            "nadja",
            "violation",
            "Beleidigt andere im Bücherkreis.",
            vec![post(
                "de",
                "@nadja Wer das Buch gut findet, hat es nicht verstanden. Also du.",
            )],
        ),
    ]
}

fn reports_on_others() -> Vec<Scene> {
    let forwarded = case(
        "hal@quarrel.example",
        "yusuf",
        "violation",
        "Keeps calling people names in replies. Blocked him, he came back with another account.",
        vec![post(
            "en",
            "@yusuf Imagine being this wrong and this proud of it.",
        )],
    );
    vec![
        reported(
            "luckydraw@prizes.example",
            "greta",
            "spam",
            "Hat angeblich etwas für mich gewonnen.",
            vec![post(
                "en",
                "Congratulations @greta! Claim now: https://prizes.example/claim?id=77",
            )],
        ),
        Scene::Reported(Case {
            forwarded: true,
            ..forwarded
        }),
        reported(
            "boost4u@growth.example",
            "hugo",
            "spam",
            "pub",
            vec![post(
                "en",
                "10k real followers for the price of a coffee https://growth.example #fediverse",
            )],
        ),
        reported(
            "boost4u@growth.example",
            "tomasz",
            "spam",
            "same advert, third time",
            vec![],
        ),
        reported(
            "newsmirror@feeds.example",
            "nadja",
            "other",
            "Flutet die Zeitleiste, hundert Beiträge in der Stunde. Kein Mensch.",
            vec![post("en", "Headline 18,001: Weather expected tomorrow")],
        ),
        reported(
            "pierre@ruche.example",
            "oskar",
            "other",
            "he blocked me!!!",
            vec![post(
                "fr",
                "Première récolte de l'année, 14 kilos de miel d'acacia.",
            )],
        ),
        reported(
            "noor@garden.example",
            "rolf55",
            "spam",
            "",
            vec![post(
                "en",
                "I have spare tomato seeds, free, just pay the stamp.",
            )],
        ),
    ]
}

fn people() -> Vec<Scene> {
    vec![
        sign_up(
            "matthieu",
            "J'ai lu votre charte, elle me plaît. Photographe amateur à Nantes.",
            true,
        ),
        sign_up(
            "seo_master_24",
            "i want to promote my website and backlinks thanks",
            true,
        ),
        sign_up("k", "", false),
        sign_up(
            "priya",
            "Emil told me about this place. I fix old synthesisers.",
            true,
        ),
        sign_up(
            "crypto_jan",
            "Airdrop community manager. Will post 50 times a day.",
            false,
        ),
        colleague("cleo", "rolf55", Work::Note),
        colleague("bo", "boost4u@growth.example", Work::Assign),
        colleague("ana", "luckydraw@prizes.example", Work::Resolve),
        chatter(
            "lotte",
            "de",
            "Der Ofen ist auf 1240 Grad. Jetzt heißt es warten.",
        ),
        chatter("camille", "fr", "Les courgettes ont gagné. Qui en veut ?"),
    ]
}
