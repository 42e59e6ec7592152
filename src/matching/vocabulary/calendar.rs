//! Months, weekdays and points of the compass: the English name, names in German, French, Spanish, Italian, Portuguese
//! and Dutch, abbreviations, codes.

type Row = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

pub(super) const MONTHS: [Row; 12] = [
    ("January", &["Januar", "Jänner", "Janvier", "Enero", "Gennaio", "Janeiro", "Januari"], &["Jan"], &[]),
    (
        "February",
        &["Februar", "Feber", "Février", "Febrero", "Febbraio", "Fevereiro", "Februari"],
        &["Feb", "Febr", "Fév"],
        &[],
    ),
    ("March", &["März", "Maerz", "Mars", "Marzo", "Março", "Maart"], &["Mar", "Mrz", "Mär"], &[]),
    ("April", &["Avril", "Abril", "Aprile"], &["Apr", "Avr", "Abr"], &[]),
    ("May", &["Mai", "Mayo", "Maggio", "Maio", "Mei"], &[], &[]),
    ("June", &["Juni", "Juin", "Junio", "Giugno", "Junho"], &["Jun"], &[]),
    ("July", &["Juli", "Juillet", "Julio", "Luglio", "Julho"], &["Jul"], &[]),
    ("August", &["Août", "Agosto", "Augustus"], &["Aug", "Ago"], &[]),
    ("September", &["Septembre", "Septiembre", "Settembre", "Setembro"], &["Sep", "Sept"], &[]),
    ("October", &["Oktober", "Octobre", "Octubre", "Ottobre", "Outubro"], &["Oct", "Okt"], &[]),
    ("November", &["Novembre", "Noviembre", "Novembro"], &["Nov"], &[]),
    ("December", &["Dezember", "Décembre", "Diciembre", "Dicembre", "Dezembro"], &["Dec", "Dez", "Déc"], &[]),
];

pub(super) const WEEKDAYS: [Row; 7] = [
    ("Monday", &["Montag", "Lundi", "Lunes", "Lunedì", "Segunda-feira", "Maandag"], &["Mon"], &["Mo"]),
    ("Tuesday", &["Dienstag", "Mardi", "Martes", "Martedì", "Terça-feira", "Dinsdag"], &["Tue", "Tues"], &["Tu", "Di"]),
    (
        "Wednesday",
        &["Mittwoch", "Mercredi", "Miércoles", "Mercoledì", "Quarta-feira", "Woensdag"],
        &["Wed", "Weds"],
        &["We", "Mi"],
    ),
    (
        "Thursday",
        &["Donnerstag", "Jeudi", "Jueves", "Giovedì", "Quinta-feira", "Donderdag"],
        &["Thu", "Thur", "Thurs"],
        &["Th"],
    ),
    ("Friday", &["Freitag", "Vendredi", "Viernes", "Venerdì", "Sexta-feira", "Vrijdag"], &["Fri"], &["Fr"]),
    ("Saturday", &["Samstag", "Sonnabend", "Samedi", "Sábado", "Sabato", "Zaterdag"], &["Sat"], &["Sa"]),
    ("Sunday", &["Sonntag", "Dimanche", "Domingo", "Domenica", "Zondag"], &["Sun"], &["Su"]),
];

pub(super) const DIRECTIONS: [Row; 8] = [
    ("North", &["Northern", "Norden", "Nord", "Norte"], &["Nth", "Nrth"], &["N"]),
    ("South", &["Southern", "Süden", "Süd", "Sued", "Sud", "Sur"], &["Sth"], &["S"]),
    ("East", &["Eastern", "Osten", "Ost", "Este"], &[], &["E"]),
    ("West", &["Western", "Westen", "Ouest", "Oeste"], &[], &["W"]),
    ("Northeast", &["Northeastern", "Nordosten", "Nordost", "Nord-Est", "Noreste", "Nordeste"], &[], &["NE"]),
    ("Northwest", &["Northwestern", "Nordwesten", "Nordwest", "Nord-Ouest", "Noroeste"], &[], &["NW"]),
    ("Southeast", &["Southeastern", "Südosten", "Südost", "Sud-Est", "Sureste", "Sudeste"], &[], &["SE"]),
    ("Southwest", &["Southwestern", "Südwesten", "Südwest", "Sud-Ouest", "Suroeste", "Sudoeste"], &[], &["SW"]),
];
