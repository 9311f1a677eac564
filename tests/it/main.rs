//! The one integration test binary: story tests, the database conformance suite, the architecture test.
