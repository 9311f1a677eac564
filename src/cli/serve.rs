//! `wardroom serve`: run, as the configuration says, until somebody asks for the end.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;

use super::ExitStatus;
use crate::app::{App, Surroundings, listen};
use crate::clock::SystemClock;
use crate::config::{Config, LogFormat};
use crate::shutdown::Shutdown;
use crate::telemetry::{self, LogStyle};
use crate::worker;

pub(super) async fn run(config: &Path) -> Result<ExitStatus> {
    let config = Config::load(config)?;
    let style = match config.log.format {
        LogFormat::Human => LogStyle::Human,
        LogFormat::Json => LogStyle::Json,
    };
    telemetry::install_log(style, &config.log.level)?;
    let surroundings = Surroundings {
        clock: Arc::new(SystemClock),
        metrics: Some(telemetry::install_metrics()?),
        is_demo: false,
        channels: BTreeMap::new(),
    };
    worker::describe_metrics();
    let public = listen(config.http.listen, "[http] listen").await?;
    let internal = match config.http.internal_listen {
        Some(address) => Some(listen(address, "[http] internal_listen").await?),
        None => None,
    };
    if let Some(internal) = &internal {
        let address = internal.local_addr()?;
        tracing::info!(%address, "readiness and metrics are served");
    }
    let (url, address) = (config.http.public_url.clone(), public.local_addr()?);
    let app = App::build(config, surroundings).await?;
    tracing::info!(%url, %address, "ready");
    app.run(public, internal, asked_to_end()).await?;
    Ok(ExitStatus::Done)
}

/// Waits for SIGTERM or Ctrl-C.
pub(super) async fn asked_to_end() {
    if let Err(error) = Shutdown::asked_to_end().await {
        tracing::error!(%error, "cannot listen for signals: ending");
    }
}
