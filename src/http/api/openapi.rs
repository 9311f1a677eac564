//! The API's description, made from the code.

use axum::Json;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{audit, cases, commands, me, operations};

#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Wardroom",
        description = "The scripting API of Wardroom, a Fediverse server's moderation desk. \
                       Commands have the grammar, rights, dedupe and audit of every other platform.",
    ),
    paths(cases::list, cases::one, commands::run, operations::one, audit::list, me::me),
    modifiers(&Token),
    security(("token" = [])),
)]
struct Document;

/// A moderator's bearer token.
struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let token = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("token", token);
    }
}

/// Serves it.
pub(super) async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(Document::openapi())
}
