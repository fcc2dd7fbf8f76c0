// Command build compiles every example guest into one folder, for the demo.
//
//	go run ./examples/guests/build bin/guests
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"yingbi/examples/guests"
)

func main() {
	if err := build(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func build(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: go run ./examples/guests/build FOLDER, from the top of the repository")
	}
	if err := os.MkdirAll(args[0], 0o755); err != nil {
		return err
	}
	for _, g := range guests.All() {
		module, err := guests.Build("examples/guests", g.Name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(args[0], g.Name+".wasm"), module, 0o644); err != nil {
			return err
		}
	}
	return nil
}
