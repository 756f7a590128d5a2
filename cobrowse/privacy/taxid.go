package privacy

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Numbers of persons and companies that have letters: Spanish NIF and NIE, Brazilian CNPJ in its new form. page/taxid.ts does the same.
var (
	spanishID = regexp.MustCompile(`[XYZxyz]?[ .\-]?[0-9](?:[ .\-]?[0-9]){6,7}[ .\-]?[A-Za-z]`)
	cnpjLike  = regexp.MustCompile(`[0-9A-Za-z]{2}\.?[0-9A-Za-z]{3}\.?[0-9A-Za-z]{3}/?[0-9A-Za-z]{4}-?[0-9]{2}`)
)

const spanishLetters = "TRWAGMYFPDXBNJZSQVHLCKE"

func taxIDs(s string, wants func(string) bool) []hit {
	var hits []hit
	if wants("nif") {
		for _, m := range spanishID.FindAllStringIndex(s, -1) {
			if start := m[0] + len(s[m[0]:m[1]]) - len(strings.TrimLeft(s[m[0]:m[1]], " .-")); apart(s, start, m[1]) && isSpanishID(alnumOf(s[start:m[1]])) {
				hits = append(hits, hit{start, m[1], "nif"})
			}
		}
	}
	if wants("cpf") {
		for _, m := range cnpjLike.FindAllStringIndex(s, -1) {
			if apart(s, m[0], m[1]) && isCNPJ(alnumOf(s[m[0]:m[1]])) {
				hits = append(hits, hit{m[0], m[1], "cpf"})
			}
		}
	}
	return hits
}

// apart tells whether s[start:end] is no part of a longer word or number.
func apart(s string, start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:start])
	after, _ := utf8.DecodeRuneInString(s[end:])
	word := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }
	return (start == 0 || !word(before)) && (end == len(s) || !word(after))
}

func alnumOf(s string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && alnum(byte(r)) {
			return r
		}
		return -1
	}, s))
}

func isSpanishID(id string) bool {
	if len(id) != 9 {
		return false
	}
	if i := strings.IndexByte("XYZ", id[0]); i >= 0 {
		id = string(rune('0'+i)) + id[1:]
	}
	number := 0
	for _, c := range id[:8] {
		if c < '0' || c > '9' {
			return false
		}
		number = number*10 + int(c-'0')
	}
	return spanishLetters[number%23] == id[8]
}

// isPortugueseID checks nine digits; the first say what kind of person it is.
func isPortugueseID(d string) bool {
	if !strings.ContainsRune("1235689", rune(d[0])) && d[:2] != "45" && (d[0] != '7' || !strings.ContainsRune("01245789", rune(d[1]))) {
		return false
	}
	sum := 0
	for i := range 8 {
		sum += int(d[i]-'0') * (9 - i)
	}
	check := 11 - sum%11
	if check >= 10 {
		check = 0
	}
	return check == int(d[8]-'0')
}

// isCNPJ checks twelve digits or letters and two check digits.
func isCNPJ(id string) bool {
	if len(id) != 14 || strings.Count(id, id[:1]) == 14 {
		return false
	}
	for n := 12; n <= 13; n++ {
		sum := 0
		for i := range n {
			sum += int(id[i]-'0') * ((n-1-i)%8 + 2)
		}
		check := 11 - sum%11
		if check >= 10 {
			check = 0
		}
		if check != int(id[n]-'0') {
			return false
		}
	}
	return true
}
