//! Typed configuration: embedded defaults, then the file, then secrets from files and the environment.
