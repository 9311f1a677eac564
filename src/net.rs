//! The one home of HTTP clients: every call that leaves the process has a deadline, follows no
//! redirect, and reads no more of an answer than its caller allows.
//!
//! Clients come in two kinds. Our own configured server may be anywhere, loopback included
//! ([`Reach::Anywhere`]). Hosts that strangers name (media, blocklists) may only be on public
//! addresses ([`Reach::PublicOnly`]), checked after name resolution, so that a name which resolves
//! to `127.0.0.1` is refused as well.
//!
//! TLS is rustls with ring, the only provider compiled in, so no process default is needed. Proxies
//! of the environment are not used: a proxy would resolve names behind the address check.

use std::error::Error as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// How the process names itself to other servers.
pub const USER_AGENT: &str = concat!("Wardroom/", env!("CARGO_PKG_VERSION"));

/// How long an idle connection is kept. Shorter than the 20 s of Mastodon's puma, so that a request
/// is seldom written into a connection that the server is just closing.
const IDLE: Duration = Duration::from_secs(10);

/// How long one call may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// From the first byte sent to the last byte of the answer's body.
    pub total: Duration,
    /// For name resolution, TCP and TLS together.
    pub connect: Duration,
}

impl Default for Deadlines {
    /// 20 s in all (a busy Mastodon takes seconds for a suspension), 5 s to connect.
    fn default() -> Self {
        Self {
            total: Duration::from_secs(20),
            connect: Duration::from_secs(5),
        }
    }
}

/// Which addresses a client may connect to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Any address: for hosts that the configuration names.
    Anywhere,
    /// Public addresses only: for hosts that strangers name. A literal address in a URL never
    /// passes the resolver, so ask [`check_public`] before each call as well.
    PublicOnly,
}

/// Builds an HTTP client.
///
/// # Errors
/// [`NetError::Build`] when TLS cannot be set up.
#[expect(
    clippy::disallowed_methods,
    reason = "the one home of HTTP clients, which all get their deadlines here"
)]
pub fn client(deadlines: Deadlines, reach: Reach) -> Result<reqwest::Client, NetError> {
    let builder = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .timeout(deadlines.total)
        .connect_timeout(deadlines.connect)
        .pool_idle_timeout(IDLE)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .use_rustls_tls();
    let builder = match reach {
        Reach::Anywhere => builder,
        Reach::PublicOnly => builder.dns_resolver(Arc::new(PublicResolver)),
    };
    builder
        .build()
        .map_err(|error| NetError::Build(causes(&error)))
}

/// Why a call came to nothing. None of the texts holds the URL: it may carry a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// The client cannot be built.
    #[error("cannot set up the HTTP client: {0}")]
    Build(String),
    /// The address is not one that this client may connect to; nothing was sent.
    #[error("{0} is not a public address")]
    NotPublic(String),
    /// No connection came about; nothing was sent.
    #[error("cannot connect: {0}")]
    Connect(String),
    /// The deadline passed. The request may have been acted upon.
    #[error("no answer before the deadline")]
    TimedOut,
    /// The connection broke after the request may have been sent.
    #[error("the connection broke before the answer was complete: {0}")]
    Broken(String),
    /// The answer is larger than the caller wants to read.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit that was exceeded.
        limit: usize,
    },
}

impl NetError {
    /// Whether the other side cannot have seen the request, so that it certainly did nothing.
    pub fn certainly_not_sent(&self) -> bool {
        matches!(self, Self::Build(_) | Self::NotPublic(_) | Self::Connect(_))
    }
}

impl From<reqwest::Error> for NetError {
    /// A time-out while connecting counts as [`NetError::Connect`]; any doubt counts as sent.
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_builder() {
            Self::Build(causes(&error))
        } else if error.is_connect() {
            Self::Connect(causes(&error))
        } else if error.is_timeout() {
            Self::TimedOut
        } else {
            Self::Broken(causes(&error))
        }
    }
}

/// An error's innermost cause: the outer layers of an HTTP error only say "error sending request".
fn causes(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = cause.to_string();
        next = cause.source();
    }
    text
}

