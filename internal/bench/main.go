//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGPIPE) // the last: nobody reads any more
	err := start(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func start(ctx context.Context, args []string, out, progress io.Writer) error {
	if len(args) == 2 && args[0] == memoryChild {
		return runMemoryChild(ctx, args[1], out)
	}
	if len(args) == 2 && args[0] == differencingChild {
		return runDifferencingChild(args[1], out)
	}
	o, err := parse(args, progress)
	if err != nil {
		return err
	}
	return o.run(ctx, out, progress)
}

// options are the flags.
type options struct {
	scale                              int64
	topics                             []topic
	format, doc, profiles, binary, tmp string
}

func parse(args []string, progress io.Writer) (*options, error) {
	o := new(options)
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(progress)
	scale := f.String("scale", "10M", "`rows` of the large tables; everything else follows from it")
	only := f.String("only", "", "run only these `topics`, separated by commas: "+strings.Join(names(topics()), ", "))
	f.StringVar(&o.format, "format", "text", "`text` or json")
	f.StringVar(&o.doc, "doc", "", "write the result of a whole run to this Markdown `file` too")
	f.StringVar(&o.profiles, "profile", "", "record a processor profile of ours for each contest in this `folder`")
	f.StringVar(&o.binary, "yingbi", "bin/yingbi", "the `program` whose cells are measured; make build makes it")
	f.StringVar(&o.tmp, "tmp", "", "make the temporary folder in this `folder`, on the disk to be measured")
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	var err error
	if o.scale, err = parseScale(*scale); err != nil {
		return nil, err
	}
	if o.topics, err = choose(*only); err != nil {
		return nil, err
	}
	switch {
	case f.NArg() > 0:
		return nil, fmt.Errorf("%q is no flag; topics are chosen with -only", f.Arg(0))
	case o.format != "text" && o.format != "json":
		return nil, fmt.Errorf("-format is text or json, not %q", o.format)
	case o.doc != "" && *only != "":
		return nil, errors.New("-doc takes the result of a whole run; leave -only out")
	}
	return o, nil
}

// The limits of -scale. The least is where every row still does some work.
const (
	leastScale = 10_000
	mostScale  = 1_000_000_000
)

func parseScale(s string) (int64, error) {
	digits, factor := s, int64(1)
	if at := strings.TrimRight(s, "kM"); len(s) == len(at)+1 {
		digits, factor = at, map[byte]int64{'k': 1000, 'M': 1_000_000}[s[len(at)]]
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 1 || n > mostScale/factor || n*factor < leastScale {
		return 0, fmt.Errorf("-scale %q: say how many rows, from 10k to 1000M", s)
	}
	return n * factor, nil
}

func choose(only string) ([]topic, error) {
	all := topics()
	if only == "" {
		return all, nil
	}
	var out []topic
	for name := range strings.SplitSeq(only, ",") {
		i := slices.IndexFunc(all, func(t topic) bool { return t.name == name })
		if i < 0 {
			return nil, fmt.Errorf("-only %s: topics are %s", name, strings.Join(names(all), ", "))
		}
		out = append(out, all[i])
	}
	return out, nil
}

// run measures all chosen topics. Rows that were finished are printed even where a
// later topic failed or was interrupted; a document is of a whole run alone.
func (o *options) run(ctx context.Context, out, progress io.Writer) (err error) {
	b := &bench{
		sizes: scaled(o.scale), exe: o.binary, profiles: o.profiles, progress: progress, start: time.Now(),
		files: map[int64]string{},
	}
	if _, err := os.Stat(b.exe); err != nil {
		return fmt.Errorf("the program yingbi: %w; run make build, from the top of the repository", err)
	}
	if b.profiles != "" {
		if err := os.MkdirAll(b.profiles, 0o755); err != nil {
			return err
		}
	}
	if b.dir, err = os.MkdirTemp(o.tmp, "yingbi-bench-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	report := Report{Day: b.start.Format(time.DateOnly), Scale: b.Rows}
	if report.Machine, err = b.machine(ctx); err != nil {
		return err
	}
	failure := b.measureAll(ctx, o.topics, &report)
	report.Machine.Load += "; at the end " + load()
	report.Took = time.Since(b.start)
	if err := errors.Join(failure, o.print(&report, out)); err != nil {
		return err
	}
	if o.doc == "" {
		return nil
	}
	return report.document(o.doc)
}

func (b *bench) measureAll(ctx context.Context, topics []topic, report *Report) error {
	for _, t := range topics {
		rows, err := t.run(ctx, b)
		report.Rows = append(report.Rows, rows...)
		if err := errors.Join(ctx.Err(), err); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	return nil
}

func (o *options) print(r *Report, out io.Writer) error {
	if o.format == "json" {
		return r.json(out)
	}
	return r.text(out)
}
