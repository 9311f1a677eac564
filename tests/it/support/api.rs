//! A moderator's script: the scripting API over the real router.

use axum::body::Body;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::story::{Answer, Story, api_token};

/// The API as one moderator.
pub(crate) struct Api<'s> {
    story: &'s Story,
    moderator: &'static str,
}

/// What a command was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    /// `done`, `accepted`, `confirm`, `second` or `refused`.
    pub answer: String,
    /// In words.
    pub text: String,
    /// `op-17`.
    pub operation: Option<String>,
    /// What `confirm` takes.
    pub confirm_token: Option<String>,
}

impl<'s> Api<'s> {
    pub(super) fn new(story: &'s Story, moderator: &'static str) -> Self {
        Self { story, moderator }
    }

    /// One request below `/api/v1/`, whatever its answer.
    pub(crate) async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let token = api_token(self.moderator);
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1/{path}"))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json");
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.story.ask(request.body(body).unwrap()).await
    }

    /// What is at a path, which has to be there.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.ask(Method::GET, path, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        serde_json::from_str(&answer.text).unwrap()
    }

    /// One command under an id of its own.
    pub(crate) async fn command(&self, words: &str) -> Said {
        self.command_as(&self.story.request_id(), words).await
    }

    /// One command under this id.
    pub(crate) async fn command_as(&self, id: &str, words: &str) -> Said {
        let body = json!({"id": id, "command": words});
        let answer = self.ask(Method::POST, "commands", Some(body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{words}: {}", answer.text);
        let value: Value = serde_json::from_str(&answer.text).unwrap();
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        Said {
            answer: text("answer").unwrap(),
            text: text("text").unwrap(),
            operation: text("operation"),
            confirm_token: text("confirm_token"),
        }
    }

    /// One command, confirmed if Wardroom asks back.
    pub(crate) async fn confirm(&self, words: &str) -> Said {
        let said = self.command(words).await;
        match &said.confirm_token {
            Some(token) => self.command(&format!("confirm {token}")).await,
            None => said,
        }
    }

    /// One command, confirmed, that has to be accepted; its operation.
    pub(crate) async fn accepted(&self, words: &str) -> String {
        let said = self.confirm(words).await;
        assert_eq!(said.answer, "accepted", "{words}: {}", said.text);
        said.operation.unwrap()
    }

    /// One command that has to be refused; the words.
    pub(crate) async fn refused(&self, words: &str) -> String {
        let said = self.command(words).await;
        assert_eq!(said.answer, "refused", "{words}: {}", said.text);
        said.text
    }
}
