//! Handlebars templates: registry, contexts and rendering.
