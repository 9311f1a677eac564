//! Handlebars templates: the registry and its rules. Templates are embedded at build; every value
//! is escaped, and a name that a context does not have is an error (strict mode), which the tests
//! find by rendering every template with its samples.

mod case;
mod frame;
mod pages;

use handlebars::Handlebars;
use serde::Serialize;

pub use case::{
    AnswerView, ButtonView, CaseDetail, CaseLink, Chip, ContextLine, FieldView, FormView,
    MoreReports, OperationView, ReportView, Spoken, StatusView, ThreadEntry, TimeView,
};
pub use frame::{Banner, Filter, Frame};
pub use pages::{
    AuditLine, AuditPage, CaseList, CaseRow, Count, ErrorPage, InvitePage, MomentPage,
    OperationsPage, Overview, PartLine, RoomPage, SignInPage,
};

/// Every embedded template by name. A page includes the parts by these names.
const EMBEDDED: &[(&str, &str)] = &[
    ("answer", include_str!("../../templates/web/answer.hbs")),
    ("audit", include_str!("../../templates/web/audit.hbs")),
    ("buttons", include_str!("../../templates/web/buttons.hbs")),
    ("case", include_str!("../../templates/web/case.hbs")),
    ("chip", include_str!("../../templates/web/chip.hbs")),
    ("error", include_str!("../../templates/web/error.hbs")),
    ("icon", include_str!("../../templates/web/icon.hbs")),
    ("invite", include_str!("../../templates/web/invite.hbs")),
    ("list", include_str!("../../templates/web/list.hbs")),
    ("moment", include_str!("../../templates/web/moment.hbs")),
    (
        "operation",
        include_str!("../../templates/web/operation.hbs"),
    ),
    (
        "operations",
        include_str!("../../templates/web/operations.hbs"),
    ),
    ("overview", include_str!("../../templates/web/overview.hbs")),
    ("page", include_str!("../../templates/web/page.hbs")),
    ("plain", include_str!("../../templates/web/plain.hbs")),
    ("report", include_str!("../../templates/web/report.hbs")),
    ("room", include_str!("../../templates/web/room.hbs")),
    ("sign_in", include_str!("../../templates/web/sign_in.hbs")),
    ("sprite", include_str!("../../templates/web/sprite.hbs")),
    ("thread", include_str!("../../templates/web/thread.hbs")),
    ("words", include_str!("../../templates/web/words.hbs")),
    ("time", include_str!("../../templates/web/time.hbs")),
];

/// The files that pages load, by name, with their media types.
pub const ASSETS: &[(&str, &str, &str)] = &[
    (
        "room.css",
        "text/css; charset=utf-8",
        include_str!("../../templates/web/assets/room.css"),
    ),
    (
        "room.js",
        "text/javascript; charset=utf-8",
        include_str!("../../templates/web/assets/room.js"),
    ),
    (
        "mark.svg",
        "image/svg+xml",
        include_str!("../../templates/web/assets/mark.svg"),
    ),
];

/// A template that cannot be read or rendered: a bug in an embedded template.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// It is no handlebars.
    #[error("a template cannot be read: {0}")]
    Unreadable(#[from] Box<handlebars::TemplateError>),
    /// It does not fit its context.
    #[error("a page cannot be made: {0}")]
    Unfitting(#[from] Box<handlebars::RenderError>),
}

/// The registry.
#[derive(Debug)]
pub struct Templates(Handlebars<'static>);

impl Templates {
    /// Reads the embedded templates.
    ///
    /// # Errors
    /// Only for a template that is no handlebars.
    pub fn embedded() -> Result<Self, TemplateError> {
        let mut registry = Handlebars::new();
        registry.set_strict_mode(true);
        registry.register_escape_fn(handlebars::html_escape);
        for (name, text) in EMBEDDED {
            registry
                // A part ends where its last word ends: `3 min ago,` and not `3 min ago ,`.
                .register_template_string(name, text.trim_end())
                .map_err(Box::new)?;
        }
        Ok(Self(registry))
    }

    /// The case list, with a case or the overview beside it.
    pub fn room(&self, page: &RoomPage) -> Result<String, TemplateError> {
        self.render("room", page)
    }

    /// The audit log.
    pub fn audit(&self, page: &AuditPage) -> Result<String, TemplateError> {
        self.render("audit", page)
    }

    /// The operations.
    pub fn operations(&self, page: &OperationsPage) -> Result<String, TemplateError> {
        self.render("operations", page)
    }

    /// One answer, to be put into a page that is open.
    pub fn answer(&self, answer: &AnswerView) -> Result<String, TemplateError> {
        self.render("answer", answer)
    }

    /// Who has no session is told how to get one.
    pub fn sign_in(&self, page: &SignInPage) -> Result<String, TemplateError> {
        self.render("sign_in", page)
    }

    /// The button that takes an invite.
    pub fn invite(&self, page: &InvitePage) -> Result<String, TemplateError> {
        self.render("invite", page)
    }

    /// Loads the same address again, this time from our own site.
    pub fn moment(&self, page: &MomentPage) -> Result<String, TemplateError> {
        self.render("moment", page)
    }

    /// What went wrong.
    pub fn error_page(&self, page: &ErrorPage) -> Result<String, TemplateError> {
        self.render("error", page)
    }

    fn render(&self, name: &str, context: &impl Serialize) -> Result<String, TemplateError> {
        self.0
            .render(name, context)
            .map_err(|error| TemplateError::Unfitting(Box::new(error)))
    }
}

#[cfg(test)]
mod tests;
