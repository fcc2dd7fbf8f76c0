//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"yingbi/author"
	"yingbi/internal/fault"
	"yingbi/masking/anonymity"
)

func (a *app) maskingAnonymize() *cobra.Command {
	wall, path, output := seconds(30*time.Minute), "", ""
	c := &cobra.Command{
		Use: "anonymize", Args: cobra.NoArgs,
		Short: a.tr("find the least generalisation that makes a file k-anonymous", "求使文件满足 k-匿名等模型且损失最小的泛化"),
		Long: a.tr(`Reads a specification (JSON, docs/ANONYMITY.md): a data set, its quasi-identifiers with
a hierarchy each, models such as k-anonymity, l-diversity, t-closeness and average
risk, how many rows may be suppressed, and a metric of loss. Finds the levels that
meet the models with the least loss, exactly, all ties with them, and shows the risk
of re-identification before and after. The data set is opened in a locked cell; paths
are relative to the specification. With --output the rows are written too, generalised
and without those suppressed: the columns of the specification, and no others. Exit code 0: an answer was found, also where it is
that no levels meet the models.`,
			`读取规格文件（JSON，见 docs/ANONYMITY.zh-CN.md）：数据集、各准标识符及其泛化层级、k-匿名、
l-多样性、t-接近、平均风险等模型、可抑制的行数比例与损失度量。精确求出满足模型且损失最小的
层级（并列者全部列出），并给出处理前后的重识别风险。数据集在锁定的隔离单元中打开；路径相对于规格文件。
加 --output 时另将泛化后、去除被抑制行的数据写入文件，仅含规格中的字段。退出码 0：已得出结论，包括没有任何层级可满足模型的情形。`),
		Example: "  yingbi masking anonymize --spec spec.json --format json\n  yingbi masking anonymize --spec spec.json --output anonymous.csv",
		RunE: func(c *cobra.Command, _ []string) error {
			got, err := a.anonymize(c.Context(), path, output, time.Duration(wall))
			if err != nil {
				return err
			}
			return a.give(got, func() { a.showAnonymized(got) })
		},
	}
	c.Flags().StringVar(&path, "spec", "", a.tr("`SPEC` file", "`SPEC` 规格文件"))
	c.Flags().StringVar(&output, "output", "", a.tr("`FILE` new file for the rows at the best levels, as CSV", "`FILE` 按最优层级写出数据的新文件（CSV）"))
	c.Flags().Var(&wall, "time", a.tr("`TIME` for reading a file, such as 10m", "`TIME` 读取文件的时限，如 10m"))
	return c
}

func (a *app) anonymize(ctx context.Context, path, output string, wall time.Duration) (anonymized, error) {
	if path == "" {
		return anonymized{}, a.fault(fault.Invalid, "name the specification: --spec SPEC", "请指定规格文件：--spec SPEC")
	}
	if err := a.needNew(output); err != nil {
		return anonymized{}, err
	}
	text, err := a.readWhole(path, anonymity.MaxSpec+1)
	if err != nil {
		return anonymized{}, err
	}
	spec, err := anonymity.ParseFile(text)
	if err != nil {
		return anonymized{}, inFile(path, err)
	}
	load := specLoader{a, filepath.Dir(path), wall, spec}
	table, err := load.table(ctx)
	if err != nil {
		return anonymized{}, err
	}
	population, err := load.population(ctx, table)
	if err != nil {
		return anonymized{}, err
	}
	done := a.busy(a.tr("searching; Ctrl-C stops it", "求解中；Ctrl-C 停止"))
	result, err := anonymity.Search(ctx, table.counts, spec.Spec)
	done()
	if err != nil {
		return anonymized{}, err
	}
	got, release, err := conclude(spec, table, population, result)
	if err == nil && output != "" {
		err = load.write(ctx, output, table, release, result.Levels)
	}
	return got, err
}

// specLoader reads the files that a specification names.
type specLoader struct {
	a    *app
	dir  string // of the specification
	wall time.Duration
	spec *anonymity.File
}

// specTable is a data set with the attributes that it was read under.
type specTable struct {
	quasi, sensitive []anonymity.Attribute
	counts           *anonymity.Table
}

func (l specLoader) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(l.dir, name)
}

func (l specLoader) table(ctx context.Context) (*specTable, error) {
	t := &specTable{}
	var err error
	if t.quasi, err = l.attributes(l.spec.Quasi); err != nil {
		return nil, err
	}
	if t.sensitive, err = l.attributes(l.spec.Sensitive); err != nil {
		return nil, err
	}
	t.counts, err = l.count(ctx, l.spec.Dataset, t.quasi, t.sensitive)
	return t, err
}

