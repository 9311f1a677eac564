//! The workers: each a struct whose `tick` does one step and says whether it worked.
