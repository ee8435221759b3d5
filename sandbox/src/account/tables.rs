//! Raw material for users. Everything here is the inside of a JSON string, already escaped, so
//! that rendering is copying; the two spellings of non-ASCII (raw and `\u`) are both on purpose.

/// For addresses, which stay ASCII.
pub(super) const ASCII_NAMES: [&str; 32] = [
    "ada", "ali", "anna", "bela", "bruno", "carla", "chen", "dana", "emil", "erik", "fatima",
    "greta", "hana", "ines", "ivan", "jana", "jose", "karl", "lena", "luca", "maria", "mehmet",
    "nadia", "olga", "otto", "paula", "rosa", "sam", "tariq", "uma", "yuki", "zoe",
];

pub(super) const DOMAINS: [&str; 4] = [
    "example.com",
    "example.org",
    "mail.example.net",
    "uni.example",
];

pub(super) const FIRST_NAMES: [&str; 32] = [
    "Ada",
    "Ali",
    "Anna",
    "Béla",
    "Bruno",
    "Carla",
    "Chen",
    "Dana",
    "Emil",
    "J\\u00fcrgen",
    "فاطمة",
    "Gre\\/ta",
    "花子",
    "In\\u00e9s",
    "Иван",
    "Jana",
    "Jos\\u00e9",
    "Karl",
    "Lena \\ud83d\\ude00",
    "Luca 🚀",
    "Maria \\\"Mimi\\\"",
    "Mehmet",
    "Nadia",
    "Olga",
    "Otto\\u0000",
    "Paula",
    "Rosa\\nLinda",
    "Sam\\\\Sammy",
    "\\u0637\\u0627\\u0631\\u0642",
    "Uma",
    "ゆき",
    "Zoë",
];

pub(super) const LAST_NAMES: [&str; 32] = [
    "Müller",
    "M\\u00fcller",
    "Schäfer",
    "Groß",
    "Weiß-Öztürk",
    "Smith",
    "O'Brien",
    "Garc\\u00eda L\\u00f3pez",
    "Kowalska",
    "Nguyễn",
    "山田",
    "\\u4f50\\u85e4",
    "العربي",
    "Silva",
    "Ivanova",
    "Jensen",
    "van der Berg",
    "D\\u2019Angelo",
    "Kim",
    "Singh",
    "Haddad",
    "Novák",
    "Öberg",
    "Åkesson",
    "Łukasz",
    "Tan",
    "Costa",
    "Meyer\\tMaier",
    "Z\\u0000ero",
    "<b>&amp;",
    "\\ud83d\\udc69\\u200d\\ud83d\\ude80",
    "😀😀",
];

/// Basic and Licensed mostly; the documented rest; and what "others may come" means.
pub(super) const TYPES: [&str; 16] = [
    "1",
    "2",
    "2",
    "1",
    "2",
    "2",
    "1",
    "2",
    "1",
    "2",
    "1",
    "2",
    "4",
    "99",
    "7",
    "2147483648",
];

pub(super) const TIMEZONES: [&str; 8] = [
    "Europe/Berlin",
    "America/New_York",
    "America\\/Los_Angeles",
    "Asia/Tokyo",
    "Asia/Riyadh",
    "Etc/UTC",
    "",
    "Mars/Olympus_Mons",
];

pub(super) const DEPARTMENTS: [&str; 8] = [
    "Sales",
    "Vertrieb Süd",
    "\\u7d4c\\u7406\\u90e8",
    "R&D",
    "HR \\\"people\\\"",
    "Physik\\/Optik",
    "",
    "Line 1\\nLine 2",
];

pub(super) const LANGUAGES: [&str; 6] = ["en-US", "de-DE", "jp-JP", "ar-SA", "", "tlh"];

/// Plans are bit flags as text, and nobody promises that they stay numbers.
pub(super) const PLANS: [&str; 6] = ["1", "4", "32", "1152921504606846976", "none", "8388610"];

pub(super) const CLIENTS: [&str; 4] = [
    "6.3.11.50104(win)",
    "5.17.11.34827(mac)",
    "6.4.0.1(iphone)",
    "0.0.0.0(\\u672a\\u77e5)",
];

/// Dates that clients have choked on.
pub(super) const ODD_DATES: [&str; 4] = [
    "null",
    "\"\"",
    "1700000000000",
    "\"2019-02-30T25:61:61+01:00\"",
];

/// Members that no documentation names.
pub(super) const UNKNOWN_MEMBERS: [&str; 4] = [
    r#""x_beta":{"a":[1,2,{"b":null}],"c":"]}\"{["},"#,
    r#""zoom_one_type":16,"user_risk_score":0.125,"#,
    r#""shadow":[[],{},[[-1e-3]],true],"#,
    r#""location":"\u6771\u4eac","#,
];
