//! Mail domains that say nothing of an organisation: those of the large free providers, and those made to be thrown away.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

/// Domains of free mail that have one spelling.
const FREE: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "msn.com",
    "passport.com",
    "windowslive.com",
    "ymail.com",
    "rocketmail.com",
    "myyahoo.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "proton.me",
    "protonmail.com",
    "protonmail.ch",
    "pm.me",
    "tutanota.com",
    "tutanota.de",
    "tuta.io",
    "tuta.com",
    "fastmail.com",
    "fastmail.fm",
    "hey.com",
    "hushmail.com",
    "mail.com",
    "email.com",
    "usa.com",
    "inbox.com",
    "zohomail.com",
    "aim.com",
    "comcast.net",
    "verizon.net",
    "att.net",
    "sbcglobal.net",
    "bellsouth.net",
    "cox.net",
    "charter.net",
    "earthlink.net",
    "juno.com",
    "netzero.net",
    "optonline.net",
    "rogers.com",
    "shaw.ca",
    "sympatico.ca",
    "btinternet.com",
    "ntlworld.com",
    "virginmedia.com",
    "talktalk.net",
    "bigpond.com",
    "optusnet.com.au",
    "xtra.co.nz",
    "web.de",
    "t-online.de",
    "freenet.de",
    "arcor.de",
    "posteo.de",
    "mailbox.org",
    "online.de",
    "bluewin.ch",
    "chello.at",
    "orange.fr",
    "wanadoo.fr",
    "free.fr",
    "laposte.net",
    "sfr.fr",
    "neuf.fr",
    "libero.it",
    "virgilio.it",
    "tiscali.it",
    "alice.it",
    "tin.it",
    "ziggo.nl",
    "kpnmail.nl",
    "planet.nl",
    "home.nl",
    "telenet.be",
    "skynet.be",
    "telefonica.net",
    "terra.es",
    "sapo.pt",
    "wp.pl",
    "o2.pl",
    "onet.pl",
    "interia.pl",
    "op.pl",
    "seznam.cz",
    "centrum.cz",
    "email.cz",
    "azet.sk",
    "freemail.hu",
    "citromail.hu",
    "abv.bg",
    "mail.bg",
    "mail.ru",
    "bk.ru",
    "inbox.ru",
    "list.ru",
    "internet.ru",
    "rambler.ru",
    "ya.ru",
    "ukr.net",
    "i.ua",
    "qq.com",
    "foxmail.com",
    "163.com",
    "126.com",
    "yeah.net",
    "sina.com",
    "sina.cn",
    "sohu.com",
    "aliyun.com",
    "139.com",
    "189.cn",
    "naver.com",
    "hanmail.net",
    "daum.net",
    "nate.com",
    "docomo.ne.jp",
    "ezweb.ne.jp",
    "softbank.ne.jp",
    "rediffmail.com",
    "uol.com.br",
    "bol.com.br",
    "terra.com.br",
    "ig.com.br",
    "globo.com",
    "prodigy.net.mx",
    "walla.co.il",
    "walla.com",
    "mweb.co.za",
    // Relays that forward to a person's own mailbox.
    "duck.com",
    "mozmail.com",
    "privaterelay.appleid.com",
    "passmail.net",
    "simplelogin.com",
    "simplelogin.co",
    "simplelogin.fr",
    "slmail.me",
    "anonaddy.com",
    "anonaddy.me",
    "addy.io",
];

/// Names under which a free provider has a domain in many countries: `hotmail.co.uk`, `yahoo.com.br`, `gmx.at`.
const BRANDS: [&str; 7] = ["hotmail", "outlook", "live", "yahoo", "gmx", "yandex", "aol"];

/// What the brands' names end in. A list, because other firms own the names under newer endings (`live.ai`).
const ENDINGS: &[&str] = &[
    "com", "net", "de", "at", "ch", "li", "fr", "be", "nl", "lu", "it", "es", "pt", "co.uk", "ie", "dk", "se", "no",
    "fi", "pl", "cz", "sk", "hu", "ro", "gr", "rs", "lv", "ru", "ua", "by", "kz", "ca", "com.au", "co.nz", "co.za",
    "com.br", "com.mx", "com.ar", "cl", "com.pe", "com.co", "com.ve", "com.tr", "co.il", "in", "co.in", "com.sg",
    "com.my", "com.ph", "com.vn", "co.id", "co.th", "com.hk", "com.tw", "com.cn", "cn", "jp", "co.jp", "co.kr", "us",
    "eu",
];

/// Whether anybody can have a mailbox at `domain` for nothing, or has one from their line at home, so that it says
/// nothing of an organisation. `domain` is lower-case, as in [`canonical`](super::email::canonical) addresses.
#[must_use]
pub fn is_free(domain: &str) -> bool {
    static DOMAINS: LazyLock<FxHashSet<&str>> = LazyLock::new(|| FREE.iter().copied().collect());
    DOMAINS.contains(domain)
        || domain.split_once('.').is_some_and(|(name, ending)| BRANDS.contains(&name) && ENDINGS.contains(&ending))
}

/// Whether mailboxes at `domain` (lower-case) are made to be thrown away: the domain or one that it is under is in the
/// list of the `mailchecker` crate.
#[must_use]
pub fn is_disposable(domain: &str) -> bool {
    static DOMAINS: LazyLock<FxHashSet<&str>> = LazyLock::new(|| mailchecker::blacklist().into_iter().collect());
    // The list counts relays in, whose mail arrives.
    !is_free(domain) && with_parents(domain).any(|domain| DOMAINS.contains(domain))
}

/// `domain` and every domain that it is under: `a.b.c`, `b.c`, `c`.
pub fn with_parents(domain: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(domain), |domain| domain.split_once('.').map(|(_, parent)| parent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_mail_is_known_in_every_country() {
        for domain in [
            "gmail.com",
            "googlemail.com",
            "hotmail.co.uk",
            "yahoo.com.br",
            "gmx.at",
            "live.nl",
            "outlook.de",
            "web.de",
        ] {
            assert!(is_free(domain), "{domain}");
        }
    }

    #[test]
    fn domains_of_organisations_are_not_free_mail() {
        for domain in ["acme.example", "live.ai", "hotmail.acme.com", "mygmail.com", "yahooinc.com", "com", "", "live"]
        {
            assert!(!is_free(domain), "{domain}");
        }
    }

    #[test]
    fn disposable_mail_is_known_under_any_name() {
        for domain in ["mailinator.com", "mx1.mailinator.com", "guerrillamail.com", "10minutemail.com"] {
            assert!(is_disposable(domain), "{domain}");
        }
        for domain in
            ["gmail.com", "acme.example", "salesforce.com", "hubspot.com", "t-online.de", "duck.com", "com", ""]
        {
            assert!(!is_disposable(domain), "{domain}");
        }
    }
}
