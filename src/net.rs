//! Builds every HTTP client.
