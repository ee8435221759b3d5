//! Writes a user as JSON straight into a buffer: this is what an uncached page costs.

use super::UserStatus;
use super::person::{Directory, Role};
use super::tables as t;
use crate::mix::Numbers;

/// The fields that come only when asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Fields {
    pub(crate) custom_attributes: bool,
    pub(crate) host_key: bool,
}

/// Random bits of one user.
struct Bits {
    numbers: Numbers,
    word: u64,
    left: u32,
}

impl Bits {
    #[inline(always)]
    fn take(&mut self, bits: u32) -> usize {
        if self.left < bits {
            (self.word, self.left) = (self.numbers.next(), u64::BITS);
        }
        let taken = self.word & ((1 << bits) - 1);
        self.word >>= bits;
        self.left -= bits;
        taken as usize
    }

    /// True once in 2^`bits`.
    fn rarely(&mut self, bits: u32) -> bool {
        self.take(bits) == 0
    }

    fn pick<const N: usize>(&mut self, table: &[&'static str; N]) -> &'static str {
        table[self.take(8) % N]
    }
}

/// Appends one user object.
pub(crate) fn render(
    out: &mut Vec<u8>,
    directory: &Directory,
    index: u32,
    status: UserStatus,
    fields: Fields,
) {
    let mut numbers = Numbers::new(directory.seed, u64::from(index));
    numbers.next(); // these bits made the address
    let bits = &mut Bits {
        numbers,
        word: 0,
        left: 0,
    };
    let pending = status == UserStatus::Pending;

    out.push(b'{');
    if !pending {
        put(out, "\"id\":\"");
        directory.write_id(out, index);
        put(out, "\",");
    }
    let (first, last) = (bits.pick(&t::FIRST_NAMES), bits.pick(&t::LAST_NAMES));
    optional(out, bits, "\"first_name\":", |out, _| quote(out, &[first]));
    optional(out, bits, "\"last_name\":", |out, _| quote(out, &[last]));
    optional(out, bits, "\"display_name\":", |out, _| {
        quote(out, &[first, " ", last]);
    });
    put(out, "\"email\":\"");
    directory.write_email(out, index);
    put(out, "\",\"type\":");
    put(out, bits.pick(&t::TYPES));
    out.push(b',');
    if !pending {
        optional(out, bits, "\"pmi\":", |out, bits| {
            let floor = [1_000_000_000, 10_000_000_000][bits.take(1)];
            number(out, floor + bits.take(40) as u64 % (floor * 9));
        });
    }
    optional(out, bits, "\"timezone\":", |out, bits| {
        quote(out, &[bits.pick(&t::TIMEZONES)]);
    });
    put(out, ["\"verified\":0,", "\"verified\":1,"][bits.take(1)]);
    optional(out, bits, "\"dept\":", |out, bits| {
        quote(out, &[bits.pick(&t::DEPARTMENTS)]);
    });
    times(out, bits, pending);
    contact(out, bits);
    put(out, "\"status\":\"");
    put(out, status.as_str());
    put(out, "\",\"role_id\":\"");
    put(out, Role::of(index).id());
    put(out, "\",");
    groups_and_plans(out, bits);
    if bits.rarely(4) {
        put(out, bits.pick(&t::UNKNOWN_MEMBERS));
    }
    on_request(out, bits, index, fields);
    out.pop(); // the comma after the last member
    out.push(b'}');
}

fn times(out: &mut Vec<u8>, bits: &mut Bits, pending: bool) {
    put(out, "\"created_at\":");
    if bits.rarely(5) {
        put(out, bits.pick(&t::ODD_DATES));
    } else {
        date(out, bits);
    }
    out.push(b',');
    if bits.rarely(1) {
        optional(out, bits, "\"user_created_at\":", date);
    }
    if !pending {
        optional(out, bits, "\"last_login_time\":", date);
        optional(out, bits, "\"last_client_version\":", |out, bits| {
            quote(out, &[bits.pick(&t::CLIENTS)]);
        });
    }
}

fn contact(out: &mut Vec<u8>, bits: &mut Bits) {
    optional(out, bits, "\"language\":", |out, bits| {
        quote(out, &[bits.pick(&t::LANGUAGES)]);
    });
    if bits.rarely(1) {
        put(out, "\"phone_number\":\"+49 89 ");
        number(out, 1_000_000 + bits.take(20) as u64);
        put(out, "\",");
    }
    if bits.rarely(2) {
        put(out, "\"pic_url\":\"https:\\/\\/zoom.example\\/p\\/v2\\/");
        number(out, bits.take(30) as u64);
        put(out, "\\/face.jpg?t=1%202\",");
    }
    if bits.rarely(3) {
        put(out, "\"vanity_url\":\"https://zoom.example/my/u\",");
    }
}

fn groups_and_plans(out: &mut Vec<u8>, bits: &mut Bits) {
    const GROUPS: [&str; 4] = [
        "[]",
        "[\"Gp0rQ7TsRXy2mNbVw5\"]",
        "[\"Gp0rQ7TsRXy2mNbVw5\",\"-GzSuedAlle_9\"]",
        "[\"\\u7d4c\"]",
    ];
    optional(out, bits, "\"group_ids\":", |out, bits| {
        put(out, GROUPS[bits.take(2)]);
    });
    if bits.rarely(1) {
        optional(out, bits, "\"im_group_ids\":", |out, bits| {
            put(out, GROUPS[bits.take(2)]);
        });
    }
    optional(out, bits, "\"plan_united_type\":", |out, bits| {
        quote(out, &[bits.pick(&t::PLANS)]);
    });
    if bits.rarely(2) {
        put(out, "\"employee_unique_id\":\"E-");
        number(out, bits.take(20) as u64);
        put(out, "\",\"division_ids\":[\"dv-1\"],");
    }
    if bits.rarely(2) {
        put(
            out,
            "\"license_info_list\":[{\"license_type\":\"ZOOM_ONE\",",
        );
        put(out, "\"license_option\":");
        let option = match bits.take(6) as u64 {
            power @ 0..=59 => 1 << power,
            _ => (1 << 53) + 1, // the first integer that a double cannot hold
        };
        number(out, option);
        put(out, ",\"subscription_id\":\"sub-");
        number(out, bits.take(12) as u64);
        put(out, "\"}],");
    }
    optional(out, bits, "\"cluster\":", |out, bits| {
        put(out, ["\"us04\"", "\"eu01\""][bits.take(1)]);
    });
}

fn on_request(out: &mut Vec<u8>, bits: &mut Bits, index: u32, fields: Fields) {
    if fields.custom_attributes && !bits.rarely(3) {
        put(out, "\"custom_attributes\":[");
        if !bits.rarely(2) {
            put(out, "{\"key\":\"cbf_cost\",\"name\":\"Kostenstelle ");
            put(out, "\\u00fc\",\"value\":\"KS-");
            number(out, u64::from(index) % 97);
            put(out, "\"}");
            if bits.rarely(1) {
                put(out, ",{\"key\":\"cbf_x\",\"name\":\"\",\"value\":null}");
            }
        }
        put(out, "],");
    }
    if fields.host_key && !bits.rarely(3) {
        put(out, "\"host_key\":\"");
        number(out, 100_000 + bits.take(20) as u64 % 900_000);
        put(out, "\",");
    }
}

/// Writes `"name":` (given whole, to be one copy) and `value,`: mostly, for any field may be null
/// or absent.
fn optional(
    out: &mut Vec<u8>,
    bits: &mut Bits,
    name: &str,
    value: impl FnOnce(&mut Vec<u8>, &mut Bits),
) {
    let chance = bits.take(5);
    if chance == 0 {
        return;
    }
    put(out, name);
    if chance == 1 {
        put(out, "null");
    } else {
        value(out, bits);
    }
    out.push(b',');
}

// Tests run with little optimisation, and this is the hottest spot of a big listing.
#[inline(always)]
fn put(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

/// Writes a string whose parts are escaped already.
fn quote(out: &mut Vec<u8>, escaped: &[&str]) {
    out.push(b'"');
    for part in escaped {
        put(out, part);
    }
    out.push(b'"');
}

/// A valid date-time; days stop at 28, so that no calendar is needed.
fn date(out: &mut Vec<u8>, bits: &mut Bits) {
    put(out, "\"20");
    two(out, 12 + bits.take(4) % 14);
    out.push(b'-');
    two(out, 1 + bits.take(6) % 12);
    out.push(b'-');
    two(out, 1 + bits.take(8) % 28);
    out.push(b'T');
    two(out, bits.take(8) % 24);
    out.push(b':');
    two(out, bits.take(8) % 60);
    out.push(b':');
    two(out, bits.take(8) % 60);
    put(out, "Z\"");
}

fn two(out: &mut Vec<u8>, value: usize) {
    out.extend_from_slice(&[b'0' + (value / 10) as u8, b'0' + (value % 10) as u8]);
}

/// Appends a decimal number.
pub(super) fn number(out: &mut Vec<u8>, mut value: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}
