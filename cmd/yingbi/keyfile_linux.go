//go:build linux && cgo

package main

import (
	"os"

	"yingbi/crypto"
	"yingbi/internal/fault"
)

// maxKeyFile bounds a signing key in PEM, in bytes; one has some 250.
const maxKeyFile = 16 << 10

// readSigningKey reads a person's key from a file that nobody else may read.
func (u *ui) readSigningKey(path string) (*crypto.SigningKey, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, u.unreadable(path, err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, u.fault(fault.Denied, "key file %[1]s may be read by others; run chmod 600 %[1]s, and think whether somebody has read it",
			"密钥文件 %[1]s 可被他人读取；请执行 chmod 600 %[1]s，并考虑是否已泄露", path)
	}
	b, err := u.readFile(path, maxKeyFile)
	if err != nil {
		return nil, err
	}
	key, err := crypto.ParseSigningKeyPEM(b)
	if err != nil {
		return nil, u.fault(fault.Invalid, "%s holds no signing key; make one with: yingbi people key FILE", "%s 中没有签名密钥；生成：yingbi people key FILE", path)
	}
	return key, nil
}

// newKeyFile makes a key pair, writes the private half and gives the public.
func (u *ui) newKeyFile(path string) (crypto.PublicKey, error) {
	key, err := crypto.NewSigningKey()
	if err != nil {
		return crypto.PublicKey{}, err
	}
	b, err := key.MarshalPEM()
	if err != nil {
		return crypto.PublicKey{}, err
	}
	return key.Public(), u.writeNew(path, 0o600, b)
}
