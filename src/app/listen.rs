//! Listening, and serving until the process ends.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Listens on an address. `key` is what the person would change to choose another one.
///
/// # Errors
/// Names the address and the next step when it is taken or not ours.
pub async fn listen(address: SocketAddr, key: &str) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!(
            "cannot listen on {address}: end the program that uses it, or choose another address \
             with {key}"
        )
    })
}

/// Serves `router` until `end`; requests that were begun are answered.
pub(super) async fn serve(listener: TcpListener, router: Router, end: CancellationToken) {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service).with_graceful_shutdown(end.cancelled_owned());
    if let Err(error) = served.await {
        tracing::error!(%error, "stopped serving");
    }
}
