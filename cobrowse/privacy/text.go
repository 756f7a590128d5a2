package privacy

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// invisible characters are dropped before anything is compared: they part a number for a machine but not for a reader.
func invisible(r rune) bool {
	switch {
	case r == 0xad, r == 0x34f, r == 0x61c, r == 0x180e, r == 0xfeff:
		return true
	case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r >= 0xfe00 && r <= 0xfe0f:
		return true
	}
	return false
}

// digitValue uses that any script's decimal digits come in tens.
func digitValue(r rune) rune {
	value := rune(0)
	for value < 9 && unicode.Is(unicode.Nd, r-value-1) {
		value++
	}
	return '0' + value
}

// circled returns the digit in a black or drawn circle, which no normal form undoes.
func circled(r rune) (digit rune, ok bool) {
	if r == 0x24ff || r == 0x1f10b || r == 0x1f10c {
		return '0', true
	}
	for _, one := range []rune{0x2776, 0x2780, 0x278a, 0x24f5} {
		if r >= one && r < one+9 {
			return r - one + '1', true
		}
	}
	return 0, false
}

// plainText is text without tricks, and for each of its bytes the offset in the original.
type plainText struct {
	text string
	at   []int
}

// isBlank tells whether s is one character of white space, as JavaScript's \s knows it.
func isBlank(s string) bool {
	r, size := utf8.DecodeRuneInString(s)
	return size == len(s) && unicode.IsSpace(r) && r != 0x85
}

func plain(original string) plainText {
	var b strings.Builder
	wasBlank := false
	p := plainText{at: make([]int, 0, len(original)+1)}
	for i, r := range original {
		if invisible(r) {
			continue
		}
		n := norm.NFKC.String(string(r))
		if d, ok := circled(r); ok {
			n = string(d)
		}
		if first, _ := utf8.DecodeRuneInString(n); first > 0x7f && unicode.Is(unicode.Nd, first) {
			n = string(digitValue(first))
		}
		if blank := isBlank(n); blank && wasBlank {
			continue // any number of blanks is read as one
		} else if wasBlank = blank; blank {
			n = " "
		}
		b.WriteString(n)
		for range len(n) {
			p.at = append(p.at, i)
		}
	}
	p.at = append(p.at, len(original))
	p.text = b.String()
	return p
}

// latinLetters are those that no decomposition parts.
var latinLetters = strings.NewReplacer("ß", "ss", "ı", "i", "ł", "l", "ø", "o", "đ", "d", "æ", "ae", "œ", "oe")

// fold makes labels comparable: no accents, no case, words of letters and digits parted by one space.
func fold(s string) string {
	s = strings.ToLower(norm.NFKD.String(plain(s).text))
	s = latinLetters.Replace(s)
	words := strings.FieldsFunc(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.M, r) {
			return -1
		}
		return r
	}, s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	return strings.Join(words, " ")
}
