//! Mastodon: the admin API client and the webhooks, with the wire types of both.
