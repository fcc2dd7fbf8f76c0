package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"yingbi/internal/fault"
	"yingbi/internal/synth"
)

func (a *app) synthCommand() *cobra.Command {
	var cfg synth.Config
	c := &cobra.Command{
		Use: "synth", GroupID: groupOther, Args: cobra.NoArgs,
		Short: a.tr("make the files of a synthetic city", "生成一座合成城市的数据文件"),
		Long: a.tr(`Makes population, insurance claims, electricity and enterprises of a city of any
size, and beside them small files with whatever can be wrong with a file. What is
planted in them, and which step has to find it, is in truth.json. The same seed
gives the same files; a smaller city is the beginning of a larger one. All of it is
invented, but a resident number may be somebody's by chance: do not mix these
files with real ones.`,
			`按任意规模生成人口、医保结算、用电与企业数据，并附一组小文件，涵盖文件可能出现的各种问题。
埋设了什么、应由哪一步发现，均记录于 truth.json。同一种子生成相同的文件；较小的城市是较大城市的开头。
内容均为虚构，但身份证号可能偶然与真人相同：请勿与真实数据混放。`),
		Example: "  yingbi synth --people 20000 --out city\n  yingbi synth --people 2000000 --seed 7 --out large --format json",
		RunE: func(c *cobra.Command, _ []string) error {
			if err := a.needEmpty(cfg.Dir); err != nil {
				return err
			}
			return a.synth(c.Context(), cfg)
		},
	}
	c.Flags().IntVar(&cfg.People, "people", 20_000, a.tr("`N` size of the city, 200 to 60000000 people (default 20000)", "`N` 城市人口，200 至 60000000（默认 20000）"))
	c.Flags().StringVar(&cfg.Dir, "out", "", a.tr("`FOLDER` new or empty folder for the files", "`FOLDER` 存放文件的新目录或空目录"))
	c.Flags().Uint64Var(&cfg.Seed, "seed", 1, a.tr("`S` another seed is another city (default 1)", "`S` 种子不同则城市不同（默认 1）"))
	return c
}

// needEmpty refuses a folder that holds something: no file of anybody's is replaced.
func (a *app) needEmpty(dir string) error {
	if dir == "" {
		return a.fault(fault.Invalid, "name a new folder for the files with --out", "请用 --out 指定存放文件的新目录")
	}
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		if a.needFolder(dir) != nil {
			return a.needFolder(dir)
		}
		return a.unreadable(dir, err)
	case len(entries) > 0:
		return a.fault(fault.Conflict, "%s is not empty; name a new folder", "%s 不是空目录；请指定新目录", dir)
	}
	return nil
}

// madeFile is a file of the city as a program reads of it.
type madeFile struct {
	Path        string `json:"path"`
	Rows        int    `json:"rows"`
	Quarantined int    `json:"quarantined"` // that an import must not keep
	Bytes       int64  `json:"bytes"`
}

func (a *app) synth(ctx context.Context, cfg synth.Config) error {
	update, done := a.counted(cfg.People, a.tr("  %d people", "  %d 人"))
	cfg.Progress = update
	began := time.Now()
	truth, err := synth.Write(ctx, cfg)
	seconds := time.Since(began).Seconds()
	done()
	if err != nil {
		return err
	}
	files, rows, size, err := made(cfg.Dir, truth)
	if err != nil {
		return err
	}
	rate := int64(float64(rows) / max(seconds, 1e-3))
	return a.give(map[string]any{
		"dir": cfg.Dir, "people": truth.People, "seed": truth.Seed, "files": files, "cases": len(truth.Cases),
		"rows": rows, "bytes": size, "seconds": seconds, "rows_per_second": rate,
	}, func() {
		var lines [][]string
		for _, f := range files {
			lines = append(lines, []string{f.Path, strconv.Itoa(f.Rows), strconv.Itoa(f.Quarantined), strconv.FormatInt(f.Bytes, 10)})
		}
		a.rows([]string{a.tr("file", "文件"), a.tr("rows", "行数"), a.tr("bad rows", "问题行"), a.tr("bytes", "字节")}, lines)
		a.say("\n%d rows in %.1f s, %d a second; %d planted cases are told in %s", "\n%d 行，用时 %.1f 秒，每秒 %d 行；埋设的 %d 个用例见 %s",
			rows, seconds, rate, len(truth.Cases), filepath.Join(cfg.Dir, synth.TruthFile))
	})
}

// made lists the files of a city with their sizes. Rows are all that are written.
func made(dir string, truth synth.Truth) (files []madeFile, rows int, size int64, err error) {
	for _, f := range truth.Files {
		info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(f.Path)))
		if err != nil {
			return nil, 0, 0, err
		}
		one := madeFile{f.Path, truth.Rows[f.Path], truth.BadRows[f.Path], info.Size()}
		files = append(files, one)
		rows += one.Rows + one.Quarantined
		size += one.Bytes
	}
	return files, rows, size, nil
}

// counted draws a bar on a terminal for what has a known number, and nothing elsewhere.
func (a *app) counted(total int, unit string) (update func(int), done func()) {
	if !a.terminal || a.json {
		return nil, func() {}
	}
	p := mpb.New(mpb.WithOutput(a.err), mpb.WithWidth(32))
	bar := p.AddBar(int64(total), mpb.AppendDecorators(decor.Percentage(), decor.CurrentNoUnit(unit), decor.Name("  "), decor.Elapsed(decor.ET_STYLE_MMSS)))
	return func(n int) { bar.SetCurrent(int64(n)) }, func() {
		bar.Abort(true) // however it ended; it is taken off the screen
		p.Wait()
	}
}
