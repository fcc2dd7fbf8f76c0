package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"yingbi/internal/fault"
	"yingbi/masking/detect"
)

// addMaskingVerbs adds what finds personal data and takes it away, without a domain.
func (a *app) addMaskingVerbs(root *cobra.Command) {
	c := &cobra.Command{Use: "masking", GroupID: groupData, Short: a.tr("find identifiers in data, and propose how to mask them", "发现数据中的标识符并拟定脱敏策略")}
	c.AddCommand(a.maskingDetect(), a.maskingScan(), a.maskingPropose(), a.maskingAnonymize())
	root.AddCommand(c)
}

// maxValueLine bounds a value of masking detect, in bytes.
const maxValueLine = 64 << 10

func (a *app) maskingDetect() *cobra.Command {
	return &cobra.Command{
		Use: "detect", Args: cobra.NoArgs,
		Short: a.tr("say which identifiers values may be", "判断取值可能是哪类标识符"),
		Long: a.tr(`Reads one value a line from standard input and says of each, in order and as it
comes, which kinds of identifier it may be. From a confidence of 0.5 a value
counts as one; what is below, marked with ?, cannot be told from the value alone.
docs/DISCOVERY.md has the types and what is checked. A line may have 64 KiB.`,
			`从标准输入逐行读取取值，按顺序即时给出每个取值可能的标识符类型。置信度达到 0.5 即视为命中；
低于 0.5（以 ? 标出）者无法仅凭取值判定。类型与校验规则见 docs/DISCOVERY.zh-CN.md。每行不超过 64 KiB。`),
		Example: "  yingbi masking detect < values.txt\n  echo 13899815157 | yingbi masking detect --format json",
		RunE: func(c *cobra.Command, _ []string) error {
			done := make(chan error, 1)
			go func() { done <- a.detectLines(detect.New()) }()
			select {
			case err := <-done:
				return err
			case <-c.Context().Done(): // a read from a terminal does not end by itself
				return context.Cause(c.Context())
			}
		},
	}
}

// detectLines answers line by line. What is written goes out whenever no whole line
// is left to read, so that a program may wait for each answer.
func (a *app) detectLines(d *detect.Detector) error {
	in := bufio.NewReaderSize(a.in, maxValueLine+len("\r\n"))
	out := bufio.NewWriter(a.out)
	defer out.Flush()
	var hits []detect.Hit
	for number := 1; ; number++ {
		line, err := in.ReadSlice('\n')
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
			return a.fault(fault.Invalid, "standard input cannot be read after line %d: %v", "读取标准输入第 %d 行之后出错：%v", number-1, err)
		}
		if len(line) == 0 {
			return nil
		}
		ended := err == nil
		value := bytes.TrimSuffix(bytes.TrimSuffix(line, []byte{'\n'}), []byte{'\r'})
		if len(value) > maxValueLine || errors.Is(err, bufio.ErrBufferFull) {
			return a.fault(fault.Limit, "line %d is longer than 64 KiB; give one value a line", "第 %d 行超过 64 KiB；请每行给出一个取值", number)
		}
		hits = d.Value(hits[:0], value)
		if err := a.answer(out, string(value), hits); err != nil || !ended {
			return err
		}
		if rest, _ := in.Peek(in.Buffered()); bytes.IndexByte(rest, '\n') < 0 {
			if err := out.Flush(); err != nil {
				return err
			}
		}
	}
}

// detected is what is said of one value.
type detected struct {
	Value string         `json:"value"`
	Types []detectedType `json:"types"`
}

type detectedType struct {
	Type       string  `json:"type"`
	Confidence float64 `json:"confidence"`
}

// answer writes one line.
func (a *app) answer(out io.Writer, value string, hits []detect.Hit) error {
	found := detected{Value: value, Types: []detectedType{}}
	var words []string
	for _, h := range hits {
		found.Types = append(found.Types, detectedType{h.Type.String(), h.Confidence})
		mark := ""
		if h.Confidence < detect.Fires {
			mark = "?"
		}
		words = append(words, fmt.Sprintf("%s%s %.2f", h.Type, mark, h.Confidence))
	}
	if a.json {
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		return enc.Encode(found)
	}
	if words == nil {
		words = []string{"–"}
	}
	shown := strings.ToValidUTF8(printable(value), "\ufffd")
	gap := strings.Repeat(" ", max(0, 32-text.StringWidthWithoutEscSequences(shown)))
	_, err := fmt.Fprintf(out, "%s%s  %s\n", shown, gap, strings.Join(words, ", "))
	return err
}
