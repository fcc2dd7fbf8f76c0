// Command stdlib is a guest that uses much of Go's standard library, and says in
// its log what it found: time that jumps when it sleeps, randomness and the order
// of maps that repeat, no arguments and no environment.
//
//go:build wasip1

package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	yingbi "yingbi/guest/go"
)

func main() {}

//go:wasmexport yb_run
func run() int32 { return yingbi.Run(job) }

func job(j *yingbi.Job) error {
	start := time.Now()
	fmt.Println("year", start.UTC().Year(), len(os.Args), len(os.Environ()))
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() { time.Sleep(time.Hour) })
	}
	wait.Wait()
	fmt.Println("slept", time.Since(start).Round(time.Hour))
	order := ""
	for k := range map[string]int{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5} {
		order += k
	}
	b, err := json.Marshal(map[string]any{"order": order, "random": rand.Uint64()})
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, string(b))
	return nil
}
