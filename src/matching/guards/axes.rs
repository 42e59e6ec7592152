//! Words that say which of several things is meant: `inbound` or `outbound`, `gold` or `silver`. Two words of one axis and
//! different poles never mean the same.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Where a word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pole {
    axis: u16,
    side: u16,
    /// Whether the word changes the meaning of a value where the other value has no word of the axis.
    pub(super) lone: bool,
}

impl Pole {
    /// Whether both say the same.
    pub(super) fn is(self, other: Self) -> bool {
        (self.axis, self.side) == (other.axis, other.side)
    }

    /// Whether they say different things about the same.
    pub(super) fn is_against(self, other: Self) -> bool {
        self.axis == other.axis && self.side != other.side
    }

    /// Whether the word is a unit of measure, a currency or an order of magnitude.
    pub(super) fn is_unit(self) -> bool {
        self.axis == 0
    }
}

/// The poles of a word, in lower case without accents.
pub(super) fn poles(word: &str) -> &'static [Pole] {
    POLES.get(word).map_or(&[], Vec::as_slice)
}

static POLES: LazyLock<HashMap<&'static str, Vec<Pole>>> = LazyLock::new(|| {
    let mut known: HashMap<&str, Vec<Pole>> = HashMap::new();
    let axes = WEAK.iter().map(|axis| (axis, false)).chain(STRONG.iter().map(|axis| (axis, true)));
    for (axis, (poles, lone)) in axes.enumerate() {
        for (side, words) in poles.split('|').enumerate() {
            for word in words.split_whitespace() {
                let pole = Pole { axis: axis as u16, side: side as u16, lone };
                known.entry(word).or_default().push(pole);
            }
        }
    }
    known
});

/// Axes whose words say nothing where the other value has none of them: prepositions, units, places in a series. Poles
/// are parted by `|`; the words of one pole mean the same. The first axis is that of units.
const WEAK: &[&str] = &[
    "kg kgs kilogram kilograms kilo | g gram grams | mg milligram | lb lbs pound pounds | oz ounce ounces | ton tons | \
     tonne tonnes | mm millimeter millimetre | cm centimeter centimetre | meter meters metre metres | \
     km kilometer kilometre kilometers kilometres | mi mile miles | ft foot feet | inch inches | yd yard yards | \
     kb kilobyte kilobytes kib | mb megabyte megabytes mib | gb gigabyte gigabytes gib | tb terabyte terabytes tib | \
     pb petabyte petabytes | kbps | mbps | gbps | ms millisecond milliseconds | ns nanosecond nanoseconds | \
     us microsecond microseconds | sec secs seconds | min mins minute minutes | hr hrs hour hours | day days | \
     week weeks | month months mth | year years yr yrs | ml milliliter millilitre | cl | liter litre liters litres | \
     gal gallon gallons | pt pint pints | qt quart quarts | kw kilowatt kilowatts | mw megawatt megawatts | kwh | mwh | \
     wh | hz | khz | mhz | ghz | sqft | sqm | acre acres | hectare hectares ha | celsius | fahrenheit | kelvin | \
     usd dollar dollars | eur euro euros | gbp sterling | chf francs | jpy yen | cny rmb yuan | cad | aud | nzd | inr \
     rupee rupees | brl real reais | mxn peso pesos | sek | nok | dkk | pln zloty | czk | huf | ron | try lira | zar | \
     sgd | hkd | krw won | aed dirham | ils | rub | uah | thb | idr | myr | php | vnd | twd | clp | cop | ars | btc | eth | \
     cent cents | hundred hundreds | thousand thousands tsd | million millions mio mn mm | \
     billion billions bn mrd | trillion trillions",
    "quarter quarters quarterly qtr trimester trimestre quartal | half halves semester halbjahr | fy fiscal | \
     cy calendar | week weekly wk kw | month monthly | year yearly | day daily | cycle | sprint | phase | wave | batch",
    "in into | out outof",
    "on | off",
    "up | down",
    "from | to",
    "before | after",
    "over above more greater | under below less fewer",
    "with w mit avec con | without wo ohne sans sin",
    "pre vor avant | post nach apres",
    "start begin beginning started | end ending ended finish finished",
    "open opened offen ouvert abierto | close closed geschlossen ferme cerrado",
    "domestic | international intl | national | regional | local | global worldwide | continental",
    "public | private",
    "enterprise | smb | sme | midmarket | startup | corporate | consumer | government | commercial | residential | industrial",
    "full | part partial",
    "true wahr vrai verdadero | false falsch faux falso",
    "yes ja oui | nein non",
    "ceo | cfo | cto | coo | cmo | cio | ciso | cro | cpo | chro | cdo | cso",
    "vp | svp | evp | avp | gm | md",
    "mql | sql | sal | pql | sao | iql | hql",
    "sdr | bdr | ae | csm | tam | se",
    "seo | sem | smm | ppc | cpc | cpm | cpa | sea",
    "sms | mms | rcs",
    "crm | erp | cms | hrm | hris | scm | cdp | dmp",
    "arr | mrr | acv | tcv | aov | ltv",
    "juin | juil juillet",
    "emea | emear | apjc | apac | latam | amer americas | anz | dach | mena | cee | nordics | benelux | asean | cis | apj | uki",
    "mba | bba | phd | msc | bsc | bachelor | master | doctorate",
    "mr herr monsieur senor | mrs ms miss frau madame senora",
    "spring fruhling | summer sommer ete verano | autumn fall herbst | winter hiver invierno",
    "mother | father",
    "brother brothers | sister sisters | sons son | daughter daughters",
    "husband | wife",
    "fob | cif | exw | dap | ddp | fca",
    "android | ios | windows | macos mac | linux",
    "car cars | van vans | truck trucks | bus buses | bike bikes",
    "article articles | particle particles",
    "opened open | closed close geschlossen ferme cerrado | reopened wiedereroffnet",
    "buyer buyers kaufer acheteur comprador | seller sellers verkaufer vendeur vendedor | vendor vendors | supplier suppliers",
    "customer customers kunde kunden client clients cliente clientes | prospect prospects | supplier lieferant fournisseur proveedor",
    "lender lenders | borrower borrowers",
    "landlord landlords lessor | tenant tenants lessee",
    "employer employers | employee employees",
    "teacher teachers | student students",
    "trainer trainers | trainee trainees",
    "mentor mentors | mentee mentees",
    "payer payor | payee",
    "interviewer | interviewee",
    "doctor doctors | patient patients | nurse nurses",
    "sender senders | recipient recipients receiver",
    "host | guest",
    "parent parents | child | sibling",
    "promoter promoters | detractor detractors | passive passives",
    "agree | disagree",
    "good gut bon bueno | bad schlecht mauvais malo | excellent | poor | fair | great | best | worst | better | worse",
    "hard | soft",
    "hardware | software | firmware | middleware | freeware | malware",
    "front vorne | back rear hinten",
    "credit | debit",
    "income | expense expenses",
    "asset assets | liability liabilities",
    "supply | demand",
    "profit | loss",
    "arrival arrivals | departure departures",
    "entry | exit",
    "push | pull",
    "buy buying purchase kauf achat compra | sell selling | rent renting miete location | lease leasing | buyback",
    "hired hire | fired fire | resigned | retired",
    "wholesale | retail | etail",
    "strong | weak",
    "analog analogue | digital",
    "wired | wireless",
    "civil | criminal",
    "life | nonlife",
    "common | rare",
    "resident | nonresident",
    "gross brutto brut bruto | net netto neto",
    "fixed | variable | floating | flexible",
    "voice | video | text",
    "limited | unlimited",
    "us usa | uk gb | eu | uae",
    "payable payables | receivable receivables",
    "immigration immigrant | emigration emigrant | migration",
    "tangible | intangible",
    "mortality | morbidity",
    "affect | effect",
    "access | excess",
    "adapt adaptation | adopt adoption",
    "monday | weekend weekends | weekday weekdays | holiday holidays",
];