// population counts that of the specification under the data set's hierarchies; nil is
// none.
func (l specLoader) population(ctx context.Context, t *specTable) (*anonymity.Table, error) {
	if l.spec.Population == "" {
		return nil, nil
	}
	return l.count(ctx, l.spec.Population, t.quasi, nil)
}

func (l specLoader) attributes(names []string) ([]anonymity.Attribute, error) {
	var out []anonymity.Attribute
	for _, name := range names {
		h := anonymity.Plain()
		if file := l.spec.Hierarchies[name]; file != "" {
			var err error
			if h, err = l.hierarchy(l.path(file)); err != nil {
				return nil, err
			}
		}
		out = append(out, anonymity.Attribute{Name: name, Hierarchy: h})
	}
	return out, nil
}

func (l specLoader) hierarchy(path string) (*anonymity.Hierarchy, error) {
	file, err := l.a.openPlain(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	h, err := anonymity.ReadHierarchy(file)
	return h, inFile(path, err)
}

// count reads a data set in a cell.
func (l specLoader) count(ctx context.Context, name string, quasi, sensitive []anonymity.Attribute) (*anonymity.Table, error) {
	table, err := anonymity.NewTable(quasi, sensitive)
	if err != nil {
		return nil, err
	}
	file, err := l.a.openPlain(l.path(name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return table, l.read(ctx, file, append(slices.Clone(quasi), sensitive...), func(codes []uint32) error {
		return table.Add(codes[:len(quasi)], codes[len(quasi):], 1)
	})
}

// read gives row the codes of each row of a file. It keeps them not.
func (l specLoader) read(ctx context.Context, file *os.File, attributes []anonymity.Attribute, row func(codes []uint32) error) error {
	checks, err := l.a.checks()
	if err != nil {
		return err
	}
	ask := author.Columns{Delimiter: l.spec.Separator, Time: l.wall}
	for _, at := range attributes {
		ask.Names = append(ask.Names, at.Name)
	}
	codes, n := make([]uint32, len(attributes)), 0
	done := l.a.busy(l.a.tr("reading; Ctrl-C stops it", "读取中；Ctrl-C 停止"))
	v, err := checks.Texts(ctx, file, ask, func(cells []string) (err error) {
		n++
		for i, cell := range cells {
			if codes[i], err = attributes[i].Hierarchy.Code(cell); err != nil {
				return l.a.fault(fault.Invalid, "row %d after the header, column %q: %v", "表头后第 %d 行 %q 字段：%v", n, attributes[i].Name, err)
			}
		}
		return row(codes)
	})
	done()
	if err == nil && v.Outcome != author.OK {
		err = fault.New(fault.Invalid, l.a.verdictLine(v))
	}
	return inFile(file.Name(), err)
}

// inFile says in which file a fault lies.
func inFile(path string, err error) error {
	var f *fault.Error
	if errors.As(err, &f) && f.Place.File == "" {
		f.Place.File = filepath.Base(path)
	}
	return err
}

// conclude measures the risk before and, at the optimum, after, and gives what is
// released there; nil where nothing can be.
func conclude(spec *anonymity.File, t *specTable, population *anonymity.Table, result *anonymity.Result) (anonymized, *anonymity.Release, error) {
	got := anonymized{Feasible: result.Feasible, Optima: [][]int{}}
	for _, q := range t.quasi {
		got.columns = append(got.columns, column{q.Name, q.Hierarchy.Levels() - 1})
	}
	before, _, err := riskAt(t, population, make([]int, len(t.quasi)), anonymity.Spec{})
	if got.Risk.Before = before; err != nil || !result.Feasible {
		return got, nil, err
	}
	after, release, err := riskAt(t, population, result.Levels, spec.Spec)
	if err != nil {
		return got, nil, err
	}
	got.Levels, got.Loss, got.Optima = result.Levels, &result.Loss, result.Optima
	got.Suppressed, got.Classes, got.Risk.After = &release.Suppressed, &release.Classes, after
	return got, release, nil
}

func riskAt(t *specTable, population *anonymity.Table, levels []int, spec anonymity.Spec) (*anonymity.Risk, *anonymity.Release, error) {
	release, err := t.counts.Release(levels, spec)
	if err != nil {
		return nil, nil, err
	}
	risk, err := release.Risk(population)
	return &risk, release, err
}
