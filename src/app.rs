//! The composition root: builds the parts from the configuration and runs them.
