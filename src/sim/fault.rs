//! Fault switches: which requests go wrong, how, and how often.
//!
//! Pure. `server` asks for the fault of each request and carries it out.

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The connection is reset before the request is looked at: nothing is applied.
    ResetBefore,
    /// The request is applied, then the connection is reset before any of the answer is sent.
    ResetAfter,
    /// No answer, ever; nothing is applied.
    Silence,
    /// The request is applied, and no answer ever comes.
    SilenceAfter,
    /// 429 as from the rate limiter, with an empty budget; nothing is applied.
    RateLimited,
    /// 500 with Mastodon's HTML error page; nothing is applied.
    ServerError,
    /// 503 with the JSON of a lost lock or a storage in trouble; nothing is applied.
    Unavailable,
    /// 200 with JSON that breaks off in the middle; nothing is applied.
    Nonsense,
    /// This status with `{"error": "..."}`; nothing is applied. For 401, 403, 404, 410, 422.
    Status(u16),
}

impl Fault {
    /// Whether the request takes effect although it goes wrong.
    pub(super) fn applies(self) -> bool {
        matches!(self, Self::ResetAfter | Self::SilenceAfter)
    }
}

/// The faults that wait for their requests.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Waiting>);

#[derive(Debug)]
struct Waiting {
    pattern: String,
    fault: Fault,
    times: usize,
}

impl Faults {
    pub(super) fn add(&mut self, pattern: &str, fault: Fault, times: usize) {
        self.0.push(Waiting {
            pattern: pattern.to_owned(),
            fault,
            times,
        });
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// How many faults have not struck yet.
    pub(super) fn left(&self) -> usize {
        self.0.iter().map(|waiting| waiting.times).sum()
    }

    /// The fault for this request, if one waits for it; it is used up by this.
    pub(super) fn strike(&mut self, method: &str, path: &str) -> Option<Fault> {
        let waiting = self
            .0
            .iter_mut()
            .find(|waiting| waiting.times > 0 && matches(&waiting.pattern, method, path))?;
        waiting.times -= 1;
        Some(waiting.fault)
    }
}

/// Whether `METHOD /path` fits a pattern in which `*` is any method or one path segment, and a
/// final `**` any rest of the path.
fn matches(pattern: &str, method: &str, path: &str) -> bool {
    let (wanted_method, wanted_path) = pattern.split_once(' ').unwrap_or(("*", pattern));
    if wanted_method != "*" && wanted_method != method {
        return false;
    }
    let mut segments = path.split('/');
    for wanted in wanted_path.split('/') {
        if wanted == "**" {
            return true;
        }
        match segments.next() {
            Some(segment) if wanted == "*" || wanted == segment => {}
            _ => return false,
        }
    }
    segments.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_methods_and_segments() {
        let action = "POST /api/v1/admin/accounts/*/action";
        assert!(matches(action, "POST", "/api/v1/admin/accounts/12/action"));
        assert!(!matches(action, "GET", "/api/v1/admin/accounts/12/action"));
        assert!(!matches(action, "POST", "/api/v1/admin/accounts/12"));
        assert!(!matches(
            action,
            "POST",
            "/api/v1/admin/accounts/12/action/x"
        ));
        assert!(matches("* /api/**", "GET", "/api/v2/instance"));
        assert!(matches("/api/v2/instance", "GET", "/api/v2/instance"));
    }

    #[test]
    fn a_fault_strikes_as_often_as_asked() {
        let mut faults = Faults::default();
        faults.add("GET /a", Fault::Silence, 1);
        faults.add("* /**", Fault::Status(403), 1);
        assert_eq!(faults.left(), 2);
        assert_eq!(faults.strike("GET", "/a"), Some(Fault::Silence));
        assert_eq!(faults.strike("GET", "/a"), Some(Fault::Status(403)));
        assert_eq!(faults.strike("GET", "/a"), None);
        assert_eq!(faults.left(), 0);
    }
}
