//! Logs and metrics of the process. Only the command line installs them; everything else just
//! speaks `tracing` and `metrics`.
//!
//! Spans and fields are dotted by object: `request.id`, `case.id`, `delivery.id`, `operation.id`.
//! Secrets are never fields: they live in types whose debug output shows nothing.

pub mod readiness;

use std::io::{self, IsTerminal as _};

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusRecorder};
use tracing_subscriber::EnvFilter;

pub use metrics_exporter_prometheus::PrometheusHandle;

/// Upper bounds, in seconds, of every histogram whose name ends in `_seconds`: from a commit on a
/// fast disk to Mastodon's own time-out.
const SECONDS: [f64; 11] = [
    0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0,
];

/// Parts whose debug lines hold tokens and personal text, whatever level is configured.
const QUIET: [&str; 2] = ["handlebars=warn", "sqlx=warn"];

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogStyle {
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
}

/// Why logs or metrics could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The level is none that `tracing-subscriber` understands.
    #[error(
        "log level '{level}' is not understood ({why}): expected error, warn, info, debug, trace, \
         or by part such as wardroom=debug,info"
    )]
    Level {
        /// As configured.
        level: String,
        /// What the parser said.
        why: String,
    },
    /// Something installed a log or a recorder before.
    #[error("logs or metrics were already set up in this process: {0}")]
    Twice(String),
    /// The histogram's bounds were refused.
    #[error("cannot set up metrics: {0}")]
    Metrics(#[from] BuildError),
}

/// Sends this process's log to standard error. Once per process.
///
/// # Errors
/// [`TelemetryError::Level`] and [`TelemetryError::Twice`].
pub fn install_log(style: LogStyle, level: &str) -> Result<(), TelemetryError> {
    let filter = EnvFilter::try_new(level).map_err(|error| TelemetryError::Level {
        level: level.to_owned(),
        why: error.to_string(),
    })?;
    // Their debug lines hold what pages and statements are made of: tokens and people's words.
    let filter = QUIET
        .into_iter()
        .filter_map(|part| part.parse().ok())
        .fold(filter, EnvFilter::add_directive);
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        // Whoever read our log may be gone; that must not end what is logged about.
        .log_internal_errors(false)
        .with_ansi(io::stderr().is_terminal());
    match style {
        LogStyle::Human => log.try_init(),
        LogStyle::Json => log.json().flatten_event(true).try_init(),
    }
    .map_err(|error| TelemetryError::Twice(error.to_string()))
}

/// Makes a recorder the whole process's, and returns the handle that renders it. Once per process.
///
/// # Errors
/// [`TelemetryError::Twice`].
pub fn install_metrics() -> Result<PrometheusHandle, TelemetryError> {
    let recorder = recorder()?;
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder)
        .map_err(|error| TelemetryError::Twice(error.to_string()))?;
    Ok(handle)
}

/// A recorder that nothing writes to until it is installed: for the process, or by a test for its
/// own thread (`metrics::set_default_local_recorder`).
///
/// # Errors
/// [`TelemetryError::Metrics`].
pub fn recorder() -> Result<PrometheusRecorder, TelemetryError> {
    Ok(PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .build_recorder())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn histograms_of_seconds_have_buckets() {
        let recorder = recorder().unwrap();
        let handle = recorder.handle();
        metrics::with_local_recorder(&recorder, || {
            metrics::histogram!("wardroom_call_seconds").record(0.02);
            metrics::gauge!("wardroom_reconcile_gap").set(3.0);
        });
        let text = handle.render();
        assert!(
            text.contains("wardroom_call_seconds_bucket{le=\"0.025\"} 1"),
            "{text}"
        );
        assert!(text.contains("wardroom_reconcile_gap 3"), "{text}");
    }

    #[test]
    fn a_level_that_makes_no_sense_is_named() {
        let error = install_log(LogStyle::Human, "wardroom=loud")
            .unwrap_err()
            .to_string();
        assert!(error.contains("wardroom=loud"), "{error}");
        assert!(error.contains("expected error, warn"), "{error}");
    }
}
