package cobrowse

import (
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

const (
	longestAddress = 1000 // of a pattern
	longestHost    = 255
)

// Address is a pattern for addresses that has been read, see PageRule. It would rather match too much than too little: case, needless
// escapes and repeated slashes count for nothing, as sites mostly treat them so.
type Address struct {
	scheme string // "" = any
	host   string
	port   string // "" = any
	path   string // with the query when the pattern has one
	query  bool
}

// ParseAddress reads a pattern.
func ParseAddress(pattern string) (Address, error) {
	bad := func(why string) (Address, error) {
		return Address{}, Errorf(CodeInvalid, "policy_address", "%q is not a pattern for addresses such as shop.example/account/*: %s", pattern, why)
	}
	rest := strings.ToLower(strings.TrimSpace(pattern))
	if rest == "" || len(rest) > longestAddress {
		return bad("it is empty or too long")
	}
	var a Address
	if scheme, after, found := strings.Cut(rest, "://"); found {
		a.scheme, rest = scheme, after
		if a.scheme == "" || strings.Trim(a.scheme, "abcdefghijklmnopqrstuvwxyz0123456789+-.*") != "" {
			return bad("the part in front of :// is not a scheme")
		}
	}
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	a.host, a.path = rest[:end], rest[end:]
	var ported bool
	a.host, a.port, ported = strings.Cut(a.host, ":")
	switch {
	case strings.Contains(a.path, "#"):
		return bad("what stands behind # is no part of an address that is compared")
	case ported && (a.port == "" || strings.Trim(a.port, "0123456789*") != ""):
		return bad("the part behind the host's colon is not a port")
	case strings.HasPrefix(a.host, ".") || strings.Contains(a.host, ".."):
		return bad("a part of the host is missing")
	case a.host == "":
		return bad("it has no host; use * for every one")
	case strings.ContainsAny(a.host, "#@\\ \t\n"):
		return bad("the host has a sign that no host has")
	case a.path == "":
		a.path = "/*" // a site
	case a.path[0] == '?':
		a.path = "/" + a.path
	}
	a.host = plainHost(a.host)
	path, query, found := strings.Cut(a.path, "?")
	if a.path, a.query = plainPath(path), found; found {
		a.path += "?" + query
	}
	return a, nil
}

// Matches tells whether an address is like the pattern. Of a blob it is the address of its maker. It takes time in proportion to the
// address and the pattern together.
func (a Address) Matches(address string) bool {
	u, err := url.Parse(strings.TrimPrefix(address, "blob:"))
	if err != nil {
		return a.opaque(address)
	}
	scheme := strings.ToLower(u.Scheme)
	if a.scheme != "" && !glob(a.scheme, scheme) || a.port != "" && !glob(a.port, portOf(u, scheme)) || !a.hasHost(plainHost(strings.ToLower(u.Hostname()))) {
		return false
	}
	for _, path := range []string{u.EscapedPath(), u.Path} {
		path = plainPath(strings.ToLower(path))
		if a.query {
			path += "?" + strings.ToLower(u.RawQuery)
		}
		if glob(a.path, path) {
			return true
		}
	}
	return false
}

// opaque is for what Go cannot read and Chromium can: only patterns for whole sites are compared, with what stands in for the host.
func (a Address) opaque(address string) bool {
	_, rest, _ := strings.Cut(strings.ToLower(address), "://")
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	rest = rest[strings.LastIndex(rest, "@")+1:]
	host, _, _ := strings.Cut(rest, ":")
	return a.hasHost(plainHost(host))
}

// hasHost takes *.example for example too, as rules for sites do.
func (a Address) hasHost(host string) bool {
	return glob(a.host, host) || strings.HasPrefix(a.host, "*.") && glob(a.host[2:], host)
}

func portOf(u *url.URL, scheme string) string {
	if port := u.Port(); port != "" {
		return port
	}
	return map[string]string{"http": "80", "https": "443", "ws": "80", "wss": "443"}[scheme]
}

func plainHost(host string) string {
	host = strings.TrimSuffix(host, ".")
	if len(host) > longestHost {
		return host
	}
	if ascii, err := idna.Lookup.ToASCII(strings.ReplaceAll(host, "*", "a")); err != nil || ascii == strings.ReplaceAll(host, "*", "a") {
		return host
	}
	labels := strings.Split(host, ".")
	for i, label := range labels {
		if ascii, err := idna.Lookup.ToASCII(label); err == nil {
			labels[i] = ascii
		}
	}
	return strings.Join(labels, ".")
}

// plainPath undoes escapes, also repeated ones, and repeated slashes.
func plainPath(path string) string {
	for range 3 {
		next, err := url.PathUnescape(path)
		if err != nil || next == path {
			break
		}
		path = strings.ToLower(next)
	}
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	if path == "" {
		return "/"
	}
	return path
}

// glob matches with * for any run of characters. Each part between stars is looked for once, where the one before ended: the first place
// is as good as any.
func glob(pattern, s string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == s
	}
	first, last := parts[0], parts[len(parts)-1]
	if !strings.HasPrefix(s, first) {
		return false
	}
	s = s[len(first):]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(s, part)
		if i < 0 {
			return false
		}
		s = s[i+len(part):]
	}
	return strings.HasSuffix(s, last)
}

// Addresses are the patterns of rules, read once.
type Addresses []Address

// PauseAddresses reads the patterns of pages that nobody but the customer sees.
func PauseAddresses(rules []PageRule) Addresses {
	var all Addresses
	for _, r := range rules {
		all = append(all, AddressOrAll(r.URL))
	}
	return all
}

// AddressOrAll reads a pattern that was checked before; one that cannot be read matches everything, as its rule would rather hold too
// often than never.
func AddressOrAll(pattern string) Address {
	a, err := ParseAddress(pattern)
	if err != nil {
		return Address{host: "*", path: "/*"}
	}
	return a
}

// Match tells whether an address is like one of them.
func (as Addresses) Match(address string) bool {
	for _, a := range as {
		if a.Matches(address) {
			return true
		}
	}
	return false
}
