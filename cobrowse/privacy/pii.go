package privacy

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// hit is one find, in bytes of the text that was searched.
type hit struct {
	start, end int
	kind       string
}

// group is a run of ASCII digits.
type group struct {
	start, end int
	digits     string
}

var (
	digitGroup = regexp.MustCompile(`[0-9]+`)
	emailLike  = regexp.MustCompile(`[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.[\p{L}]{2,}`)
	phoneGap   = regexp.MustCompile(`^[ \-./()\x{2010}-\x{2015}]{1,3}$`)
	// countryCode is what stands for + in the old way of dialling.
	countryCode = regexp.MustCompile(`^00([1-9][0-9]{0,2})?$`)
	spacer      = regexp.MustCompile(`^[ \-.\x{2010}-\x{2015}]$`)
)

// shortestNumber is the number of digits of the shortest number that is looked for.
const shortestNumber = 9

// find looks for private data in text that plain made. It follows page/pii.ts, which has the reasons; testdata/vectors.json
// holds both to the same answers. Hits may overlap.
func find(s string, kinds []string) []hit {
	wants := func(kind string) bool { return slices.Contains(kinds, kind) }
	var hits []hit
	if wants("email") && strings.Contains(s, "@") {
		for _, m := range emailLike.FindAllStringIndex(s, -1) {
			hits = append(hits, hit{m[0], m[1], "email"})
		}
	}
	if wants("iban") {
		hits = append(hits, ibans(s)...)
	}
	hits = append(hits, taxIDs(s, wants)...)
	for _, run := range runs(s) {
		for i := range run {
			if wants("phone") {
				if h, ok := openPhone(s, run, i); ok {
					hits = append(hits, h)
				}
			}
			total := 0
			for k := i; k < len(run); k++ {
				if total += len(run[k].digits); total > 19 {
					break
				} else if total < shortestNumber {
					continue
				}
				if kind := numberKind(s, run, i, run[i:k+1], wants); kind != "" {
					hits = append(hits, hit{run[i].start, run[k].end, kind})
				}
			}
		}
	}
	return hits
}

// runs are digit groups with at most three characters between them, none of them a letter.
func runs(s string) [][]group {
	var all [][]group
	var run []group
	for _, m := range digitGroup.FindAllStringIndex(s, -1) {
		g := group{m[0], m[1], s[m[0]:m[1]]}
		if len(run) > 0 {
			gap := s[run[len(run)-1].end:g.start]
			parted := strings.IndexFunc(gap, func(r rune) bool { return r == 0 || unicode.IsLetter(r) || unicode.IsNumber(r) }) >= 0
			if parted || utf8.RuneCountInString(gap) > 3 {
				all, run = append(all, run), nil
			}
		}
		run = append(run, g)
	}
	if run != nil {
		all = append(all, run)
	}
	return all
}

func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// issuers by first digits, with the lengths they use.
var issuers = []struct {
	first   *regexp.Regexp
	lengths []int
}{
	{regexp.MustCompile(`^4`), []int{13, 16, 18, 19}},
	{regexp.MustCompile(`^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)`), []int{16}},
	{regexp.MustCompile(`^3[47]`), []int{15}},
	{regexp.MustCompile(`^(6011|64[4-9]|65)`), []int{16, 17, 18, 19}},
	{regexp.MustCompile(`^(30[0-5]|3095|36|38|39)`), []int{14, 16, 19}},
	{regexp.MustCompile(`^35(2[89]|[3-8])`), []int{16, 17, 18, 19}},
	{regexp.MustCompile(`^(62|81)`), []int{16, 17, 18, 19}},
	{regexp.MustCompile(`^(50|5[6-9]|63|67|0604)`), []int{13, 14, 15, 16, 17, 18, 19}},
	{regexp.MustCompile(`^(60|82|220[0-4]|9792)`), []int{16, 19}},
	{regexp.MustCompile(`^3841`), []int{13, 16, 19}},
}

func isCard(digits string) bool {
	for _, i := range issuers {
		if slices.Contains(i.lengths, len(digits)) && i.first.MatchString(digits) {
			return luhn(digits)
		}
	}
	return false
}

func isCPF(d string) bool {
	if strings.Count(d, d[:1]) == len(d) {
		return false
	}
	for n := 9; n <= 10; n++ {
		sum := 0
		for i := range n {
			sum += int(d[i]-'0') * (n + 1 - i)
		}
		if sum*10%11%10 != int(d[n]-'0') {
			return false
		}
	}
	return true
}

func isSSN(d string) bool {
	area := d[:3]
	return area != "000" && area != "666" && area[0] != '9' && d[3:5] != "00" && d[5:] != "0000"
}

