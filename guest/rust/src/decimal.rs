use crate::{Error, Result};

// A decimal is an i64 that counts units of 10^-scale: 12.34 with scale 2 is 1234.
// Sums of them are exact and do not depend on their order; sums of doubles do. Add
// with i64::checked_add.

/// Writes a decimal: `format_decimal(-1234, 2)` is "-12.34".
pub fn format_decimal(v: i64, scale: u8) -> String {
    let sign = if v < 0 { "-" } else { "" };
    let scale = usize::from(scale);
    let digits = format!("{:0width$}", v.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let point = if scale > 0 { "." } else { "" };
    format!("{sign}{whole}{point}{fraction}")
}

/// Reads what `format_decimal` writes, with at most `scale` digits behind the
/// point: `parse_decimal("12.3", 2)` is 1230.
pub fn parse_decimal(s: &str, scale: u8) -> Result<i64> {
    let wrong = || Error::from(format!("yingbi: {s:?} is no decimal of scale {scale}"));
    let rest = s.strip_prefix('-').unwrap_or(s);
    let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    let missing = usize::from(scale).checked_sub(fraction.len()).ok_or_else(wrong)?;
    let digits = format!("{whole}{fraction}");
    if whole.is_empty() || rest.ends_with('.') || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    let v: i64 = (digits + &"0".repeat(missing)).parse().map_err(|_| wrong())?;
    Ok(if rest.len() < s.len() { -v } else { v })
}

/// a × b / c, rounded to the nearest, halves to even, with all of the product kept
/// in between. The mean of a sum in fen over n people, in fen: `mul_div(sum, 1, n)`.
/// From scale 2 to 4: `mul_div(v, 100, 1)`.
pub fn mul_div(a: i64, b: i64, c: i64) -> Result<i64> {
    if c == 0 {
        return Err("yingbi: a decimal is divided by zero".into());
    }
    let product = i128::from(a) * i128::from(b);
    let (magnitude, divisor) = (product.unsigned_abs(), u128::from(c.unsigned_abs()));
    let (mut quotient, twice) = (magnitude / divisor, magnitude % divisor * 2);
    if twice > divisor || twice == divisor && quotient % 2 == 1 {
        quotient += 1;
    }
    let v = i64::try_from(quotient).map_err(|_| Error::from("yingbi: a decimal is out of range"))?;
    Ok(if (product < 0) != (c < 0) { -v } else { v })
}
