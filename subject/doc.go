// Package subject gives every person, enterprise or other subject of the domain
// one stable number, so that contributors can be compared across data sets,
// versions and operators without anybody seeing who they are.
//
//	"１１０１０５ 1949…2x" ─Normalise─► "1101051949…2X" ─HMAC-SM3─► tag ─table─► ordinal 1, 2, 3 …
//	└────────────── Tags: a column, on any goroutine ────────────┘   └─ Assign: in the order of rows
//	                                                               │ Save
//	                                         registry/<kind>: tags.0000000001, … (sealed, append-only)
//
// There is one registry for each kind, in the vault's compartment
// registry/<kind>. An identifier is normalised and turned into a tag by HMAC-SM3
// under a key that is derived from the compartment's own; the identifier itself is
// never kept. Tags are stored in the order of first sight, so the position is the
// ordinal: the first subject is 1, and 0 is no subject. An ordinal never changes
// and is never used again.
//
// Lookup finds one subject and assigns nothing, without a registry in memory. What is asked
// about a subject is counted under a keyed digest of its tag, whether it is known or not.
//
// A segment object named tags.N holds the tags of the ordinals N, N+1, … one after
// the other, 16 bytes each: the first half of the HMAC. Two subjects meet in one
// tag with a chance of n²/2¹²⁹: 10⁻²⁰ for a billion of them.
//
// State: 16 bytes a subject on disk; in memory these and 6 to 10 bytes of a hash
// table, so ten million people take about 240 MB. The table consists of 1,024 parts
// that grow on their own, so no growth takes long, or memory for a second table.
//
// A compartment must be open in one Registry at a time: two that assign new
// ordinals cannot both save, and the second is refused with fault.Conflict. Of
// ours the package imports crypto, vault, idnum and fault; it sees no rows and no files.
package subject
