package job

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/internal/fault"
	"yingbi/vault"
)

// Comment is what somebody notes on a job. It is sealed with the job. Those of reviewers
// are for reviewers; the operator's side writes on a returned job, and reads its own.
type Comment struct {
	By   string    `json:"by"`
	Org  string    `json:"org"`
	Time time.Time `json:"time"`
	Text string    `json:"text"`
}

// What a job may have of comments.
const (
	maxComment  = 2000 // characters of one
	maxComments = 200
)

// Comment adds a reviewer's comment to a job that has run.
func (s *Service) Comment(ctx context.Context, actor access.Person, id, text string) (Comment, error) {
	return s.comment(ctx, actor, access.CommentJob, id, text)
}

// Answer adds a comment of the operator's side to a job that was returned.
func (s *Service) Answer(ctx context.Context, actor access.Person, id, text string) (Comment, error) {
	return s.comment(ctx, actor, access.AnswerJob, id, text)
}

func (s *Service) comment(ctx context.Context, actor access.Person, action access.Action, id, text string) (out Comment, err error) {
	j, _, err := s.find(ctx, actor, action, id)
	if err != nil {
		return out, err
	}
	switch {
	case action == access.AnswerJob && j.State != Returned:
		return out, fault.Errorf(fault.Conflict, "job %s is %s; its operator comments on it when it was returned", id, j.State.Outside())
	case !j.State.reviewable():
		return out, fault.Errorf(fault.Conflict, "job %s is %s; there is nothing to comment on yet", id, j.State)
	}
	if n := utf8.RuneCountInString(text); strings.TrimSpace(text) == "" || n > maxComment || !utf8.ValidString(text) {
		return out, fault.Errorf(fault.Invalid, "a comment has 1 to %d characters", maxComment)
	}
	out = Comment{By: actor.ID, Org: actor.Org, Time: s.Clock(), Text: text}
	intent := audit.Record{Actor: actor.ID, Action: string(action), Target: "job/" + id, Details: map[string]string{"bytes": strconv.Itoa(len(text))}}
	err = s.Log.Act(ctx, intent, func(uint64) error {
		home, err := s.unlock(ctx, actor, id, "comment")
		if err != nil {
			return err
		}
		defer home.Close()
		if len(comments(home)) >= maxComments {
			return fault.Errorf(fault.Limit, "job %s has %d comments, and takes no more", id, maxComments)
		}
		return putJSON(ctx, home, objComments+uuid.Must(uuid.NewV7()).String(), out) // in the order of time
	})
	return out, err
}

// comments names those of a job, oldest first.
func comments(home *vault.Compartment) (out []string) {
	for _, name := range home.Names() {
		if strings.HasPrefix(name, objComments) {
			out = append(out, name)
		}
	}
	return out
}

func readComments(ctx context.Context, home *vault.Compartment) (out []Comment, err error) {
	for _, name := range comments(home) {
		b, err := home.Read(ctx, name, maxObject)
		if err != nil {
			return nil, err
		}
		var c Comment
		if err := json.Unmarshal(b, &c); err != nil {
			return nil, fault.Errorf(fault.Integrity, "a sealed comment on the job cannot be read: %v", err)
		}
		out = append(out, c)
	}
	return out, nil
}