func numberKind(s string, run []group, i int, w []group, wants func(string) bool) string {
	var digits strings.Builder
	lens := make([]string, len(w))
	for i, g := range w {
		digits.WriteString(g.digits)
		lens[i] = strconv.Itoa(len(g.digits))
	}
	d, lengths := digits.String(), strings.Join(lens, ",")
	switch {
	case wants("card") && len(d) >= 13 && isCard(d):
		return "card"
	case wants("cpf") && len(d) == 11 && isCPF(d) &&
		(lengths == "11" || lengths == "9,2" || lengths == "3,3,3,2" || len(w) == 11 && len(run) == 11):
		return "cpf"
	case wants("cpf") && len(d) == 14 && (lengths == "14" || lengths == "2,3,3,4,2" || lengths == "8,4,2" || lengths == "12,2") && isCNPJ(d):
		return "cpf"
	case wants("nif") && len(d) == 9 && (lengths == "9" || lengths == "3,3,3" && allSpacers(gaps(s, w))) && isPortugueseID(d):
		return "nif"
	case wants("ssn") && lengths == "3,2,4" && allSpacers(gaps(s, w)) && isSSN(d):
		return "ssn"
	case wants("phone") && isNationalPhone(s, run, i, w, d, lengths):
		return "phone"
	}
	return ""
}

func gaps(s string, w []group) []string {
	var all []string
	for i := 1; i < len(w); i++ {
		all = append(all, s[w[i-1].end:w[i].start])
	}
	return all
}

func allSpacers(gaps []string) bool {
	return !slices.ContainsFunc(gaps, func(g string) bool { return !spacer.MatchString(g) })
}

// begins tells whether a number may begin at run[i]: it does not go on from the group before.
func begins(s string, run []group, i int) bool {
	return i == 0 || !spacer.MatchString(s[run[i-1].end:run[i].start])
}

func isNationalPhone(s string, run []group, i int, w []group, d, lengths string) bool {
	between := gaps(s, w)
	if !allSpacers(between) {
		return false
	}
	same := len(slices.Compact(slices.Clone(between))) <= 1
	switch lengths {
	case "3,3,4":
		return same && d[0] >= '2' && d[3] >= '2'
	case "2,5,4", "2,4,4":
		return between[0] == " " && between[1] == "-"
	case "5,4":
		return between[0] == "-" && d[0] == '9'
	case "2,2,2,2,2":
		return same && d[0] == '0'
	}
	if !begins(s, run, i) || d[0] != '0' || d[1] == '0' || len(w) < 2 || len(w[0].digits) < 2 || strings.HasPrefix(lengths, "2,2,4") {
		return false
	}
	return len(d) <= 11 && !slices.Contains(between, ".")
}

// openPhone is a number that begins with +, 00 or an area code in brackets.
func openPhone(s string, run []group, i int) (hit, bool) {
	first := run[i]
	before, after := byte(0), byte(0)
	if first.start > 0 {
		before = s[first.start-1]
	}
	if first.end < len(s) {
		after = s[first.end]
	}
	plus := before == '+' || countryCode.MatchString(first.digits) && begins(s, run, i) && len(run) > i+1
	area := before == '(' && after == ')' && len(first.digits) >= 2 && len(first.digits) <= 5
	if !plus && !area {
		return hit{}, false
	}
	most := 15
	if !plus {
		most = 12
	}
	total, end := 0, -1
	for k := i; k < len(run); k++ {
		if k > i && !phoneGap.MatchString(s[run[k-1].end:run[k].start]) {
			break
		}
		if total += len(run[k].digits); total > most {
			break
		}
		if total >= 8 {
			end = run[k].end
		}
	}
	start := first.start
	if before == '+' || before == '(' {
		start--
	}
	return hit{start, end, "phone"}, end >= 0
}

var ibanLength = map[string]int{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28, "CH": 21, "CR": 22,
	"CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22,
	"GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30,
	"KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31,
	"MU": 30, "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24,
	"SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}

func alnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func ibans(s string) []hit {
	var hits []hit
	for start := range len(s) {
		if end := ibanEnd(s, start); end > 0 {
			hits = append(hits, hit{start, end, "iban"})
		}
	}
	return hits
}

// ibanEnd is the end of the IBAN that begins at from, -1 if none does.
func ibanEnd(s string, from int) int {
	if from+4 > len(s) || !alnum(s[from]) || !alnum(s[from+1]) || from > 0 && alnum(s[from-1]) {
		return -1
	}
	need := ibanLength[strings.ToUpper(s[from:from+2])]
	var taken []byte
	i, skipped := from, 0
	for i < len(s) && len(taken) < need {
		if alnum(s[i]) {
			taken, skipped = append(taken, s[i]), 0
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if skipped++; skipped > 3 || r == 0 {
			return -1
		}
		i += size
	}
	if need == 0 || len(taken) != need || i < len(s) && alnum(s[i]) || !digitGroup.Match(taken[2:3]) || !digitGroup.Match(taken[3:4]) {
		return -1
	}
	if mod97(strings.ToUpper(string(taken))) != 1 {
		return -1
	}
	return i
}

func mod97(iban string) int {
	rest := 0
	for _, c := range iban[4:] + iban[:4] {
		if c >= 'A' {
			rest = (rest*100 + int(c-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(c-'0')) % 97
		}
	}
	return rest
}
