//! The desk: the only module that changes a case.
