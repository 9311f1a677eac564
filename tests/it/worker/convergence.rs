//! Whatever order events come in, however often, whoever dies on the way and however long the chat
//! is away: in the end each case has one card, and it shows the case as it is (invariant 4).

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use chrono::{DateTime, Utc};
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{Rng as _, SeedableRng as _};
use wardroom::chat::card::{CardOptions, ReporterShown, Show, compose};
use wardroom::chat::fake::Fault;
use wardroom::chat::{ChatError, MessageRef};
use wardroom::clock::Clock as _;
use wardroom::db::DbError;
use wardroom::domain::CaseId;
use wardroom::worker::Worker as _;
use wardroom::worker::cards::Cards;

use super::cards::{Chats, worker};

/// What moderators say in between; some of it is refused, depending on the order.
const WORDS: [&str; 6] = [
    "claim #1",
    "unclaim #1",
    "assign #1 ana",
    "note #2 seen before",
    "claim #2 --take-over",
    "claim #3",
];

/// A play of one seed.
struct Play {
    t: Chats,
    dice: StdRng,
    worker: Cards,
    deaths: u32,
    /// The newest text of each card, and when it was shown.
    shown: BTreeMap<MessageRef, (String, DateTime<Utc>)>,
}

impl Play {
    async fn new(seed: u64) -> Self {
        let t = Chats::new().await;
        let worker = worker(&t.bench, &t.chat, "0");
        Self {
            t,
            worker,
            dice: StdRng::seed_from_u64(seed),
            deaths: 0,
            shown: BTreeMap::new(),
        }
    }

    /// What happens on the server; its webhooks, shuffled and some of them twice.
    fn webhooks(&mut self) -> Vec<Vec<u8>> {
        let sim = &self.t.bench.sim;
        let mut bodies: Vec<Vec<u8>> = Vec::new();
        let mut then = |bench: &super::bench::Bench| {
            bench.pass(1);
            let webhooks = bench.sim.take_webhooks().into_iter();
            bodies.extend(webhooks.map(|webhook| webhook.body.to_vec()));
        };
        let mut reports = Vec::new();
        for (target, reporter) in [
            ("spammer@far.example", "alice"),
            ("spammer@far.example", "bob"),
            ("loud", "alice"),
            ("other@far.example", "carol"),
            ("spammer@far.example", "carol"),
        ] {
            reports.push(sim.report(target).by(reporter).category("spam").file());
            then(&self.t.bench);
        }
        for (report, resolves) in [(3, true), (0, true), (0, false), (2, true), (4, true)] {
            let staff = sim.staff("ana");
            if resolves {
                staff.resolve(reports[report]);
            } else {
                staff.reopen(reports[report]);
            }
            then(&self.t.bench);
        }
        let doubled: Vec<_> = bodies
            .iter()
            .filter(|_| self.dice.random_bool(0.4))
            .cloned()
            .collect();
        bodies.extend(doubled);
        bodies.shuffle(&mut self.dice);
        bodies
    }

    /// The worker works for a while and then, perhaps, its process is gone at some await.
    async fn work(&mut self) {
        if self.dice.random_bool(0.4) {
            let polls = self.dice.random_range(0..400);
            {
                let mut tick = pin!(self.worker.tick());
                for _ in 0..polls {
                    let once =
                        poll_fn(|context| Poll::Ready(tick.as_mut().poll(context).is_ready()));
                    if once.await {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
            }
            self.deaths += 1;
            self.worker = worker(&self.t.bench, &self.t.chat, &self.deaths.to_string());
        } else {
            self.worker.tick().await.unwrap();
        }
        self.look();
    }

    /// What goes wrong with the chat next.
    fn trouble(&mut self) {
        let faults = (0..self.dice.random_range(0..4)).map(|_| {
            let error = ChatError::Retry(chrono::TimeDelta::seconds(5));
            if self.dice.random_bool(0.5) {
                Fault::Fails(error)
            } else {
                Fault::DoneBut(error)
            }
        });
        let faults: Vec<_> = faults.collect();
        self.t.chat.fail_next(faults);
    }

    fn look(&mut self) {
        let now = self.t.bench.clock.now();
        for card in self.t.cards() {
            let newest = self.shown.entry(card.id).or_default();
            if newest.0 != card.text {
                *newest = (card.text, now);
            }
        }
    }

    async fn play(&mut self) {
        for body in self.webhooks() {
            self.t.bench.store(&body).await;
            self.t.bench.hear().await;
            if self.dice.random_bool(0.3) {
                let words = WORDS[self.dice.random_range(0..WORDS.len())];
                let _ = self.t.bench.say("bo", words).await;
            }
            if self.dice.random_bool(0.3) {
                self.trouble();
            }
            for _ in 0..self.dice.random_range(0..4) {
                self.work().await;
            }
            self.t.bench.pass(self.dice.random_range(0..90));
        }
        // The chat is back and nobody dies any more.
        for _ in 0..60 {
            self.t.bench.pass(61);
            while self.worker.tick().await.unwrap() == wardroom::worker::Tick::Worked {
                self.look();
            }
        }
    }

    /// Fails unless there is one card for each case, and it shows what the case is.
    async fn check(&self, seed: u64) {
        // Which cases there are depends on the order: a report that came after its account's case
        // was resolved opens another one.
        let mut cases = 0;
        while let Some(view) = self.t.bench.desk.view(CaseId(cases + 1)).await.unwrap() {
            cases += 1;
            let number = view.case.id.0;
            let id = &self.card_of(number).await;
            let (text, at) = &self.shown[id];
            let options = CardOptions {
                show: Show::Full,
                reporter: ReporterShown::Origin,
                dry_run: false,
                demo: false,
                can_act: true,
                server_url: "https://social.example".to_owned(),
                notices: Vec::new(),
                now: *at,
            };
            let expected = compose(&view, &options).to_string();
            assert_eq!(*text, expected, "seed {seed}: the card of #{number}");
        }
        assert!(cases >= 3, "seed {seed}: {cases} cases");
        let cards = i64::try_from(self.t.cards().len()).unwrap();
        assert_eq!(cards, cases, "seed {seed}: one card for each case");
    }

    async fn card_of(&self, number: i64) -> MessageRef {
        let rows = self.t.bench.desk.db().read(|mut tx| async move {
            let rows = tx.cards_of(CaseId(number)).await?;
            Ok::<_, DbError>((tx, rows))
        });
        let rows = rows.await.unwrap();
        assert_eq!(rows[0].shown_version, rows[0].wanted_version);
        MessageRef(rows[0].message_ref.clone().expect("a posted card"))
    }
}

#[tokio::test]
async fn invariant_04_every_order_crash_and_outage_ends_in_the_same_cards() {
    for seed in 0..12 {
        let mut play = Play::new(seed).await;
        play.play().await;
        play.check(seed).await;
    }
}
