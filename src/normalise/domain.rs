//! Web and mail domains: the organisation that they stand for.

use std::borrow::Cow;

use super::mail_provider;
use super::text::trimmed;

/// Hosts on which everybody has a page. Those that give each customer a name of its own (`acme.wixsite.com`) are public
/// suffixes, and need no line.
const HOSTS: &[&str] = &[
    "airbnb.com",
    "amazon.com",
    "behance.net",
    "bing.com",
    "bit.ly",
    "booking.com",
    "crunchbase.com",
    "discord.gg",
    "ebay.com",
    "etsy.com",
    "facebook.com",
    "fb.com",
    "fb.me",
    "g.page",
    "github.com",
    "glassdoor.com",
    "goo.gl",
    "google.com",
    "indeed.com",
    "instagram.com",
    "linkedin.com",
    "linktr.ee",
    "medium.com",
    "meetup.com",
    "pinterest.com",
    "squarespace.com",
    "t.me",
    "tiktok.com",
    "tripadvisor.com",
    "twitter.com",
    "vk.com",
    "weebly.com",
    "wikipedia.org",
    "wix.com",
    "wordpress.com",
    "x.com",
    "xing.com",
    "yelp.com",
    "yellowpages.com",
    "youtu.be",
    "youtube.com",
    "zoominfo.com",
];

/// The domain that an organisation registered, from a web address, a host, or an email address: `acme.example` of
/// `https://www.acme.example/en?x=1`, by the Public Suffix List. `None` where there is none, and for hosts and mail
/// providers that belong to no organisation in particular.
#[must_use]
pub fn own(cell: &str) -> Option<Cow<'_, str>> {
    let cell = trimmed(cell);
    let rest = cell.split_once("://").map_or(cell, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', '\\', ' ', ',', ';']).next()?;
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let host = host.split_once(':').map_or(host, |(host, _)| host).trim_matches('.');
    if !host.contains('.') || host.bytes().any(|b| b.is_ascii_uppercase()) || !host.is_ascii() {
        let lower = host.to_lowercase();
        return registered(&lower).map(|domain| Cow::Owned(domain.to_owned()));
    }
    registered(host).map(Cow::Borrowed)
}

fn registered(host: &str) -> Option<&str> {
    // A number is no suffix: neither addresses of the Internet Protocol nor figures with a point are domains.
    let named = host.contains('.') && !host.rsplit('.').next()?.bytes().any(|b| b.is_ascii_digit());
    let domain = psl::domain_str(host).filter(|_| named)?;
    (!HOSTS.contains(&domain) && !mail_provider::is_free(domain)).then_some(domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registered_domain_is_found_in_what_people_write() {
        for cell in [
            "https://www.acme.example/en?x=1",
            "Acme.Example",
            "http://shop.acme.example:8080",
            "www.acme.example",
            " acme.example/ ",
            "ana@mail.acme.example",
            "acme.example; acme.test",
        ] {
            assert_eq!(own(cell).as_deref(), Some("acme.example"), "{cell}");
        }
        assert_eq!(own("www.acme.co.uk").as_deref(), Some("acme.co.uk"));
        assert_eq!(own("acme.wixsite.com").as_deref(), Some("acme.wixsite.com"));
    }

    #[test]
    fn hosts_of_everybody_stand_for_nobody() {
        for cell in [
            "",
            "n/a",
            "https://www.facebook.com/acme",
            "linkedin.com/company/acme",
            "ana@gmail.com",
            "192.168.0.1",
            "1.5",
            "com",
            "co.uk",
            "://",
        ] {
            assert_eq!(own(cell), None, "{cell}");
        }
    }
}
