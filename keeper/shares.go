package keeper

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"yingbi/crypto"

	"github.com/cloudflare/circl/group"
	"github.com/cloudflare/circl/secretsharing"
)

// Shares are Shamir's over the scalars of ristretto255, whose arithmetic is
// constant-time in circl. The secret is a random scalar: 252 bits.
var shareGroup = group.Ristretto255

const shareTag = "yingbi-share-1"

// shareSet is random and common to the shares of one keyring.
type shareSet [4]byte

// splitSecret makes a new secret and all shares of it, any need of which give
// it back.
func splitSecret(set shareSet, need, all int) (secret []byte, shares []string, err error) {
	scalar := shareGroup.RandomNonZeroScalar(rand.Reader)
	if secret, err = scalar.MarshalBinary(); err != nil {
		return nil, nil, err
	}
	for i, s := range secretsharing.New(rand.Reader, uint(need-1), scalar).Share(uint(all)) {
		value, err := s.Value.MarshalBinary()
		if err != nil {
			return nil, nil, err
		}
		shares = append(shares, formatShare(set, need, i+1, value))
	}
	return secret, shares, nil
}

// formatShare writes tag-need-set-index-value-check, all but the first in hex or
// decimal. The check is for the eye that copies it: 4 bytes of SM3.
func formatShare(set shareSet, need, index int, value []byte) string {
	body := fmt.Sprintf("%s-%d-%x-%d-%x", shareTag, need, set, index, value)
	check := crypto.Sum([]byte(body))
	return fmt.Sprintf("%s-%x", body, check[:4])
}

// parseShare reads what formatShare wrote, and nothing else.
func parseShare(s string) (set shareSet, need int, share secretsharing.Share, ok bool) {
	rest, tagged := strings.CutPrefix(s, shareTag+"-")
	f := strings.Split(rest, "-")
	if !tagged || len(f) != 5 {
		return set, 0, share, false
	}
	need, err1 := strconv.Atoi(f[0])
	rawSet, err2 := hex.DecodeString(f[1])
	index, err3 := strconv.Atoi(f[2])
	value, err4 := hex.DecodeString(f[3])
	if err1 != nil || err2 != nil || err3 != nil || err4 != nil || len(rawSet) != len(set) ||
		need < 2 || need > maxShares || index < 1 || index > maxShares {
		return set, 0, share, false
	}
	copy(set[:], rawSet)
	if formatShare(set, need, index, value) != s {
		return set, 0, share, false
	}
	share = secretsharing.Share{ID: shareGroup.NewScalar().SetUint64(uint64(index)), Value: shareGroup.NewScalar()}
	return set, need, share, share.Value.UnmarshalBinary(value) == nil
}

// joinShares gives the secret back, or false: too few, mistyped or repeated
// shares and those of another keyring look the same.
func joinShares(set shareSet, need int, lines []string) ([]byte, bool) {
	byIndex := map[string]secretsharing.Share{} // Recover panics on a repeated one
	for _, line := range lines {
		ofSet, ofNeed, share, ok := parseShare(line)
		if !ok || ofSet != set || ofNeed != need {
			return nil, false
		}
		id, err := share.ID.MarshalBinary()
		if err != nil {
			return nil, false
		}
		byIndex[string(id)] = share
	}
	shares := make([]secretsharing.Share, 0, len(byIndex))
	for _, share := range byIndex {
		shares = append(shares, share)
	}
	secret, err := secretsharing.Recover(uint(need-1), shares)
	if err != nil {
		return nil, false
	}
	b, err := secret.MarshalBinary()
	return b, err == nil
}