/// Reads a body up to `limit` bytes.
///
/// # Errors
/// [`NetError::TooLarge`] as soon as the announced or the real length exceeds the limit,
/// [`NetError::TimedOut`] or [`NetError::Broken`] when the body does not end.
pub async fn read_capped(mut response: reqwest::Response, limit: usize) -> Result<Bytes, NetError> {
    let announced = response.content_length();
    if announced.is_some_and(|length| length > u64::try_from(limit).unwrap_or(u64::MAX)) {
        return Err(NetError::TooLarge { limit });
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len().saturating_add(chunk.len()) > limit {
            return Err(NetError::TooLarge { limit });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Checks a URL that a stranger named: `http` or `https`, and no literal address that is not
/// public. Names are checked by the resolver of a [`Reach::PublicOnly`] client.
///
/// # Errors
/// [`NetError::NotPublic`] with the host or the scheme that was found.
pub fn check_public(url: &Url) -> Result<(), NetError> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(NetError::NotPublic(format!("a {} URL", url.scheme())));
    }
    let address = match url.host() {
        Some(Host::Domain(_)) => return Ok(()),
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        None => return Err(NetError::NotPublic("a URL without host".to_owned())),
    };
    if is_public(address) {
        Ok(())
    } else {
        Err(NetError::NotPublic(address.to_string()))
    }
}

/// Resolves names by the system and drops every address that is not public.
#[derive(Debug)]
struct PublicResolver;

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(NetError::NotPublic(name.as_str().to_owned()).into());
            }
            let addresses: Addrs = Box::new(public.into_iter());
            Ok(addresses)
        })
    }
}

/// Whether an address is one of the public internet: none of IANA's special-purpose registries
/// (RFC 6890), and no IPv6 form that carries such an IPv4 address.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || a == 0
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b)))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let bits = address.to_bits();
    let embedded = |shift: u32| {
        let low = u32::try_from((bits >> shift) & 0xffff_ffff).unwrap_or(0);
        is_public_v4(Ipv4Addr::from_bits(low))
    };
    match (bits >> 96, bits >> 32) {
        // IPv4-compatible (with unspecified and loopback), IPv4-mapped and NAT64.
        (_, 0 | 0xffff | 0x0064_ff9b_0000_0000_0000_0000) => embedded(0),
        // 6to4 carries the IPv4 address behind its first 16 bits.
        (top, _) if top >> 16 == 0x2002 => embedded(80),
        // Teredo, benchmarking, ORCHID, documentation.
        (top, _) if top >> 9 == 0x2001_0000 >> 9 || top == 0x2001_0db8 || top >> 12 == 0x3fff0 => {
            false
        }
        // Global unicast is 2000::/3; the rest is local, multicast or reserved.
        (top, _) => top >> 29 == 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        for address in [
            "1.1.1.1",
            "100.63.0.1",
            "172.32.0.1",
            "2606:4700::1111",
            "::ffff:9.9.9.9",
            "64:ff9b::808:808",
            "2002:808:808::1",
        ] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
        for address in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::1",
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fe80::1",
            "ff02::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn urls_of_strangers_are_checked_before_use() {
        for url in ["https://example.org/x", "http://1.1.1.1/"] {
            check_public(&Url::parse(url).unwrap()).unwrap();
        }
        for url in [
            "ftp://example.org/",
            "http://127.0.0.1:8080/",
            "http://[::1]/",
            "http://2130706433/",
            "http://0x7f.1/",
        ] {
            let error = check_public(&Url::parse(url).unwrap()).unwrap_err();
            assert!(error.certainly_not_sent(), "{url}: {error}");
        }
    }

    #[tokio::test]
    async fn a_name_that_resolves_to_loopback_is_refused() {
        let client = client(Deadlines::default(), Reach::PublicOnly).unwrap();
        let error = client.get("http://localhost:1/").send().await.unwrap_err();
        let error = NetError::from(error);
        assert!(error.certainly_not_sent());
        assert!(error.to_string().contains("not a public"), "{error}");
    }

    #[tokio::test]
    async fn nobody_listening_means_certainly_not_sent() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let client = client(Deadlines::default(), Reach::Anywhere).unwrap();
        let error = client
            .get(format!("http://{address}/?token=secret"))
            .send()
            .await
            .unwrap_err();
        let error = NetError::from(error);
        assert!(matches!(error, NetError::Connect(_)), "{error:?}");
        assert!(!error.to_string().contains("secret"));
    }
}
