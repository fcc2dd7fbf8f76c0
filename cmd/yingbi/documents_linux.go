//go:build linux && cgo

package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"yingbi/domain"
	"yingbi/internal/fault"
	"yingbi/store"
)

// documentView is a document in force as a program reads it.
type documentView struct {
	ID      string    `json:"id"`
	Version int       `json:"version"`
	By      string    `json:"by"`
	Since   time.Time `json:"since"`
	Text    string    `json:"text"`
}

func newDocumentView(d store.Document) documentView {
	return documentView{d.ID, d.Version, d.By, d.Created, string(d.Body)}
}

// documentVerb is a verb that stores one YAML document.
func (a *app) documentVerb(use, short, example string, put func(context.Context, *domain.Session, string, []byte) (id string, err error)) *cobra.Command {
	return &cobra.Command{
		Use: use, Args: cobra.ExactArgs(1), Short: short, Example: example,
		RunE: func(c *cobra.Command, args []string) error {
			body, err := a.readDocument(args[0])
			if err != nil {
				return err
			}
			return a.with(c.Context(), func(s *domain.Session) error {
				id, err := put(c.Context(), s, args[0], body)
				if err != nil {
					return err
				}
				return a.give(map[string]string{"id": id}, func() { a.say("%s is in force", "%s 已生效", id) })
			})
		},
	}
}

// documentList is a verb that lists the documents of a kind.
func (a *app) documentList(use, kind, short, example, english, chinese string) *cobra.Command {
	return &cobra.Command{
		Use: use, Args: cobra.NoArgs, Short: short, Example: example,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				docs, err := s.Documents(c.Context(), kind)
				if err != nil {
					return err
				}
				all := []documentView{}
				var rows [][]string
				for _, d := range docs {
					all = append(all, newDocumentView(d))
					rows = append(rows, []string{d.ID, strconv.Itoa(d.Version), d.By, when(d.Created)})
				}
				return a.give(all, func() {
					a.list([]string{a.tr("id", "编号"), a.tr("version", "版本"), a.tr("by", "登记人"), a.tr("since", "生效时间")}, rows, english, chinese)
				})
			})
		},
	}
}

// documentShow is a verb that shows one document of a kind; show prints its body.
func (a *app) documentShow(kind, short, example string, show func(context.Context, *domain.Session, store.Document) error) *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Args: cobra.ExactArgs(1), Short: short, Example: example,
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				d, err := a.document(c.Context(), s, kind, args[0])
				if err != nil {
					return err
				}
				if a.json {
					return a.give(newDocumentView(d), nil)
				}
				a.say("%s, version %d, by %s, since %s", "%s，第 %d 版，登记人 %s，生效于 %s", d.ID, d.Version, d.By, when(d.Created))
				return show(c.Context(), s, d)
			})
		},
	}
}

func (a *app) document(ctx context.Context, s *domain.Session, kind, id string) (store.Document, error) {
	docs, err := s.Documents(ctx, kind)
	if err != nil {
		return store.Document{}, err
	}
	for _, d := range docs {
		if d.ID == id {
			return d, nil
		}
	}
	return store.Document{}, a.fault(fault.NotFound, "there is no %[1]s %[2]q", "没有编号为 %[2]q 的 %[1]s", kind, id)
}

// showText prints a text of several lines, indented.
func (a *app) showText(s string) {
	for line := range strings.Lines(strings.TrimRight(s, "\n") + "\n") {
		fmt.Fprint(a.out, "  "+printable(line))
	}
}
