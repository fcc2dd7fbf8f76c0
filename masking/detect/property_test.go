package detect

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"yingbi/internal/idnum"
)

// checked makes valid identifiers with check characters that notice every fault of
// one digit.
func checked(r *rand.Rand) map[Type]string {
	regions := []string{"110105", "530402", "310115", "440305", "820000", "110103"}
	region := regions[r.IntN(len(regions))]
	resident, err := idnum.SyntheticResidentID(region, 1900+r.IntN(120), 1+r.IntN(12), 1+r.IntN(28), r.IntN(1000))
	if err != nil {
		panic(err)
	}
	n := 1 + r.IntN(99_999)
	credit, _ := idnum.SyntheticCreditCode(region, n)
	organisation, _ := idnum.SyntheticOrganisationCode(n)
	card, _ := idnum.SyntheticBankCard(fmt.Sprintf("622202%012d", r.Int64N(1e12)))
	return map[Type]string{
		ResidentID: resident, SocialSecurityNo: resident, USCC: credit, OrgCode: organisation[:8] + "-" + organisation[8:], BankCard: card,
		HKID: completed(r, func(check byte) string { return fmt.Sprintf("%c%06d(%c)", 'A'+r.IntN(26), n, check) }, HKID),
	}
}

// completed tries check characters until one makes the identifier valid.
func completed(r *rand.Rand, with func(check byte) string, of Type) string {
	body := with('?')
	for _, c := range "0123456789A" {
		value := strings.Replace(body, "?", string(c), 1)
		if got, _ := confidence(value, of); got >= Fires {
			return value
		}
	}
	panic("no check character fits " + body)
}

func TestChecksumsFireAndNoticeFaults(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for range 40 {
		for of, value := range checked(r) {
			if got, _ := confidence(value, of); got < Fires {
				t.Fatalf("%s %q has %v", of, value, got)
			}
			for i := range value {
				if value[i] < '0' || value[i] > '9' {
					continue
				}
				for digit := byte('0'); digit <= '9'; digit++ {
					bad := value[:i] + string(digit) + value[i+1:]
					if got, _ := confidence(bad, of); bad != value && got >= Fires {
						t.Fatalf("%s %q, made from %q, has %v", of, bad, value, got)
					}
				}
			}
		}
	}
}

// The same identifier fires in every way in which people write it.
func TestSpellings(t *testing.T) {
	wide := func(s string) string {
		return strings.Map(func(c rune) rune {
			if c > ' ' && c < 0x7f {
				c += 0xff01 - '!'
			}
			return c
		}, s)
	}
	r := rand.New(rand.NewPCG(6, 6))
	for range 40 {
		values := checked(r)
		values[Mobile] = fmt.Sprintf("138%08d", r.IntN(1e8))
		values[Plate] = fmt.Sprintf("云A%05d", r.IntN(1e5))
		values[Email] = fmt.Sprintf("user%d@example.com", r.IntN(1e5))
		values[IP] = fmt.Sprintf("192.0.2.%d", r.IntN(256))
		values[Passport] = fmt.Sprintf("E%08d", r.IntN(1e8))
		for of, value := range values {
			want, _ := confidence(value, of)
			for _, spelt := range []string{wide(value), strings.ToLower(value), "　" + value + "\u00a0", "\ufeff" + value, "\t" + value + "\r"} {
				if got, _ := confidence(spelt, of); got != want || want < Fires {
					t.Fatalf("%s: %q has %v and %q %v", of, value, want, spelt, got)
				}
			}
		}
	}
}

// TestChance draws values of each shape: not more fire than Chance says, but for luck.
func TestChance(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	shapes := map[string][]Type{
		"######": {RegionCode}, "###########": {Mobile, Landline}, "0###-########": {}, "############": {Landline, RegionCode, Mobile},
		"###############": {ResidentID15, BankCard}, "################": {BankCard}, "##################": {ResidentID, USCC, BankCard}, "###################": {BankCard},
		"@#######": {HKID, Passport}, "@########": {Passport, HKMTravelPermit, HomeReturnPermit, OrgCode}, "@@#######": {Passport, HKID}, "@#########": {TWID}, "@@@############": {ForeignPRID},
	}
	const draws = 20_000
	for shape, types := range shapes {
		fired := [numTypes + 1]int{}
		for range draws {
			value := []byte(shape)
			for i, c := range value {
				switch c {
				case '#':
					value[i] = '0' + byte(r.IntN(10))
				case '@':
					value[i] = 'A' + byte(r.IntN(26))
				}
			}
			for _, h := range detector().Value(nil, value) {
				if h.Confidence >= Fires {
					fired[h.Type]++
				}
			}
		}
		for _, of := range types {
			if chance := detector().Chance(of); float64(fired[of]) > draws*chance*1.15+6 {
				t.Errorf("%s: %d of %d fire for %s, and by chance %g", shape, fired[of], draws, of, chance)
			}
		}
	}
	for _, of := range Types() {
		if c := detector().Chance(of); c < 0 || c > 0.5 {
			t.Errorf("chance of %s is %v", of, c)
		}
	}
}
