package privacy

import (
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"cobrowse-connector/cobrowse"
)

// Redacted stands where something private was.
const Redacted = "•••"

// Redactor removes private data from strings that leave for agents, recordings and desks: titles, addresses, names of elements,
// messages of dialogs. It knows the policy's patterns, and the literal values that the customer's private layer holds at the
// moment; those stay in memory only. It is safe for concurrent use.
type Redactor struct {
	kinds    []string
	patterns []pattern

	searched searches

	mu       sync.RWMutex
	literals []string // plain and lower case, in the order in which they came
	known    map[string]bool
}

// NewRedactor returns a redactor for the kinds of data of a policy's PII and for its Patterns. Patterns that Validate refuses are left out.
func NewRedactor(kinds []string, patterns ...cobrowse.Pattern) *Redactor {
	return &Redactor{kinds: slices.Clone(kinds), patterns: compilePatterns(patterns), known: map[string]bool{}}
}

const (
	shortestLiteral = 4    // shorter values would redact half of every string
	mostLiterals    = 3000 // the newest; a page cannot make us keep more
)

// Remember adds values that must not leave, such as the texts of private layer items.
func (r *Redactor) Remember(values ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, v := range values {
		v = strings.ToLower(strings.TrimSpace(plain(v).text))
		if utf8.RuneCountInString(v) < shortestLiteral || strings.Trim(v, "•") == "" || r.known[v] {
			continue
		}
		r.literals = append(r.literals, v)
		r.known[v] = true
	}
	if n := len(r.literals) - mostLiterals; n > 0 {
		for _, v := range r.literals[:n] {
			delete(r.known, v)
		}
		r.literals = slices.Delete(r.literals, 0, n)
	}
}

// Text returns s with everything private replaced.
func (r *Redactor) Text(s string) string {
	p := plain(s)
	spans := append(r.findKinds(p.text), r.findLiterals(p.text)...)
	if len(spans) == 0 {
		return s
	}
	slices.SortFunc(spans, func(a, b hit) int { return a.start - b.start })
	var out strings.Builder
	done := 0
	for _, h := range spans {
		start, end := p.at[h.start], p.at[h.end]
		if end <= done {
			continue
		}
		if start >= done {
			out.WriteString(s[done:start])
			out.WriteString(Redacted)
		}
		done = end
	}
	out.WriteString(s[done:])
	return out.String()
}

// Private tells whether Text would change s.
func (r *Redactor) Private(s string) bool {
	p := plain(s)
	return len(r.findKinds(p.text)) > 0 || len(r.findLiterals(p.text)) > 0
}

// searches are what was found in the long texts of late: titles and addresses are looked at again whenever more is known to be private, and what
// kinds and patterns find in them stays the same.
type searches struct {
	mu   sync.Mutex
	hits map[string][]hit
}

const (
	longText  = 100 // what is shorter is searched faster than it is remembered
	mostTexts = 100 // of those; all are forgotten then
)

// findKinds finds what is private by its look. The caller may change what it gets.
func (r *Redactor) findKinds(text string) []hit {
	if len(text) < longText {
		return append(find(text, r.kinds), patternHits(text, r.patterns)...)
	}
	r.searched.mu.Lock()
	defer r.searched.mu.Unlock()
	hits, known := r.searched.hits[text]
	if !known {
		hits = append(find(text, r.kinds), patternHits(text, r.patterns)...)
		if r.searched.hits == nil || len(r.searched.hits) >= mostTexts {
			r.searched.hits = map[string][]hit{}
		}
		r.searched.hits[text] = hits
	}
	return slices.Clone(hits)
}

func (r *Redactor) findLiterals(text string) []hit {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if len(r.literals) == 0 {
		return nil
	}
	var hits []hit
	lower := strings.ToLower(text)
	for _, v := range r.literals {
		for from := 0; ; {
			i := strings.Index(lower[from:], v)
			if i < 0 {
				break
			}
			if len(lower) != len(text) {
				return []hit{{0, len(text), "literal"}} // lower case moved the offsets (İ and the like): hide all of it
			}
			hits = append(hits, hit{from + i, from + i + len(v), "literal"})
			from += i + len(v)
		}
	}
	return hits
}

// URL returns an address without private data: no user, no fragment unless it is a plain anchor, and no path segment, query
// value or query name that holds any. What is not a web address is reduced to its scheme. What it returned stays as it is.
func (r *Redactor) URL(s string) string {
	if s == "" || s == Redacted {
		return s
	}
	u, err := url.Parse(s)
	if err != nil {
		return Redacted
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		if u.Scheme == "about" {
			return s
		}
		return u.Scheme + ":" + Redacted
	}
	u.User = nil
	out := u.Scheme + "://" + r.Text(u.Host) + r.path(u.EscapedPath())
	if u.RawQuery != "" {
		out += "?" + r.query(u.RawQuery)
	}
	if u.Fragment != "" && !strings.ContainsAny(u.Fragment, "=&?/") && !r.Private(u.Fragment) {
		out += "#" + u.EscapedFragment()
	}
	return out
}

// path redacts segments one by one, then the whole: a number may be parted by slashes.
func (r *Redactor) path(escaped string) string {
	segments := strings.Split(escaped, "/")
	for i, segment := range segments {
		if plain := unescaped(segment, url.PathUnescape); plain == Redacted || r.Private(plain) {
			segments[i] = Redacted
		}
	}
	path := strings.Join(segments, "/")
	if r.Private(unescaped(path, url.PathUnescape)) {
		return "/" + Redacted
	}
	return path
}

func (r *Redactor) query(raw string) string {
	pairs := strings.Split(raw, "&")
	for i, pair := range pairs {
		name, value, has := strings.Cut(pair, "=")
		if r.Private(unescaped(name, url.QueryUnescape)) {
			name = Redacted
		}
		if has && (secretName(name) || r.Private(unescaped(value, url.QueryUnescape))) {
			value = Redacted
		}
		pairs[i] = name
		if has {
			pairs[i] += "=" + value
		}
	}
	return strings.Join(pairs, "&")
}

// unescaped is s as its reader sees it, also when it was escaped more than once.
func unescaped(s string, unescape func(string) (string, error)) string {
	for range 3 {
		next, err := unescape(s)
		if err != nil || next == s {
			return s
		}
		s = next
	}
	return s
}

// secretName tells query parameters that are secrets whatever they look like.
func secretName(name string) bool {
	name = strings.ToLower(name)
	for _, part := range append([]string{"token", "secret", "session", "apikey", "api_key", "signature", "otp"}, sensitiveNames...) {
		if strings.Contains(name, part) {
			return true
		}
	}
	return name == "code" || name == "auth" || name == "pin" || name == "sig" || name == "key"
}
