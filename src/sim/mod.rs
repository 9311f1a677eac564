//! A simulated Mastodon, for the demo, for training and for our own tests.
