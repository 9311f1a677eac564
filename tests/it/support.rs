//! What several areas of tests share.

pub(crate) mod api;
pub(crate) mod html;
mod leftovers;
pub(crate) mod postgres;
pub(crate) mod room;
pub(crate) mod story;
pub(crate) mod voice;
