//! Who is at the other end: the address that failures are counted against. Forwarded headers are
//! believed only from the configured proxies.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};
use ipnet::IpNet;

/// The client's address: the connection's, or, through trusted proxies, the last address in
/// `X-Forwarded-For` that is none of theirs.
pub(super) fn client(connection: Option<IpAddr>, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut client = connection.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let forwarded: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for hop in forwarded.iter().rev() {
        if !trusted
            .iter()
            .any(|range| range.contains(&client.to_canonical()))
        {
            break;
        }
        match hop.trim().parse() {
            Ok(address) => client = address,
            Err(_) => break,
        }
    }
    client.to_canonical()
}

/// The connection's address, where the server recorded it.
pub(super) fn connection(extensions: &Extensions) -> Option<IpAddr> {
    extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(address)| address.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client_of(connection: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|range| range.parse().unwrap()).collect();
        client(Some(connection.parse().unwrap()), &headers, &trusted).to_string()
    }

    #[test]
    fn forwarded_addresses_are_believed_from_trusted_proxies_only() {
        let proxy: &[&str] = &["10.0.0.0/8"];
        assert_eq!(
            client_of("203.0.113.9", &["198.51.100.1"], proxy),
            "203.0.113.9"
        );
        assert_eq!(
            client_of("10.0.0.1", &["198.51.100.1"], proxy),
            "198.51.100.1"
        );
        // What the client itself put in front is not believed.
        assert_eq!(
            client_of("10.0.0.1", &["1.1.1.1, 198.51.100.1"], proxy),
            "198.51.100.1"
        );
        assert_eq!(
            client_of("10.0.0.1", &["1.1.1.1", "198.51.100.1, 10.0.0.2"], proxy),
            "198.51.100.1"
        );
        assert_eq!(client_of("10.0.0.1", &["nonsense"], proxy), "10.0.0.1");
        assert_eq!(
            client_of("::ffff:10.0.0.1", &["198.51.100.1"], proxy),
            "198.51.100.1"
        );
        assert_eq!(client_of("10.0.0.1", &["198.51.100.1"], &[]), "10.0.0.1");
    }
}
