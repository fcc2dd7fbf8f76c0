package detect

import (
	"bytes"
	"net/netip"
	"unicode"
	"unicode/utf8"
)

// ip reads addresses of version 4 and 6, with a port or a prefix length.
func ip(r *reading) float64 {
	s := r.soft
	if r.dots == 3 && r.letters == 0 && r.marks&^(markDot|markColon|markSlash) == 0 {
		return ip4(s)
	}
	if r.marks&markColon == 0 || len(s) > 64 || bytes.Count(s, []byte{':'}) < 7 && !bytes.Contains(s, []byte("::")) {
		return 0
	}
	if addr, err := netip.ParseAddr(string(s)); err == nil {
		switch {
		case addr.IsUnspecified():
			return 0.4
		case len(s) == 23 && bytes.Count(s, []byte{':'}) == 7: // an EUI-64 looks the same
			return 0.45
		}
		return 0.95
	}
	if at, err := netip.ParseAddrPort(string(s)); err == nil && at.Addr().Is6() {
		return 0.9
	}
	if net, err := netip.ParsePrefix(string(s)); err == nil {
		return ofPrefix(net.Bits(), 128)
	}
	return 0
}

// ofPrefix knows that a prefix length makes a network of an address.
func ofPrefix(bits, all int) float64 {
	if bits == all {
		return 0.9
	}
	return 0.4
}

// ip4 reads four numbers to 255 with dots. Version numbers look the same, and
// mostly are small; zeros in front are read differently by different programs.
func ip4(s []byte) float64 {
	var octets [4]int
	zeros := false
	for i := range octets {
		n := leading(s)
		if n == 0 || n > 3 || i < 3 && (n == len(s) || s[n] != '.') {
			return 0
		}
		zeros = zeros || n > 1 && s[0] == '0'
		if octets[i] = decimal(s[:n]); octets[i] > 255 {
			return 0
		}
		if s = s[n:]; i < 3 {
			s = s[1:]
		}
	}
	switch {
	case len(s) > 0:
		return afterIP4(s)
	case zeros:
		return 0.4
	case octets == [4]int{}, octets[0] == 255:
		return 0.6
	case octets[0] < 10 && max(octets[1], octets[2], octets[3]) < 100 && (octets[0] != octets[1] || octets[2] != octets[3]):
		return 0.45 // a version; resolvers such as 8.8.4.4 repeat themselves
	}
	return 0.95
}

// afterIP4 reads :port or /bits.
func afterIP4(s []byte) float64 {
	mark, rest := s[0], s[1:]
	switch n := leading(rest); {
	case n == 0 || n != len(rest) || n > 5:
	case mark == ':' && between(rest, 1, 65535):
		return 0.9
	case mark == '/' && between(rest, 0, 32):
		return ofPrefix(decimal(rest), 32)
	}
	return 0
}

// leading counts the digits that s begins with.
func leading(s []byte) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

// mac reads six pairs of hexadecimal digits with - or : between them, three fours
// with dots, or twelve in a row; eight pairs are an EUI-64.
func mac(r *reading) float64 {
	s := r.soft
	count := 0
	for _, c := range s {
		if hexadecimal(c) {
			count++
		}
	}
	switch {
	case count == 12 && len(s) == 17 && everyThird(s), count == 16 && len(s) == 23 && everyThird(s):
	case count == 12 && len(s) == 14 && s[4] == '.' && s[9] == '.':
	case count == 12 && len(s) == 12:
		if r.letters == 0 || r.digits == 0 {
			return 0.2
		}
		return 0.6
	default:
		return 0
	}
	switch {
	case only(s, '0'):
		return 0.45 // no interface has it
	case only(s, 'f'):
		return 0.6
	}
	return 0.95
}

func hexadecimal(c byte) bool { return isDigit(c) || c|0x20-'a' < 6 }

// everyThird reports whether each third character is one and the same of - and :.
func everyThird(s []byte) bool {
	for i := 2; i < len(s); i += 3 {
		if s[i] != s[2] || s[i] != '-' && s[i] != ':' {
			return false
		}
	}
	return true
}

// only reports whether all hexadecimal digits of s are c.
func only(s []byte, c byte) bool {
	for _, x := range s {
		if hexadecimal(x) && x|0x20 != c|0x20 {
			return false
		}
	}
	return true
}

// email reads addresses by RFC 5321 with the letters of RFC 6531, without quotes and
// address literals. A * means that somebody masked it.
func email(s []byte) float64 {
	at := bytes.LastIndexByte(s, '@')
	local, domain := s[:at], s[at+1:]
	if len(local) == 0 || len(local) > 64 || len(domain) > 253 || !dotted(local, localChar) {
		return 0
	}
	last := bytes.LastIndexByte(domain, '.')
	if last < 0 || !dotted(domain, domainChar) {
		return 0
	}
	for label := range bytes.SplitSeq(domain, []byte{'.'}) {
		if len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return 0
		}
	}
	top := domain[last+1:]
	if utf8.RuneCount(top) < 2 || bytes.ContainsAny(top, "0123456789") && !bytes.HasPrefix(bytes.ToLower(top), []byte("xn--")) {
		return 0
	}
	return 0.97
}

// dotted reports whether s has parts of such characters with single dots between.
func dotted(s []byte, ok func(c rune) bool) bool {
	before := '.'
	for len(s) > 0 {
		c, size := utf8.DecodeRune(s)
		if c == '.' && before == '.' || c != '.' && !ok(c) {
			return false
		}
		before, s = c, s[size:]
	}
	return before != '.'
}

func localChar(c rune) bool {
	switch c {
	case '!', '#', '$', '%', '&', '\'', '+', '/', '=', '?', '^', '_', '`', '{', '|', '}', '~':
		return true
	}
	return domainChar(c)
}

func domainChar(c rune) bool {
	if c < utf8.RuneSelf {
		return isLetter(byte(c)) || isDigit(byte(c)) || c == '-'
	}
	return unicode.IsLetter(c) || unicode.IsMark(c)
}
