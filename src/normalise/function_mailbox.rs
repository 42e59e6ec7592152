//! Mailboxes that belong to an office rather than a person, by their names.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

/// Names of mailboxes that are functions. Words that people use for themselves (`me`, `mail`, `hi`) are not among them.
const FUNCTIONS: &[&str] = &[
    // RFC 2142.
    "info",
    "marketing",
    "sales",
    "support",
    "abuse",
    "noc",
    "security",
    "postmaster",
    "hostmaster",
    "webmaster",
    // Offices.
    "accounting",
    "accounts",
    "accountspayable",
    "admin",
    "administration",
    "administrator",
    "ap",
    "ar",
    "billing",
    "bookings",
    "careers",
    "compliance",
    "contact",
    "contactus",
    "customercare",
    "customerservice",
    "enquiries",
    "enquiry",
    "events",
    "feedback",
    "finance",
    "frontdesk",
    "hello",
    "help",
    "helpdesk",
    "hr",
    "humanresources",
    "inquiries",
    "inquiry",
    "invoice",
    "invoices",
    "invoicing",
    "it",
    "itsupport",
    "jobs",
    "legal",
    "mailbox",
    "media",
    "newsletter",
    "office",
    "operations",
    "orders",
    "partners",
    "partnerships",
    "payables",
    "payroll",
    "pr",
    "press",
    "privacy",
    "procurement",
    "purchasing",
    "reception",
    "recruiting",
    "recruitment",
    "reservations",
    "sysadmin",
    "team",
    "techsupport",
    "webadmin",
    // Nobody.
    "donotreply",
    "mailerdaemon",
    "noreply",
    "notifications",
    "notreply",
    // German, French, Spanish, Italian, Portuguese, Dutch.
    "bestellung",
    "bewerbung",
    "buchhaltung",
    "datenschutz",
    "einkauf",
    "empfang",
    "kontakt",
    "kundenservice",
    "personal",
    "presse",
    "rechnung",
    "rechnungen",
    "sekretariat",
    "verkauf",
    "vertrieb",
    "verwaltung",
    "zentrale",
    "accueil",
    "commercial",
    "comptabilite",
    "direction",
    "facturation",
    "secretariat",
    "administracion",
    "atencion",
    "compras",
    "contabilidad",
    "contacto",
    "facturacion",
    "pedidos",
    "ventas",
    "acquisti",
    "amministrazione",
    "commerciale",
    "contabilita",
    "contatti",
    "segreteria",
    "ufficio",
    "vendite",
    "administracao",
    "contato",
    "financeiro",
    "vendas",
    "administratie",
    "facturen",
    "inkoop",
    "klantenservice",
    "verkoop",
];

static FUNCTION: LazyLock<FxHashSet<&str>> = LazyLock::new(|| FUNCTIONS.iter().copied().collect());

/// Whether an address is a function's: its name, less a tag and the signs inside it.
#[must_use]
pub fn is_function(address: &str) -> bool {
    let Some((local, _)) = address.split_once('@') else { return false };
    let name: String = local.split('+').next().unwrap_or_default().chars().filter(|c| !"-_.".contains(*c)).collect();
    is_function_name(&name)
}

/// The same of a name in lower case without tag and signs.
#[must_use]
pub fn is_function_name(name: &str) -> bool {
    FUNCTION.contains(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_whole_names_of_mailboxes() {
        for address in ["info@a.example", "no-reply@a.example", "customer.service+eu@a.example", "vertrieb@a.example"] {
            assert!(is_function(address), "{address}");
        }
        for address in
            ["ines.info@a.example", "it.ana@a.example", "sales.ana@a.example", "mail@a.example", "@a.example"]
        {
            assert!(!is_function(address), "{address}");
        }
    }
}
