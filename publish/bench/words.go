package main

import (
	"math"
	"math/rand/v2"
	"strings"
	"sync"
)

// A script is how a language is written.
type script struct {
	tag     string // BCP 47
	letters string // the most frequent ones first
	length  int    // letters of a word, on average
	space   string // between words
	stop    string // after a sentence
}

// scripts are those that generated text is in. The first is plain English.
var scripts = []script{
	{"en", "etaoinshrdlucmfwypvbgk", 5, " ", "."},
	{"is", "arnieusðtglkmvfyhodpáíójþæböúéýx", 6, " ", "."},
	{"ru", "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфё", 6, " ", "."},
	{"el", "αοιετσνηυρπκμλςωδγχθφβξζψάέίόώήύ", 6, " ", "."},
	{"ar", "اليمونرتبةعدسفهكقحجذشطصخزغءضثظ", 5, " ", "."},
	{"he", "יוהלאמרתבשנדקעחכפטצגזס", 5, " ", "."},
	{"hi", "करनसतमहपलयदजवबगटचशथडधभखणझषछफािेोीुू", 5, " ", "।"},
	{"th", "านรกอเงมยลวดทสตปบคหแจพชขใไโผซณศ", 4, "", " "},
	{"am", "ንተለመበራስየውአደነረቸከሰሩልትምርዎችኛ", 4, " ", "።"},
	{"ka", "აიესრდმნოლვთბუგხშკტქპცფჯჩყ", 6, " ", "."},
	{"ko", "이다는에을의가하고한로지사기대자정인수리도시일전국", 3, " ", "."},
	{"ja", "のにはをたがでてとしれさいるなもあ人国日会者自権由本的法教保", 3, "", "。"},
	{"zh", "的一是不了人我在有他这为之大来以个中上们权自由平等国家法律教育社会", 2, "", "。"},
}

// A vocabulary is the invented words of one script, used as often as words are: the nth word about 1/n
// times as often as the first, as Zipf has it.
type vocabulary struct {
	script
	words []string
}

const vocabularySize = 8000

// vocabularies are those of all scripts, in their order. They take a while to invent.
var vocabularies = sync.OnceValue(func() []*vocabulary {
	list := make([]*vocabulary, len(scripts))
	for i, s := range scripts {
		list[i] = newVocabulary(s)
	}
	return list
})

// newVocabulary invents the same words each time.
func newVocabulary(s script) *vocabulary {
	random := rand.New(rand.NewPCG(1, uint64(len(s.letters))))
	letters := []rune(s.letters)
	v := &vocabulary{script: s, words: make([]string, vocabularySize)}
	for i := range v.words {
		word := make([]rune, max(1, s.length+random.IntN(5)-2))
		for j := range word {
			// The smaller of two draws: early letters come more often.
			word[j] = letters[min(random.IntN(len(letters)), random.IntN(len(letters)))]
		}
		v.words[i] = string(word)
	}
	return v
}

func (v *vocabulary) word(random *rand.Rand) string {
	return v.words[zipf(random, len(v.words))]
}

// sentence returns n words and what ends them.
func (v *vocabulary) sentence(random *rand.Rand, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(v.space)
		}
		b.WriteString(v.word(random))
	}
	b.WriteString(v.stop)
	return b.String()
}

// zipf draws a rank below n, in proportion to 1/(rank+1): the exponential of an even draw over the
// logarithms of the ranks.
func zipf(random *rand.Rand, n int) int {
	return min(int(math.Pow(float64(n+1), random.Float64()))-1, n-1)
}
