//! A moderator's browser in the room, without scripts: pages, forms, buttons.

use axum::body::Body;
use chrono::TimeDelta;
use http::{Method, Request, StatusCode, header};
use url::form_urlencoded;
use wardroom::app;

use super::html::{self, Button, Form};
use super::story::{Answer, Story};

/// A session in the room.
pub(crate) struct Room<'s> {
    story: &'s Story,
    cookie: String,
}

/// A page as it was loaded.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    /// Its HTML.
    pub html: String,
}

impl<'s> Room<'s> {
    /// Signs in with a fresh invitation.
    pub(super) async fn enter(story: &'s Story, moderator: &'static str) -> Self {
        let valid = TimeDelta::minutes(15);
        let invite = app::invite(&story.app.desk, &story.url, &moderator.into(), valid)
            .await
            .unwrap();
        let mut room = Self {
            story,
            cookie: String::new(),
        };
        let answer = room.send(Method::POST, invite.path(), &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        cookie
            .split(';')
            .next()
            .unwrap()
            .clone_into(&mut room.cookie);
        room
    }

    /// One request with the session's cookie, as a browser on our own page sends it.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        fields: &[(String, String)],
    ) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let origin = self.story.url.origin().ascii_serialization();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, &self.cookie)
            .header(header::ORIGIN, origin)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        self.story.ask(request).await
    }

    /// Loads a page.
    pub(crate) async fn page(&self, path: &str) -> Page {
        let answer = self.send(Method::GET, path, &[]).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        Page { html: answer.text }
    }

    /// The page of a case.
    pub(crate) async fn case(&self, number: i64) -> Page {
        self.page(&format!("/room/cases/{number}")).await
    }

    /// Presses the button of `page` that says `label`; the page that follows.
    pub(crate) async fn press(&self, page: &Page, label: &str) -> Page {
        let (form, button) = page.button(label);
        self.submit(&form, &[("key", &button.key)]).await
    }

    /// Fills in the answer's form and sends it.
    pub(crate) async fn fill_in(&self, page: &Page, values: &[(&str, &str)]) -> Page {
        let form = page.form("/room/form");
        let values: Vec<_> = values
            .iter()
            .map(|(name, value)| (format!("field.{name}"), *value))
            .collect();
        let values: Vec<_> = values
            .iter()
            .map(|(name, value)| (name.as_str(), *value))
            .collect();
        self.submit(&form, &values).await
    }

    /// Types into the command line of a page.
    pub(crate) async fn say(&self, page: &Page, words: &str) -> Page {
        self.submit(&page.form("/room/words"), &[("text", words)])
            .await
    }

    /// Writes a note on the case of a page.
    pub(crate) async fn note(&self, page: &Page, text: &str) -> Page {
        self.submit(&page.form("/room/notes"), &[("text", text)])
            .await
    }

    /// Sends a form, lets Wardroom work, and follows to the next page.
    pub(crate) async fn submit(&self, form: &Form, values: &[(&str, &str)]) -> Page {
        let mut fields = form.hidden.clone();
        fields.extend(
            values
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let answer = self.send(Method::POST, &form.action, &fields).await;
        assert_eq!(
            answer.status,
            StatusCode::SEE_OTHER,
            "{}: {}",
            form.action,
            answer.text
        );
        self.story.settle().await;
        let next = answer.headers[header::LOCATION].to_str().unwrap();
        self.page(next).await
    }
}

impl Page {
    /// The answer that the page shows, in words.
    pub(crate) fn answer(&self) -> String {
        let answer = html::piece(&self.html, "<article class=\"answer ", "</article>");
        let answer = answer.unwrap_or_else(|| panic!("no answer on the page:\n{}", self.text()));
        html::text(html::piece(answer, "<p class=\"text\">", "</p>").unwrap())
    }

    /// Everything that the page says.
    pub(crate) fn text(&self) -> String {
        let lines = html::text(&self.html);
        let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.collect::<Vec<_>>().join("\n")
    }

    /// What can be pressed.
    pub(crate) fn labels(&self) -> Vec<String> {
        let buttons = html::forms(&self.html)
            .into_iter()
            .flat_map(|form| form.buttons);
        buttons.map(|button| button.label).collect()
    }

    fn form(&self, action: &str) -> Form {
        html::forms(&self.html)
            .into_iter()
            .find(|form| form.action == action)
            .unwrap_or_else(|| panic!("no form {action} on the page:\n{}", self.text()))
    }

    /// The last button that says `label`: answers stand below the case.
    fn button(&self, label: &str) -> (Form, Button) {
        html::forms(&self.html)
            .into_iter()
            .rev()
            .find_map(|form| {
                let button = form
                    .buttons
                    .iter()
                    .find(|button| button.label == label)
                    .cloned();
                button.map(|button| (form, button))
            })
            .unwrap_or_else(|| panic!("no button '{label}', but {:?}", self.labels()))
    }
}
