package privacy

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"

	"cobrowse-connector/cobrowse"
)

// Checks of a company's pattern, over the digits that it found.
var checks = map[string]func(digits string) bool{
	"":         nil,
	"luhn":     luhn,
	"mod97":    func(d string) bool { return rest97(d) == 1 },
	"mod11":    mod11,
	"verhoeff": verhoeff,
}

const (
	longestExpression = 200
	// mostOften is how often * and + repeat at most. Numbers are shorter, and it bounds what a match costs.
	mostOften = 64
	// mostWays bounds the ways in which an engine that goes back may try to match at one place.
	mostWays = 20_000
)

// pattern is a company's Pattern, ready for use here and, as script, in pages. The page's expression is written from what was parsed, so both
// mean the same.
type pattern struct {
	id     string
	re     *regexp.Regexp
	script string
	check  string
}

func compilePattern(p cobrowse.Pattern) (pattern, error) {
	refuse := func(why string) (pattern, error) {
		return pattern{}, cobrowse.Errorf(cobrowse.CodeInvalid, "policy_pattern", "pattern %q: %s", p.ID, why)
	}
	if _, known := checks[p.Check]; !known {
		return refuse(fmt.Sprintf("%q is no check; use luhn, mod97, mod11 or verhoeff", p.Check))
	}
	if p.Expression == "" || len(p.Expression) > longestExpression {
		return refuse(fmt.Sprintf("an expression has 1 to %d characters", longestExpression))
	}
	tree, err := syntax.Parse(p.Expression, syntax.Perl)
	if err != nil {
		return refuse("not an expression without lookaround and backreferences: " + err.Error())
	}
	tree = bounded(tree)
	switch ways, shortest := cost(tree); {
	case ways > mostWays:
		return refuse("it can match in too many ways and would slow pages down: put no repetition into a repetition, " +
			"and give lengths such as {1,10} in place of * and +")
	case shortest == 0:
		return refuse("it matches where there is nothing")
	}
	script, err := scriptOf(tree)
	if err != nil {
		return refuse(err.Error())
	}
	re, err := regexp.Compile(tree.String())
	if err != nil {
		return refuse(err.Error())
	}
	return pattern{p.ID, re, script, p.Check}, nil
}

// bounded writes * and + as repetitions with an end.
func bounded(t *syntax.Regexp) *syntax.Regexp {
	c := *t
	c.Sub = make([]*syntax.Regexp, len(t.Sub))
	for i, sub := range t.Sub {
		c.Sub[i] = bounded(sub)
	}
	switch {
	case t.Op == syntax.OpStar:
		c.Op, c.Min, c.Max = syntax.OpRepeat, 0, mostOften
	case t.Op == syntax.OpPlus:
		c.Op, c.Min, c.Max = syntax.OpRepeat, 1, mostOften
	case t.Op == syntax.OpRepeat && t.Max < 0:
		c.Max = max(t.Min, mostOften)
	}
	return &c
}

