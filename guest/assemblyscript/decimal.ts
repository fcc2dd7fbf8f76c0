// A decimal is an i64 that counts units of 10^-scale: 12.34 with scale 2 is 1234.
// Sums of them are exact and do not depend on their order; sums of doubles do. The
// helpers below throw for what does not fit instead of wrapping around.

/** Writes a decimal: formatDecimal(-1234, 2) is "-12.34". */
export function formatDecimal(v: i64, scale: i32): string {
  const digits = magnitude(v).toString().padStart(scale + 1, "0"), point = digits.length - scale;
  return (v < 0 ? "-" : "") + digits.slice(0, point) + (scale ? "." + digits.slice(point) : "");
}

/**
 * Reads what formatDecimal writes, with at most `scale` digits behind the point:
 * parseDecimal("12.3", 2) is 1230.
 */
export function parseDecimal(s: string, scale: i32): i64 {
  const negative = s.startsWith("-"), rest = negative ? s.slice(1) : s, point = rest.indexOf(".");
  const whole = point < 0 ? rest : rest.slice(0, point), fraction = point < 0 ? "" : rest.slice(point + 1);
  const digits = whole + fraction.padEnd(scale, "0");
  if (!whole.length || fraction.length > scale || point == rest.length - 1) throw new Error(s + " is no decimal of this scale");
  let v: i64 = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9 || v > (i64.MAX_VALUE - digit) / 10) throw new Error(s + " is no decimal of this scale");
    v = 10 * v + digit;
  }
  return negative ? -v : v;
}

/** Adds two decimals of one scale. */
export function addDecimal(a: i64, b: i64): i64 {
  const sum = a + b;
  if ((sum > a) != (b > 0) && b != 0) throw new Error("a decimal is out of range");
  return sum;
}

/**
 * a × b / c, rounded to the nearest, halves to even, with all of the product kept
 * in between. The mean of a sum in fen over n people, in fen: mulDiv(sum, 1, n).
 * From scale 2 to 4: mulDiv(v, 100, 1).
 */
export function mulDiv(a: i64, b: i64, c: i64): i64 {
  if (c == 0) throw new Error("a decimal is divided by zero");
  const x = magnitude(a), y = magnitude(b), divisor = magnitude(c);
  // The product in 128 bits, high and low, of halves of 32 bits.
  const low = (x & 0xffffffff) * (y & 0xffffffff), cross = (x >> 32) * (y & 0xffffffff) + (low >> 32);
  const middle = (x & 0xffffffff) * (y >> 32) + (cross & 0xffffffff);
  let remainder = (x >> 32) * (y >> 32) + (cross >> 32) + (middle >> 32), quotient: u64 = 0;
  const bits = x * y;
  if (remainder >= divisor) throw new Error("a decimal is out of range");
  for (let i = 63; i >= 0; i--) {
    const carried = remainder >> 63;
    remainder = (remainder << 1) | ((bits >> i) & 1);
    if (carried || remainder >= divisor) {
      remainder -= divisor;
      quotient |= <u64>1 << i;
    }
  }
  const twice = remainder << 1;
  if (remainder >> 63 || twice > divisor || (twice == divisor && quotient & 1)) quotient++;
  if (quotient > <u64>i64.MAX_VALUE) throw new Error("a decimal is out of range");
  return a < 0 != b < 0 != c < 0 ? -(<i64>quotient) : <i64>quotient;
}

function magnitude(v: i64): u64 {
  return v < 0 ? -(<u64>v) : <u64>v;
}
