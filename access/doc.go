// Package access says who may do what in the domain, and why not.
//
//	person ─┐
//	action ─┼──► Check ──► Decision{allowed, or the rule, the reason and the remedy}
//	scenario┤
//	agreement┘
//
// Check is pure: it reads nothing but its arguments, so that a decision can be
// repeated later from the trail. Everything that is not granted is denied. A
// refusal explains rights and rules and never looks at rows. Where an act takes two
// people, Check is asked about each, and holds them apart.
//
// People are real-name and hold roles; an agreement (授权协议) ties an operator to
// an authority for a term; a scenario (应用场景) under it grants columns of data
// sets for stated uses, purpose and dates. Documents are read from YAML by
// ParseAgreement and ParseScenario; their bytes come from people of the domain
// and are parsed with the limits of internal/yamldoc.
//
// access imports crypto for public keys and nothing else of ours: no store, no
// vault, no view.
package access