/// Axes whose words change the meaning by themselves: `Not Qualified` is not `Qualified`, `Model X Plus` not `Model X`.
const STRONG: &[&str] = &[
    "script js",
    "not no non never none nicht kein keine keinen pas nunca without wo ohne sans sin",
    "anti | contra",
    "pre presale presales | post postsale postsales aftersales | mid",
    "inbound incoming ingress eingehend entrant entrante | outbound outgoing egress ausgehend sortant saliente",
    "internal inhouse interne interno interner | external externe externo externer",
    "active activated enabled aktiv aktive aktiver actif activo activa | \
     inactive deactivated disabled dormant inaktiv inactif inactivo inactiva",
    "won gewonnen gagne ganado | lost verloren perdu perdido",
    "paid bezahlt paye pagado | unpaid unbezahlt impaye impagado | organic organisch organico organique | earned | free gratis",
    "male mannlich masculin masculino | female weiblich feminin femenino | nonbinary",
    "man men mens homme hombre | woman women womens femme mujer | boy boys | girl girls | kids kid children",
    "import imports importer imported importation | export exports exporter exported exportation",
    "new neu neue neuer nouveau nouvelle nuevo nueva | existing bestehend existant existente | old | former ex ehemalig ancien \
     | current aktuell actuel actual | previous prior vorherig precedent anterior | next nachste prochain proximo | last | \
     returning | future",
    "optin optedin | optout optedout",
    "qualified qualifiziert qualifie | unqualified disqualified unqualifiziert | prequalified",
    "b2b | b2c | b2g | c2c | d2c | b2e | b2b2c",
    "inpatient inpatients | outpatient outpatients",
    "online | offline",
    "onshore | offshore | nearshore",
    "onsite onpremise onprem | offsite | remote | hybrid",
    "indoor indoors | outdoor outdoors",
    "upstream | downstream | midstream",
    "upgrade upgrades upgraded upsell | downgrade downgrades downgraded downsell | crosssell",
    "upload uploads uploaded | download downloads downloaded",
    "increase increased increasing growing | decrease decreased decreasing shrinking",
    "critical kritisch | urgent dringend | high hoch haute haut alto alta | medium mittel moyen moyenne | normal | \
     low niedrig bas basse bajo baja | lowest | highest",
    "min minimum minimal | max maximum maximal | average mean avg | median",
    "hot heiss | warm | lukewarm | cold kalt",
    "gold golden | silver silber | bronze | platinum platin | diamond | titanium | copper | ruby | emerald | sapphire | palladium",
    "tiny | small klein petit pequeno xs | medium mid | large gross grand grande | xl xlarge extralarge | xxl | huge | jumbo | \
     mini | micro | macro | nano | mega | maxi | giga",
    "junior jr | senior sr | intermediate | staff | principal | trainee | apprentice | graduate | executive",
    "vice | deputy | acting interim | honorary emeritus",
    "associate | assistant | adjunct",
    "basic basis basique basico | starter | standard | pro professional | premium | plus | ultimate | advanced | \
     essential essentials | lite light | ultra | max | express | deluxe | trial | freemium | elite | classic | select | \
     premier | prime",
    "beginner | intermediate | advanced | expert | novice",
    "annual annually yearly jahrlich annuel anual | monthly monatlich mensuel mensual | weekly wochentlich hebdomadaire semanal | \
     daily taglich quotidien diario | quarterly trimestriel trimestral | hourly | biweekly fortnightly | semiannual \
     biannual halfyearly | bimonthly | nightly | onetime | recurring | nonrecurring",
    "direct direkt directo | indirect indirekt indirecto",
    "primary primar primaire primario | secondary sekundar secondaire secundario | tertiary | alternate alternative backup",
    "major | minor",
    "accepted approved genehmigt accepte aprobado | rejected declined denied refused abgelehnt refuse rechazado | \
     pending ausstehend | withdrawn | expired | cancelled canceled storniert annule cancelado | draft entwurf | overdue | archived | deleted | \
     suspended | completed abgeschlossen termine completado | incomplete | resolved | unresolved | submitted | scheduled | unscheduled | \
     shipped | delivered | undelivered | returned | refunded | failed fehlgeschlagen echoue fallido | blocked | unblocked",
    "pass passed | fail failed",
    "success successful | failure unsuccessful",
    "valid gultig valide valido | invalid ungultig invalide invalido",
    "positive positiv positif positivo | negative negativ negatif negativo | neutral",
    "early fruh | late spat | ontime",
    "am morning | pm afternoon | evening | night nighttime overnight | midday noon | daytime",
    "wet | dry",
    "heavy | lightweight",
    "fast | slow",
    "long | short",
    "thick | thin",
    "wide | narrow",
    "deep | shallow",
    "empty | filled",
    "single | double | triple | dual | multi multiple | quad",
    "married verheiratet marie casado | divorced geschieden divorce divorciado | widowed | unmarried ledig celibataire soltero | separated | engaged",
    "permanent | temporary temp | contract | seasonal | fulltime | parttime | casual | freelance",
    "red rot rouge rojo | blue blau bleu azul | green grun vert verde | yellow gelb jaune amarillo | orange | purple violet | black \
     schwarz noir negro | white weiss blanc blanco | grey gray grau gris | brown braun | pink rosa | amber | navy | teal",
    "left links gauche izquierda | right rechts droite derecha",
    "upper top obere superieur superior | lower bottom untere inferieur inferior | middle",
    "inner | outer",
    "inside | outside",
    "interior | exterior",
    "test tests | demo | sandbox | staging | production prod | dev | uat | qa",
    "ascending asc | descending desc",
    "subscribed subscribe | unsubscribed unsubscribe",
    "verified | unverified",
    "known bekannt connu conocido | unknown unbekannt inconnu desconocido",
    "assigned | unassigned | reassigned",
    "urban | rural | suburban",
    "sync synchronous | async asynchronous",
    "manual | automatic automated",
    "democratic | federated",
    "original | replica copy duplicate | refurbished used",
    "maternal maternity | paternal paternity",
    "undergraduate | postgraduate",
    "unilateral | bilateral | multilateral",
    "bi | semi | quasi | demi",
    "contacted | contracted",
    "deal deals | dead",
    "typical | atypical",
    "symptomatic | asymptomatic",
    "bound | unbound",
    "optional | mandatory required | recommended",
    "visible | hidden",
    "likely | unlikely",
    "warmup | cooldown",
    "interested | uninterested",
    "satisfied zufrieden | dissatisfied unzufrieden",
    "reachable | unreachable",
    "insured | uninsured",
    "churned churn | retained retention | renewal renewed renewals | expansion | contraction | upsold",
    "voluntary | involuntary",
    "taxable | exempt",
];
