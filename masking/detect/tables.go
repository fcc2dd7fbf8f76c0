package detect

import (
	"embed"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

//go:embed data/*.txt
var data embed.FS

// tables are the reference tables; data/README.md has their sources.
type tables struct {
	regions, former bitmap // six digits of GB/T 2260, today's and abolished ones
	mobiles         [2000]line
	allocated       int    // of the prefixes in mobiles
	areas           bitmap // area codes without their 0
	cards           [20]map[string]bool
	chars           []trait // by code point, up to maxChar
	compounds       map[string]bool
	words           map[string]bool
	titles          map[string]int // their numbers in the list, from 1
	countries       map[string]bool
	elements        map[string]bool     // of names without a surname: Tibetan, Mongolian, Uyghur
	parts           map[rune][]partWord // by their first character, the longest first
	cues            map[rune][]cue      // by their first character, the longest first
	provinces       []string
	beforeAddress   []string
}

// trait is what a Chinese character is used for in names.
type trait uint16

const (
	rare     trait = 1 << iota // surname that few people bear
	usual                      // surname beyond the most frequent
	frequent                   // surname of the hundred that four people in five bear
	given
	sound    // writes the sound of other languages
	compound // begins a surname of several characters
	noName   // ends a word and not a name
	numeral
	place    // begins a word that addresses are made of; one bit above numeral, which stands before it
	cueFirst // begins a cue
	cueNext  // is the second of one; one bit above
	titleFirst
	titleNext
	provinceFirst // begins the name of a province
	cueLast       // ends a word after which an address stands

	surname = rare | usual | frequent
	maxChar = 0xa000 // the unified ideographs lie below
)

func (t *tables) trait(c rune) trait {
	if c < 0 || c >= maxChar {
		return 0
	}
	return t.chars[c]
}

// line is the kind of a mobile number, by its first four digits less 10000.
type line uint8

const (
	public  line = iota + 1
	virtual      // of operators without a network
	machine      // of devices and satellite telephones
)

type bitmap []uint64

func (b bitmap) has(n int) bool { return n>>6 < len(b) && b[n>>6]>>(n&63)&1 == 1 }
func (b bitmap) add(n int)      { b[n>>6] |= 1 << (n & 63) }

const regionCodes = 1_000_000

func readTables() *tables {
	t := &tables{
		regions: make(bitmap, regionCodes/64), former: make(bitmap, regionCodes/64), areas: make(bitmap, 1000/64+1),
		chars: make([]trait, maxChar), compounds: map[string]bool{}, words: map[string]bool{}, titles: map[string]int{}, countries: map[string]bool{}, elements: map[string]bool{},
	}
	t.readRegions()
	t.readNumbers()
	t.readNames()
	t.readCues()
	t.readParts()
	each("foreign.txt", func(section, word string) {
		switch section {
		case "country":
			t.countries[word] = true
		case "element":
			t.elements[word] = true
		case "sound":
			t.mark(word, sound)
		}
	})
	return t
}

// readRegions reads lines of a prefecture's four digits and its counties' two.
func (t *tables) readRegions() {
	prefecture := 0
	each("regions.txt", func(section, word string) {
		n, _ := strconv.Atoi(word)
		switch {
		case len(word) == 4:
			prefecture = n
		case section == "former":
			t.former.add(prefecture*100 + n)
		default:
			t.regions.add(prefecture*100 + n)
		}
	})
}

func (t *tables) readNumbers() {
	lines := map[string]line{"mobile": public, "virtual": virtual, "machine": machine}
	each("numbers.txt", func(section, word string) {
		n, _ := strconv.Atoi(word)
		kind := lines[section]
		switch {
		case section == "area":
			t.areas.add(n)
		case len(word) == 4:
			t.mobiles[n] = kind
		default:
			for i := range 10 {
				if t.mobiles[n*10+i] == 0 {
					t.mobiles[n*10+i] = kind
				}
			}
		}
	})
	for _, kind := range t.mobiles {
		if kind > 0 {
			t.allocated++
		}
	}
	each("cards.txt", func(section, word string) {
		digits, _ := strconv.Atoi(section)
		if t.cards[digits] == nil {
			t.cards[digits] = map[string]bool{}
		}
		t.cards[digits][word] = true
	})
}

func (t *tables) readNames() {
	often := map[string]trait{"1": frequent, "2": usual, "3": rare}
	each("surnames.txt", func(section, word string) {
		if section == "compound" {
			t.compounds[word] = true
			first, _ := utf8.DecodeRuneInString(word)
			t.chars[first] |= compound
			return
		}
		t.mark(word, often[section])
	})
	each("given.txt", func(_, word string) { t.mark(word, given) })
	each("words.txt", func(_, word string) { t.words[word] = true })
	t.mark(noNames, noName)
	for title := range strings.FieldsSeq(titles) {
		t.titles[title] = len(t.titles) + 1
		t.markWord(title, titleFirst)
	}
}

// readCues reads sections such as [mobile 7 12].
func (t *tables) readCues() {
	t.cues = map[rune][]cue{}
	each("cues.txt", func(section, word string) {
		head := strings.Fields(section)
		c := cue{word: word}
		c.of, _ = ParseType(head[0])
		if len(head) == 3 {
			c.least, _ = strconv.Atoi(head[1])
			c.most, _ = strconv.Atoi(head[2])
		}
		first := t.markWord(word, cueFirst)
		t.cues[first] = append(t.cues[first], c)
		slices.SortStableFunc(t.cues[first], func(a, b cue) int { return len(b.word) - len(a.word) })
	})
}

func (t *tables) mark(chars string, as trait) {
	for _, c := range chars {
		t.chars[c] |= as
	}
}

// markWord marks the first character of a word, and the second by the bit above.
func (t *tables) markWord(word string, as trait) (first rune) {
	first, size := utf8.DecodeRuneInString(word)
	next, _ := utf8.DecodeRuneInString(word[size:])
	t.chars[first] |= as
	t.chars[next] |= as << 1
	return first
}

// each calls f for each word of a table, with the [section] that it stands in.
func each(name string, f func(section, word string)) {
	text, err := data.ReadFile("data/" + name)
	if err != nil || !utf8.Valid(text) {
		panic("detect: the table " + name + " is not built in") // a fault of this package, seen by its first test
	}
	section := ""
	for l := range strings.Lines(string(text)) {
		if strings.HasPrefix(l, "#") {
			continue
		}
		if head, ok := strings.CutPrefix(strings.TrimSpace(l), "["); ok {
			section = strings.TrimSuffix(head, "]")
			continue
		}
		for w := range strings.FieldsSeq(l) {
			f(section, w)
		}
	}
}
