//! Which Mastodon the simulated server is: everything that differs between releases asks here.
//!
//! Pure. The order of the variants is the order of the releases, so `version >= Version::V4_3`
//! reads as "since 4.3".

/// A release of Mastodon whose behaviour is simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// 4.0.2: webhooks `account.created` and `report.created` only.
    V4_0,
    /// 4.1.4: adds `account.approved`.
    V4_1,
    /// The main branch of July 2023, which became 4.2 and still called itself 4.1.4: all webhook
    /// events, but accounts have no `uri` yet.
    Early4_2,
    /// 4.2.0.
    V4_2,
    /// 4.3.23.
    V4_3,
    /// 4.4.22.
    V4_4,
    /// 4.5.15.
    V4_5,
    /// 4.6.5.
    V4_6,
}

impl Version {
    /// The version as the server tells it (`/api/v2/instance`, node info, `User-Agent`).
    pub fn number(self) -> &'static str {
        match self {
            Self::V4_0 => "4.0.2",
            Self::V4_1 | Self::Early4_2 => "4.1.4",
            Self::V4_2 => "4.2.0",
            Self::V4_3 => "4.3.23",
            Self::V4_4 => "4.4.22",
            Self::V4_5 => "4.5.15",
            Self::V4_6 => "4.6.5",
        }
    }

    /// The number under `api_versions.mastodon`, known since 4.3.
    pub(super) fn api_number(self) -> Option<i64> {
        match self {
            Self::V4_0 | Self::V4_1 | Self::Early4_2 | Self::V4_2 => None,
            Self::V4_3 => Some(2),
            Self::V4_4 => Some(6),
            Self::V4_5 => Some(7),
            Self::V4_6 => Some(11),
        }
    }

    /// The `User-Agent` of webhooks; 4.3 flipped its order.
    pub(super) fn user_agent(self, web_url: &str) -> String {
        let number = self.number();
        if self >= Self::V4_3 {
            format!("Mastodon/{number} (http.rb/5.2.0; +{web_url}/)")
        } else {
            format!("http.rb/5.1.1 (Mastodon/{number}; +{web_url}/)")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_agent_is_the_recorded_one() {
        assert_eq!(
            Version::V4_3.user_agent("https://mastodon.test"),
            "Mastodon/4.3.23 (http.rb/5.2.0; +https://mastodon.test/)"
        );
        assert_eq!(
            Version::Early4_2.user_agent("https://mastodon.test"),
            "http.rb/5.1.1 (Mastodon/4.1.4; +https://mastodon.test/)"
        );
    }
}
