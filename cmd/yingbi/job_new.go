package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"yingbi/guest"
	"yingbi/internal/fault"
)

// newJob is what `job new` made.
type newJob struct {
	Name   string   `json:"name"`
	Lang   string   `json:"lang"`
	Map    bool     `json:"map"`
	Folder string   `json:"folder"`
	Files  []string `json:"files"`
	Build  string   `json:"build"`
	Test   string   `json:"test"`
	Needs  string   `json:"needs"`
}

func (a *app) jobNew() *cobra.Command {
	var j guest.Job
	c := &cobra.Command{
		Use: "new NAME", Args: cobra.ExactArgs(1),
		Short: a.tr("begin a job: write a folder with a small one", "新建作业：生成含示例的目录"),
		Long: a.tr(`Writes the folder NAME with a small job over the synthetic city, its tests, its
manifest and the SDK. It builds with make and is tested with make test, without
a domain. With --map the job sees one person's rows at a time.`,
			`生成目录 NAME：基于合成城市的小作业及其测试、清单与 SDK。用 make 构建，
用 make test 测试，无需域。加 --map 则作业每次只看到一个人的行。`),
		Example: "  yingbi job new heart --lang go\n  yingbi job new 就诊 --lang rust --map",
		RunE: func(_ *cobra.Command, args []string) error {
			j.Name = args[0]
			made, err := a.makeJob(j)
			if err != nil {
				return err
			}
			return a.give(made, func() { a.showNew(made) })
		},
	}
	var names []string
	for _, l := range guest.Languages() {
		names = append(names, l.Name)
	}
	c.Flags().Var(&jobLanguage{a, &j.Language}, "lang", a.tr("`"+strings.Join(names, "|")+"` language of the job", "`"+strings.Join(names, "|")+"` 作业所用语言"))
	c.Flags().BoolVar(&j.Map, "map", false, a.tr("a job over one person's rows at a time", "逐人处理的作业"))
	complete(c, "lang", names...)
	return c
}

// jobLanguage is the --lang of `job new`, which hides the one of the program: en
// and zh still choose the language that it speaks.
type jobLanguage struct {
	a    *app
	name *string
}

func (l *jobLanguage) String() string { return "" }
func (l *jobLanguage) Type() string   { return "string" }
func (l *jobLanguage) Set(s string) error {
	if s == "en" || s == "zh" {
		l.a.chinese = s == "zh"
		return nil
	}
	*l.name = s
	return nil
}

// makeJob writes the folder, as a whole or not at all.
func (a *app) makeJob(j guest.Job) (made newJob, err error) {
	lang, ok := guest.Find(j.Language)
	if !ok {
		return made, a.fault(fault.Invalid, "say the language of the job with --lang go, c, rust or as", "请用 --lang 指明作业语言：go、c、rust 或 as")
	}
	if err := guest.CheckName(j.Name); err != nil {
		return made, a.fault(fault.Invalid, "a job cannot be named %q: %v", "作业不能以 %q 命名：%v", j.Name, err)
	}
	files, err := j.Files()
	if err != nil {
		return made, err
	}
	err = os.Mkdir(j.Name, 0o755)
	if errors.Is(err, fs.ErrExist) {
		return made, a.fault(fault.Conflict, "%s exists; move it away or give another name", "%s 已存在；请移走或另取名称", j.Name)
	}
	if err != nil {
		return made, a.unreadable(j.Name, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(j.Name)) // it was made above
		}
	}()
	made = newJob{Name: j.Name, Lang: lang.Name, Map: j.Map, Folder: j.Name, Build: "make", Test: "make test", Needs: lang.Needs}
	for _, f := range files {
		path := filepath.Join(j.Name, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return made, err
		}
		if err := a.writeNew(path, 0o644, f.Content); err != nil {
			return made, err
		}
		made.Files = append(made.Files, f.Path)
	}
	return made, nil
}

// showNew tells a person what is where, and what comes next.
func (a *app) showNew(made newJob) {
	lang, _ := guest.Find(made.Lang)
	a.say("%s: a job in %s, %d files", "%s：%s 作业，共 %d 个文件", made.Folder, lang.Title, len(made.Files))
	a.pairs("  ", [][2]string{
		{lang.Source, a.tr("the job: begin here", "作业代码：从这里开始")},
		{"job.yaml", a.tr("what it reads and which tables it wants", "清单：读取的数据与所需的表")},
		{"yingbi/", a.tr("the SDK", "SDK")},
		{"README.md", a.tr("how to build, test and submit it", "构建、测试与提交的方法")},
	})
	a.heading("Next", "下一步")
	steps := [][2]string{{"cd " + made.Folder, a.tr("into the folder", "进入目录")}}
	if lang.Name == "as" {
		steps = append(steps, [2]string{"npm ci", a.tr("fetches the compiler from npm, once", "从 npm 获取编译器，仅需一次")})
	}
	a.pairs("  ", append(steps,
		[2]string{"make", a.tr("builds job.wasm; it needs ", "构建 job.wasm；需要 ") + lang.Needs},
		[2]string{"make test", a.tr("runs the tests", "运行测试")}))
}