// cost returns in how many ways t can be gone through, and the length of its shortest match.
func cost(t *syntax.Regexp) (ways float64, shortest int) {
	ways = 1
	switch t.Op {
	case syntax.OpLiteral:
		return 1, len(t.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1, 1
	case syntax.OpCapture:
		return cost(t.Sub[0])
	case syntax.OpConcat:
		for _, sub := range t.Sub {
			w, n := cost(sub)
			ways, shortest = ways*w, shortest+n
		}
	case syntax.OpAlternate:
		ways = 0
		for i, sub := range t.Sub {
			w, n := cost(sub)
			if ways += w; i == 0 || n < shortest {
				shortest = n
			}
		}
	case syntax.OpQuest:
		w, _ := cost(t.Sub[0])
		return w + 1, 0
	case syntax.OpRepeat:
		w, n := cost(t.Sub[0])
		ways = 0
		for power, k := 1.0, 0; k <= t.Max && ways <= mostWays; k, power = k+1, power*w {
			if k >= t.Min {
				ways += power
			} else if power > mostWays {
				ways = power
			}
		}
		return ways, n * t.Min
	}
	return ways, shortest
}

// scriptOf writes t as JavaScript's expressions with the flag u have it.
func scriptOf(t *syntax.Regexp) (string, error) {
	var parts []string
	for _, sub := range t.Sub {
		s, err := scriptOf(sub)
		if err != nil {
			return "", err
		}
		parts = append(parts, s)
	}
	lazy := ""
	if t.Flags&syntax.NonGreedy != 0 {
		lazy = "?"
	}
	switch t.Op {
	case syntax.OpEmptyMatch:
		return "(?:)", nil
	case syntax.OpLiteral:
		var b strings.Builder
		for _, r := range t.Rune {
			b.WriteString(scriptRune(r, t.Flags&syntax.FoldCase != 0))
		}
		return b.String(), nil
	case syntax.OpCharClass:
		return scriptClass(t.Rune), nil
	case syntax.OpAnyChar:
		return `[\s\S]`, nil
	case syntax.OpAnyCharNotNL:
		return `[^\n]`, nil
	case syntax.OpBeginText:
		return "^", nil
	case syntax.OpEndText:
		return "$", nil
	case syntax.OpWordBoundary:
		return `\b`, nil
	case syntax.OpNoWordBoundary:
		return `\B`, nil
	case syntax.OpCapture:
		return "(?:" + parts[0] + ")", nil
	case syntax.OpConcat:
		return strings.Join(parts, ""), nil
	case syntax.OpAlternate:
		return "(?:" + strings.Join(parts, "|") + ")", nil
	case syntax.OpQuest:
		return "(?:" + parts[0] + ")?" + lazy, nil
	case syntax.OpRepeat:
		return fmt.Sprintf("(?:%s){%d,%d}%s", parts[0], t.Min, t.Max, lazy), nil
	}
	return "", fmt.Errorf("%s is not understood in pages", t)
}

func scriptRune(r rune, fold bool) string {
	if !fold {
		return fmt.Sprintf(`\u{%x}`, r)
	}
	pairs := []rune{r, r}
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		pairs = append(pairs, f, f)
	}
	return scriptClass(pairs)
}

func scriptClass(pairs []rune) string {
	var b strings.Builder
	b.WriteByte('[')
	for i := 0; i+1 < len(pairs); i += 2 {
		fmt.Fprintf(&b, `\u{%x}-\u{%x}`, pairs[i], pairs[i+1])
	}
	b.WriteByte(']')
	return b.String()
}

// patternHits finds a company's own kinds of data.
func patternHits(s string, patterns []pattern) []hit {
	var hits []hit
	for _, p := range patterns {
		for _, m := range p.re.FindAllStringIndex(s, -1) {
			if d := digitsOf(s[m[0]:m[1]]); p.check == "" || d != "" && checks[p.check](d) {
				hits = append(hits, hit{m[0], m[1], "pattern"})
			}
		}
	}
	return hits
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

func rest97(digits string) int {
	rest := 0
	for _, c := range digits {
		rest = (rest*10 + int(c-'0')) % 97
	}
	return rest
}

// mod11 weighs the digits from the right with 1, 2, 3 …
func mod11(digits string) bool {
	sum := 0
	for i := range len(digits) {
		sum += int(digits[len(digits)-1-i]-'0') * (i + 1)
	}
	return sum%11 == 0
}

var verhoeffRound = [8][10]int{
	{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 5, 7, 6, 2, 8, 3, 0, 9, 4}, {5, 8, 0, 3, 7, 9, 6, 1, 4, 2}, {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
	{9, 4, 5, 3, 1, 2, 6, 8, 7, 0}, {4, 2, 8, 6, 5, 7, 3, 9, 0, 1}, {2, 7, 9, 3, 8, 0, 6, 4, 1, 5}, {7, 0, 4, 6, 9, 1, 3, 2, 5, 8},
}

// verhoeff adds in the dihedral group of ten.
func verhoeff(digits string) bool {
	c := 0
	for i := range len(digits) {
		c = dihedral(c, verhoeffRound[i%8][digits[len(digits)-1-i]-'0'])
	}
	return c == 0
}

func dihedral(a, b int) int {
	switch {
	case a < 5 && b < 5:
		return (a + b) % 5
	case a < 5:
		return 5 + (a+b)%5
	case b < 5:
		return 5 + (a-b)%5
	}
	return (a - b + 5) % 5
}

// compilePatterns returns those that can be used; Validate has refused the others.
func compilePatterns(all []cobrowse.Pattern) []pattern {
	var out []pattern
	for _, p := range all {
		if c, err := compilePattern(p); err == nil {
			out = append(out, c)
		}
	}
	return out
}

// forPages is what the engine gets of them: expressions in its own language.
func forPages(all []cobrowse.Pattern) []cobrowse.Pattern {
	out := []cobrowse.Pattern{}
	for _, p := range compilePatterns(all) {
		out = append(out, cobrowse.Pattern{ID: p.id, Expression: p.script, Check: p.check})
	}
	return out
}
