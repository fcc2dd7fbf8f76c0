package domain

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/fault"
)

// Session is a person at work in the domain.
type Session struct {
	*Domain
	Actor access.Person
	key   *crypto.SigningKey
}

// Login lets a registered person in who signs a fresh challenge with the key
// that was registered. An unknown person and a wrong key get the same answer, and
// the same record.
func (d *Domain) Login(ctx context.Context, id string, key *crypto.SigningKey) (*Session, error) {
	if err := d.noteClock(ctx); err != nil {
		return nil, err
	}
	refused := fault.Errorf(fault.Denied, "%q with this key is nobody the domain knows; check --as and --key", id)
	challenge := make([]byte, 32)
	rand.Read(challenge) // never fails: crypto/rand ends the program instead
	signature, err := key.Sign(challenge)
	if err != nil {
		return nil, err
	}
	actor, err := d.store.Person(ctx, id)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return nil, err
	}
	if err != nil || actor.Key.Verify(challenge, signature) != nil {
		if access.CheckID("person", id) != nil {
			id = "unnamed" // whatever was typed there is not for the log
		}
		return nil, errors.Join(refused, d.event(ctx, id, "session.refuse", "person/"+id, nil))
	}
	return &Session{Domain: d, Actor: actor, key: key}, nil
}

// event records something that is no act of its own.
func (d *Domain) event(ctx context.Context, actor, action, target string, details map[string]string) error {
	_, err := d.log.Append(ctx, audit.Record{Actor: actor, Action: action, Phase: audit.Event, Target: target, Details: details})
	return err
}

// authorise asks access.Check about an action that needs no scenario, and
// records a refusal.
func (s *Session) authorise(ctx context.Context, action access.Action, target string) error {
	return s.permit(ctx, access.Request{Action: action}, target)
}

// permit asks access.Check on behalf of the session's person, and records a refusal.
func (s *Session) permit(ctx context.Context, r access.Request, target string) error {
	r.Actor, r.Now = s.Actor, s.cfg.Clock()
	decision := access.Check(r)
	if decision.Allowed {
		return nil
	}
	return s.deny(ctx, r.Action, target, decision.Rule, decision.Err())
}

// deny records a refusal and gives it.
func (s *Session) deny(ctx context.Context, action access.Action, target, rule string, refusal error) error {
	return errors.Join(refusal, s.event(ctx, s.Actor.ID, "access.deny", target, map[string]string{"action": string(action), "rule": rule}))
}

// act authorises the action, records the intent, does it, and records how it
// ended. Without a durable intent fn does not run.
func (s *Session) act(ctx context.Context, action access.Action, target string, details map[string]string, fn func() error) error {
	if err := s.authorise(ctx, action, target); err != nil {
		return err
	}
	return s.log.Act(ctx, audit.Record{Actor: s.Actor.ID, Action: string(action), Target: target, Details: details},
		func(uint64) error { return fn() })
}

// peopleCompartment holds the names of the registered, sealed.
const peopleCompartment = "people"

// AddPerson registers a person; name is their real name and lies sealed.
func (s *Session) AddPerson(ctx context.Context, p access.Person, name string) error {
	if err := access.CheckRegistration(p); err != nil {
		return err
	}
	if strings.TrimSpace(name) == "" {
		return fault.New(fault.Invalid, "a person is registered by real name (实名): give --name")
	}
	first, err := s.firstSecurityOfficer(ctx, p)
	if err != nil {
		return err
	}
	p.Confirmed = first
	record := registration(p, s.Actor.ID)
	return s.act(ctx, access.ManagePeople, record.Target, record.Details, func() error {
		if _, err := s.store.Person(ctx, p.ID); err == nil {
			return fault.Errorf(fault.Conflict, "person %q is registered already", p.ID)
		}
		if err := s.keepName(ctx, p.ID, name); err != nil { // first: nobody is registered without a name
			return err
		}
		return s.store.AddPerson(ctx, p, s.Actor.ID, s.cfg.Clock())
	})
}

// firstSecurityOfficer reports whether p is the domain's first: somebody has to
// confirm the others.
func (s *Session) firstSecurityOfficer(ctx context.Context, p access.Person) (bool, error) {
	if !p.Has(access.Security) {
		return false, nil
	}
	known, err := s.store.People(ctx)
	return !slices.ContainsFunc(known, func(k access.Person) bool { return k.Has(access.Security) }), err
}

// ConfirmPerson lets somebody who is registered begin to work. The security
// officer who does it answers for it that the person is who they say, of that
// organisation and in those roles (三员分立).
func (s *Session) ConfirmPerson(ctx context.Context, id string) (access.Person, error) {
	target := "person/" + id
	if err := s.authorise(ctx, access.ConfirmPerson, target); err != nil {
		return access.Person{}, err
	}
	p, err := s.store.Person(ctx, id)
	if err != nil {
		return p, err
	}
	details := map[string]string{digestDetail: p.Digest().String()}
	p.Confirmed = true
	return p, s.act(ctx, access.ConfirmPerson, target, details, func() error { return s.store.ConfirmPerson(ctx, id) })
}

// registration is the intent to register a person.
func registration(p access.Person, by string) audit.Record {
	details := map[string]string{"org": p.Org, "roles": joinRoles(p.Roles), digestDetail: p.Digest().String()}
	if p.Confirmed {
		details[confirmedDetail] = "yes"
	}
	return audit.Record{Actor: by, Action: string(access.ManagePeople), Target: "person/" + p.ID, Details: details}
}

func (s *Session) keepName(ctx context.Context, id, name string) (err error) {
	c, err := s.compartment(ctx, peopleCompartment, "register")
	if err != nil {
		return err
	}
	defer c.Close()
	return c.Put(ctx, id, writeBytes([]byte(name)))
}

// Person is somebody registered, with the sealed name opened.
type Person struct {
	access.Person
	Name string
}

// People lists everybody by id, with their names.
func (s *Session) People(ctx context.Context) ([]Person, error) {
	if err := s.authorise(ctx, access.ListPeople, "people"); err != nil {
		return nil, err
	}
	known, err := s.store.People(ctx)
	if err != nil {
		return nil, err
	}
	c, err := s.compartment(ctx, peopleCompartment, "list")
	if err != nil {
		return nil, err
	}
	defer c.Close()
	out := make([]Person, len(known))
	for i, p := range known {
		name, err := c.Read(ctx, p.ID, 4096)
		if err != nil && fault.KindOf(err) != fault.NotFound { // the founder was registered before there was a vault
			return nil, err
		}
		out[i] = Person{p, string(name)}
	}
	return out, nil
}

func joinRoles(roles []access.Role) string {
	out := make([]string, len(roles))
	for i, r := range roles {
		out[i] = string(r)
	}
	return strings.Join(out, ",")
}
