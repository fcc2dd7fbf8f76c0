package main

import (
	"bytes"
	"os"
	"path/filepath"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// progress draws a bar on a terminal, and nothing elsewhere. How many rows files
// have is guessed from their sizes and the lengths of their first lines; a file
// that is no text makes it a counter alone.
func (a *app) progress(files ...*os.File) (update func(rows int64), done func()) {
	if !a.terminal || a.json {
		return func(int64) {}, func() {}
	}
	p := mpb.New(mpb.WithOutput(a.err), mpb.WithWidth(32))
	total, title := int64(0), printable(filepath.Base(files[0].Name()))
	for _, f := range files {
		rows := guessRows(f)
		if rows == 0 {
			total = 0
			break
		}
		total += rows
	}
	if len(files) > 1 {
		title = printable(filepath.Base(filepath.Dir(files[0].Name())))
	}
	name := mpb.PrependDecorators(decor.Name(title + "  "))
	count := []decor.Decorator{decor.CurrentNoUnit(a.tr("  %d rows", "  %d 行")), decor.Name("  "), decor.Elapsed(decor.ET_STYLE_MMSS)}
	var bar *mpb.Bar
	if total > 0 {
		bar = p.AddBar(0, name, mpb.AppendDecorators(append([]decor.Decorator{decor.Percentage()}, count...)...)) // made with 0, its total can be changed
		bar.SetTotal(total, false)
	} else {
		bar = p.AddSpinner(0, name, mpb.AppendDecorators(count...))
	}
	update = func(rows int64) {
		if total > 0 && rows >= total {
			total = rows + rows/10 // the guess was low
			bar.SetTotal(total, false)
		}
		bar.SetCurrent(rows)
	}
	return update, func() {
		bar.Abort(true) // however the import ended; it is taken off the screen
		p.Wait()
	}
}

// busy draws a clock on a terminal while something runs that cannot be counted.
func (a *app) busy(what string) (done func()) {
	if !a.terminal || a.json {
		return func() {}
	}
	p := mpb.New(mpb.WithOutput(a.err))
	bar := p.New(0, mpb.SpinnerStyle().PositionLeft(), mpb.AppendDecorators(decor.Name(what+"  "), decor.Elapsed(decor.ET_STYLE_MMSS)), mpb.BarWidth(2))
	return func() {
		bar.Abort(true)
		p.Wait()
	}
}

// guessRows guesses how many lines a text file has, 0 for what is no text.
func guessRows(file *os.File) int64 {
	info, err := file.Stat()
	if err != nil {
		return 0
	}
	head := make([]byte, min(info.Size(), 256<<10))
	if _, err := file.ReadAt(head, 0); err != nil {
		return 0
	}
	lines := int64(bytes.Count(head, []byte{'\n'}))
	if lines == 0 || bytes.IndexByte(head, 0) >= 0 {
		return 0
	}
	return max(1, info.Size()*lines/int64(len(head)))
}
