package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// exitStatus is the error of a verb that has printed its answer and wants nothing
// added to it.
type exitStatus int

func (c exitStatus) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// seconds is a flag of a time: "10s", "1m30s", or seconds as a bare number.
type seconds time.Duration

func (s *seconds) String() string { return time.Duration(*s).String() }
func (s *seconds) Type() string   { return "time" }

func (s *seconds) Set(text string) error {
	if v, err := strconv.ParseFloat(text, 64); err == nil && v >= 0 && v <= 3600 {
		text = strconv.FormatFloat(v, 'f', -1, 64) + "s"
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < time.Millisecond || d > time.Hour {
		return errors.New("want a time from 1ms to 1h, such as 10s")
	}
	*s = seconds(d)
	return nil
}

// bytesFlag is a flag of a size: "256MiB", or a bare number of bytes. One below a
// page of a module's memory cannot mean bytes, and is MiB.
type bytesFlag int64

const (
	pageBytes = 64 << 10
	maxBytes  = 64 << 30
)

func (b *bytesFlag) String() string { return fmt.Sprintf("%dMiB", int64(*b)>>20) }
func (b *bytesFlag) Type() string   { return "size" }

func (b *bytesFlag) Set(text string) error {
	digits := strings.TrimRight(strings.ToLower(text), "kmgib")
	shift, known := map[string]uint{"": 0, "b": 0, "kib": 10, "kb": 10, "k": 10, "mib": 20, "mb": 20, "m": 20, "gib": 30, "gb": 30, "g": 30}[strings.ToLower(text[len(digits):])]
	v, err := strconv.ParseInt(digits, 10, 64)
	if known && len(digits) == len(text) && v < pageBytes {
		shift = 20
	}
	if err != nil || !known || v < 0 || v > maxBytes>>shift || v<<shift < pageBytes {
		return errors.New("want a size from 64KiB to 64GiB, such as 256MiB")
	}
	*b = bytesFlag(v << shift)
	return nil
}
