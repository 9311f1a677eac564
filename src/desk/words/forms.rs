//! Forms and one-press reasons: what a button asks before it acts.

use crate::command;
use crate::desk::inbound::{Answer, AnswerKind, Button, Form, FormField};
use crate::desk::plan::Plan;
use crate::desk::rules::{Person, Rules};
use crate::domain::{CaseId, Category, Permission, Verb};

/// The reasons that are always offered; the rules that the case's reports name come first.
const REASONS: [&str; 2] = ["Spam", "Harassment"];
/// The reasons offered for letting somebody join.
const WELCOMES: [&str; 2] = ["Fits us", "Known to us"];

/// How many one-press reasons fit beside Other.
const MOST_REASONS: usize = 4;

/// The reasons offered for a plan.
pub(in crate::desk) fn reasons(plan: &Plan) -> Vec<String> {
    let rules = plan
        .operations
        .iter()
        .flat_map(|planned| planned.rules.iter().cloned());
    let always = match plan.verb {
        Verb::Approve => WELCOMES,
        _ => REASONS,
    };
    let always = always.iter().map(|reason| (*reason).to_owned());
    rules.chain(always).take(MOST_REASONS).collect()
}

/// To whom a case can be given: everybody else who may claim. Choosing writes nothing yet.
pub(in crate::desk) fn to_whom(case: CaseId, rules: &Rules, asker: &Person) -> Answer {
    let least = rules.policy.roles().least_role(Permission::Coordinate);
    let colleagues = rules
        .people
        .iter()
        .filter(|person| person.role >= least && person.name != asker.name);
    let buttons: Vec<Button> = colleagues
        .map(|person| Button {
            label: person.name.to_string(),
            key: command::assign_key(case, &person.name),
        })
        .collect();
    if buttons.is_empty() {
        return Answer::text(AnswerKind::Refused, "There is nobody else who may claim.");
    }
    Answer {
        buttons,
        ..Answer::text(AnswerKind::Confirm, format!("To whom shall {case} go?"))
    }
}

/// Which category the reports of a case shall have. A violation needs more than a press.
pub(in crate::desk) fn which_category(case: CaseId) -> Answer {
    let choices = [Category::Other, Category::Spam, Category::Legal];
    let buttons = choices.iter().map(|category| Button {
        label: super::capital(category.word()),
        key: command::category_key(case, category),
    });
    let text = format!(
        "Which category shall the reports of {case} have? A violation names its rule: \
         `categorise {case} violation --rule 2`."
    );
    Answer {
        buttons: buttons.collect(),
        ..Answer::text(AnswerKind::Confirm, text)
    }
}

/// The key of the button that opens the form for a reason in one's own words.
pub(in crate::desk) fn form_key(case: CaseId, verb: Verb) -> String {
    command::form_key(case, verb)
}

/// The form behind a key, if the key opens one.
pub(in crate::desk) fn form(key: &str) -> Option<Form> {
    let (case, verb) = command::parse_form_key(key)?;
    let mut fields = vec![FormField {
        name: "reason".to_owned(),
        label: "Why? Your colleagues read this, the account does not.".to_owned(),
        is_required: true,
        is_long: true,
    }];
    if crate::desk::calls::action_of(verb).is_some() {
        fields.push(FormField {
            name: "tell".to_owned(),
            label: "Tell the account (a text or a preset). Empty: they will not be told."
                .to_owned(),
            is_required: false,
            is_long: true,
        });
    }
    if matches!(verb, Verb::Limit | Verb::Freeze) {
        fields.push(FormField {
            name: "for".to_owned(),
            label: "For how long (7d, 12h)? Then the card asks. Empty: until lifted.".to_owned(),
            is_required: false,
            is_long: false,
        });
    }
    Some(Form {
        key: key.to_owned(),
        title: format!("{} {case}", super::capital(verb.word())),
        fields,
    })
}
