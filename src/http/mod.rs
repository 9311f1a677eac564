//! HTTP: webhooks, the room, the scripting API, health and metrics.
